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
from index_service.domain.involvement import (
    CafStatus,
    Involvement,
    LeadProfessional,
    standing,
)
from index_service.services.cases import (
    CASES_A_CHILD_MAX,
    CaseFact,
    SealedCase,
    case_mark,
    checked_cases,
    seal_case,
)
from index_service.services.due import due_rows
from index_service.services.encoding import Policy
from index_service.services.facts import CaseFacts
from index_service.services.forms.assessment import CAF, LEAD
from index_service.services.index import Index
from index_service.services.loads import Load, caseload_pointers
from index_service.services.sealing import SealedChild
from index_service.services.shielding import hold_duplicates, put_policy_and_tokens
from index_service.store.work import Work

# An agency has one row of each of a child: where both records have one, the later stays.
_ONE_AN_AGENCY = frozenset({CAF.kind, LEAD.kind})
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Joint:
    """Two records of one child: the one that waited, and the one that is left."""

    joined: SealedChild
    survivor: SealedChild


@dataclass(frozen=True, slots=True)
class _Stated:
    """One case row of a record, open."""

    case: SealedCase
    fact: CaseFact
    kind: str
    agency: str


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
        moving, there = await self._rows(joined), await self._rows(survivor)
        moving, there = self._refused(moving, there), self._refused(there, moving)
        kept = {(row.kind, row.agency): row for row in there if row.kind in _ONE_AN_AGENCY}
        second = [row for row in moving if (row.kind, row.agency) in kept]
        moving = [row for row in moving if (row.kind, row.agency) not in kept]
        if survivor.policy.cases + len(moving) > CASES_A_CHILD_MAX:
            raise Invalid(Code.STATE_CONFLICT, "survivor_id")
        stored = [self._moved(row) for row in moving]
        ref = self._index.keyring.references.case_ref(survivor.child_id)
        await self._work.children.replace_cases([{**row, "child_ref": ref} for row in stored])
        for row in moving:
            await self._repoint(row)
        for row in second:
            old = kept[row.kind, row.agency]
            kept[row.kind, row.agency] = replace(old, fact=_later(old.fact, row.fact))
        await self._work.children.replace_cases([self._kept(row) for row in kept.values()])
        for row in kept.values():
            await self._relist(row)

    async def _rows(self, child: SealedChild) -> list[_Stated]:
        keyring = self._index.keyring
        ref = keyring.references.case_ref(child.child_id)
        rows = [row._mapping for row in await self._work.children.cases([ref])]
        cases = checked_cases(keyring, child.key, child.policy, rows)
        heads = [(case, case.head()) for case in cases]
        return [_Stated(case, case.body(head), head.kind, head.agency) for case, head in heads]

    def _refused(self, rows: list[_Stated], others: list[_Stated]) -> list[_Stated]:
        """Have assessments refused in their own record stay so, whatever the other was told."""
        heads = [row.case.head() for row in rows]
        told = CaseFacts(heads, "", self._index.clock.today())
        of_others = CaseFacts((row.case.head() for row in others), "", self._index.clock.today())
        last = max(told.last_consent, of_others.last_consent)
        return [
            replace(row, fact=replace(row.fact, refused=last))
            if isinstance(row.fact, CafStatus) and told.refused_to_the_next(head)
            else row
            for row, head in zip(rows, heads, strict=True)
        ]

    def _moved(self, row: _Stated) -> dict[str, Any]:
        keyring, case = self._index.keyring, row.case
        sealed = seal_case(self._joint.survivor.key, case.id, row.fact)
        self.taken = self.taken.with_mark(case_mark(keyring, case.id, case.sealed), added=-1)
        self.given = self.given.with_mark(case_mark(keyring, case.id, sealed), added=1)
        return {"id": case.id, "sealed": sealed}

    def _kept(self, row: _Stated) -> dict[str, Any]:
        keyring, case = self._index.keyring, row.case
        sealed = seal_case(self._joint.survivor.key, case.id, row.fact)
        self.given = self.given.with_mark(case_mark(keyring, case.id, case.sealed))
        self.given = self.given.with_mark(case_mark(keyring, case.id, sealed))
        return {"id": case.id, "sealed": sealed}

    async def _relist(self, row: _Stated) -> None:
        """List an assessment of the survivor by its day of review, which may be another now."""
        child_id = self._joint.survivor.child_id
        before = row.case.body(row.case.head())
        if isinstance(before, CafStatus) and isinstance(row.fact, CafStatus):
            keyring, children = self._index.keyring, self._work.children
            await children.remove_work(due_rows(keyring, child_id, before))
            await children.add_work(sorted(due_rows(keyring, child_id, row.fact)))

    async def _repoint(self, row: _Stated) -> None:
        """Put rows that lead to a case at its new place where old ones did, and no others."""
        old = self._pointers(row, self._joint.joined.child_id)
        new = self._pointers(row, self._joint.survivor.child_id)
        found = await self._work.children.work([token for token, _ in old])
        there = {(each.token, each.pointer) for each in found}
        await self._work.children.remove_work([each for each in old if each in there])
        pairs = zip(old, new, strict=True)
        await self._work.children.add_work(sorted(one for was, one in pairs if was in there))

    def _pointers(self, row: _Stated, child_id: UUID) -> list[tuple[bytes, bytes]]:
        keyring, fact = self._index.keyring, row.fact
        if isinstance(fact, CafStatus):
            return due_rows(keyring, child_id, fact)
        who = fact.practitioner if isinstance(fact, Involvement) else None
        return caseload_pointers(keyring, row.agency, who, Load(child_id, row.case.id))

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


def _later(one: CaseFact, other: CaseFact) -> CaseFact:
    """Return of two of an agency the later, under the first one's id; what was refused stays so."""
    if isinstance(one, CafStatus) and isinstance(other, CafStatus):
        there = [each for each in (one, other) if not each.handed_on]
        chosen = standing(there) or one
        return replace(chosen, id=one.id, refused=max(one.refused, other.refused))
    if isinstance(one, LeadProfessional) and isinstance(other, LeadProfessional):
        return one if one.since >= other.since else replace(other, id=one.id)
    return one
