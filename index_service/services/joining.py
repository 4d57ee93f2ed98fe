"""Joining a record that waited to the child's own: the stricter of the two stays.

What stood in the joined record goes over with its marks; what would be widened by that
stays narrow: a shield over either is a shield over the one that is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import urandom
from typing import Any
from uuid import UUID

from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Involvement
from index_service.services.cases import (
    CASES_A_CHILD_MAX,
    SealedCase,
    case_mark,
    checked_cases,
    seal_case,
)
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.pointers import Load, caseload_pointers
from index_service.services.sealing import SealedChild
from index_service.services.shielding import hold_duplicates, put_policy_and_tokens
from index_service.store.work import Work

# A record has one of each in force: its agency states them of the survivor, if still true.
_STAYS = frozenset({"caf", "lead"})
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Joint:
    """Two records of one child: the one that waited, and the one that is left."""

    joined: SealedChild
    survivor: SealedChild


async def join(index: Index, work: Work, joint: Joint, sources: Sequence[bytes]) -> None:
    """Join two records under lock; `sources` are the supplier's references that led here."""
    mover = _Mover(index, work, joint)
    await mover.cases()
    await mover.sources(sources)
    joined, survivor = joint.joined, joint.survivor
    after = replace(mover.taken, archived=True, joined=True, held=False, shielded=False)
    await put_policy_and_tokens(index, work, joined, after)
    shielded = survivor.policy.shielded or joined.policy.shielded
    days = [day for day in (survivor.policy.due, joined.policy.due) if day]
    stricter = replace(mover.given, shielded=shielded, due=min(days, default=None))
    await put_policy_and_tokens(index, work, survivor, stricter)
    if shielded and not survivor.policy.shielded:
        await work.children.add_work(sorted(await hold_duplicates(index, work, survivor)))


class _Mover:
    """Moves case rows and source records from one record to another."""

    def __init__(self, index: Index, work: Work, joint: Joint) -> None:
        self._index = index
        self._work = work
        self._joint = joint
        self.taken: Policy = joint.joined.policy
        self.given: Policy = joint.survivor.policy

    async def cases(self) -> None:
        """Seal the joined record's case rows anew under the survivor's key and reference."""
        joined, survivor = self._joint.joined, self._joint.survivor
        references = self._index.keyring.references
        ref = references.case_ref(joined.child_id)
        rows = [row._mapping for row in await self._work.children.cases([ref])]
        cases = checked_cases(self._index.keyring, joined.key, joined.policy, rows)
        moving = [case for case in cases if case.head().kind not in _STAYS]
        if survivor.policy.cases + len(moving) > CASES_A_CHILD_MAX:
            raise Invalid(Code.STATE_CONFLICT, "survivor_id")
        stored = [self._moved(case) for case in moving]
        child_ref = references.case_ref(survivor.child_id)
        await self._work.children.replace_cases([{**row, "child_ref": child_ref} for row in stored])
        for case in moving:
            await self._repoint(case)

    def _moved(self, case: SealedCase) -> dict[str, Any]:
        keyring = self._index.keyring
        fact = case.body(case.head())
        sealed = seal_case(self._joint.survivor.key, case.id, fact)
        self.taken = self.taken.with_mark(case_mark(keyring, case.id, case.sealed), added=-1)
        self.given = self.given.with_mark(case_mark(keyring, case.id, sealed), added=1)
        return {"id": case.id, "sealed": sealed}

    async def _repoint(self, case: SealedCase) -> None:
        """Put rows that lead to a case at its new place where old ones did, and no others."""
        old = self._pointers(case, self._joint.joined.child_id)
        new = self._pointers(case, self._joint.survivor.child_id)
        found = await self._work.children.work([token for token, _ in old])
        there = {(row.token, row.pointer) for row in found}
        await self._work.children.remove_work([row for row in old if row in there])
        pairs = zip(old, new, strict=True)
        await self._work.children.add_work(sorted(row for was, row in pairs if was in there))

    def _pointers(self, case: SealedCase, child_id: UUID) -> list[tuple[bytes, bytes]]:
        head = case.head()
        fact = case.body(head)
        who = fact.practitioner if isinstance(fact, Involvement) else None
        load = Load(child_id, case.id)
        return caseload_pointers(self._index.keyring, head.agency, who, load)

    async def sources(self, refs: Sequence[bytes]) -> None:
        """Have the supplier's references lead to the survivor, whose next line is taken anew."""
        joined, survivor = self._joint.joined, self._joint.survivor
        pointers = self._index.keyring.pointers
        moved = []
        for row in await self._work.feeds.source_records(list(refs)) if refs else ():
            data = pointers.open_small(row.ref, row.pointer)
            if data[:16] != joined.child_id.bytes:
                continue
            line = joined.key.open("source", row.ref, row.sealed)
            moved.append(
                {
                    "ref": row.ref,
                    "line_mac": urandom(_MAC_BYTES),
                    "pointer": pointers.seal_small(row.ref, survivor.child_id.bytes + data[16:]),
                    "sealed": survivor.key.seal("source", row.ref, line),
                }
            )
        await self._work.feeds.put_source_records(moved)
