"""A record that came from another authority and is this one's from now on."""

from collections.abc import Iterable
from dataclasses import replace
from os import urandom
from typing import Any
from uuid import UUID

from index_service.domain.consenting import Consent
from index_service.domain.feed import LineOutcome
from index_service.domain.involvement import CafStatus, Involvement
from index_service.domain.shield import Shield
from index_service.services.cases import CaseFact, case_mark, new_case_id, seal_case
from index_service.services.consents_standing import DAY, TELLABLE, notice_pointer, notices_on
from index_service.services.due import due_rows
from index_service.services.encoding import Policy
from index_service.services.index import Index
from index_service.services.loads import Load, caseload_pointers
from index_service.services.peering.delivered import Delivered
from index_service.services.peering.onward import NO_CASE
from index_service.services.placing import Surroundings, birth_digests, sought, waits
from index_service.services.pointers import LOAD_ROWS, decoy
from index_service.services.sealing import (
    NewChild,
    facts_of,
    new_child,
    open_policy,
    sealed_policy,
)
from index_service.services.shielding import hold_duplicates
from index_service.store.work import Work


def moved_ref(index: Index, member: str, old_id: UUID) -> bytes:
    """Return what a child or involvement delivered by a member is found by."""
    return index.keyring.references.source_ref(f"{member}/moved", str(old_id))


async def arrived(
    index: Index, work: Work, delivered: Delivered, old_id: UUID, member: str
) -> UUID:
    """Make a delivered record one of this authority's, under the exclusive shield lock.

    Its shields hold from the first moment. In doubt about another shielded child it waits
    for the team, as any new record would; nothing it came with is seen for that.
    """
    cases = {old: replace(fact, id=new_case_id()) for old, fact in delivered.cases.items()}
    shields = [each for each in cases.values() if isinstance(each, Shield) and not each.lifted]
    record = delivered.record
    asked = sought(index, facts_of(record))
    await work.locks.births(birth_digests(index, [asked]))
    around = Surroundings(index)
    await around.gather(work, [asked])
    judged = around.judge(asked)
    outcome = LineOutcome.DOUBTFUL if judged.same else judged.outcome
    policy = Policy(
        shielded=bool(shields),
        held=outcome is LineOutcome.HELD,
        due=min((each.review for each in shields), default=None),
    )
    child = new_child(index.keyring, record, policy)
    await work.children.insert([child.row])
    await work.children.add_tokens(child.sheet.search, child.sheet.guard)
    await _add_cases(index, work, child, cases.values())
    pointers = [waits(index, child.child_id, outcome)]
    if shields:
        (row,) = await work.children.beheld([child.child_id])
        pointers += await hold_duplicates(index, work, open_policy(index.keyring, row))
    pointers += [decoy() for _ in range(LOAD_ROWS - len(pointers))]
    await work.children.add_work(sorted(pointers))
    await _known_by(index, work, child, member, {old_id: None, **cases})
    return child.child_id


async def _add_cases(index: Index, work: Work, child: NewChild, facts: Iterable[CaseFact]) -> None:
    keyring, policy = index.keyring, child.policy
    ref = keyring.references.case_ref(child.child_id)
    rows: list[dict[str, Any]] = []
    pointers: list[tuple[bytes, bytes]] = []
    for fact in facts:
        assert fact.id is not None  # INVARIANT: given above
        sealed = seal_case(child.key, fact.id, fact)
        rows.append({"id": fact.id, "child_ref": ref, "sealed": sealed})
        policy = policy.with_mark(case_mark(keyring, fact.id, sealed), added=1)
        pointers += _pointers(index, child.child_id, fact)
    await work.children.add_cases(rows)
    await work.children.add_work(sorted(pointers))
    if rows:
        anew = sealed_policy(child.key, child.child_id, policy)
        await work.children.replace([{"child_id": child.child_id, "policy": anew}])


def _pointers(index: Index, child_id: UUID, fact: CaseFact) -> list[tuple[bytes, bytes]]:
    """Return the rows that lead to a case row, as many as its beginning here would leave."""
    assert fact.id is not None
    keyring, load = index.keyring, Load(child_id, fact.id)
    if isinstance(fact, Involvement):
        return caseload_pointers(keyring, fact.agency, fact.practitioner, load)
    rows: list[tuple[bytes, bytes]] = []
    if isinstance(fact, CafStatus):
        rows = due_rows(keyring, child_id, fact)
    elif isinstance(fact, Consent):
        by_id, by_agency, spare = caseload_pointers(keyring, fact.agency, None, load)
        if fact.given_for in TELLABLE and fact.until is not None:
            spare = notice_pointer(keyring, fact.id, notices_on(fact.until + DAY))
        rows = [by_id, by_agency, spare]
    elif not isinstance(fact, Shield):
        rows = caseload_pointers(keyring, fact.agency, None, load)
    return [*rows, *(decoy() for _ in range(LOAD_ROWS - len(rows)))]


async def _known_by(
    index: Index,
    work: Work,
    child: NewChild,
    member: str,
    delivered: dict[UUID, CaseFact | None],
) -> None:
    """Have the ids a record was delivered under lead to it: its suppliers' lines follow."""
    pointers, rows = index.keyring.pointers, []
    for old_id, fact in delivered.items():
        if fact is not None and not isinstance(fact, Involvement):
            continue
        case_id = fact.id if fact is not None else NO_CASE
        ref = moved_ref(index, member, old_id)
        rows.append(
            {
                "ref": ref,
                "line_mac": urandom(16),
                "pointer": pointers.seal_small(ref, child.child_id.bytes + case_id.bytes),
                "sealed": child.key.seal("source", ref, b""),
            }
        )
    await work.feeds.put_source_records(sorted(rows, key=lambda row: bytes(row["ref"])))
