"""A child that is asked about: its row fetched, locked or not, its policy opened, decided on."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from consent.decide import decide
from consent.decision import Decision
from consent.facts import Ask
from index_service.domain.errors import NotDisclosed
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt
from index_service.services.facts import child_facts
from index_service.services.index import Index
from index_service.services.sealing import SealedChild, open_policy
from index_service.services.stand_in import pass_over, remember_first, stand_in
from index_service.store.reading import Snapshot
from index_service.store.work import Work

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Opened:
    """A child's row under lock, its policy opened, and what this asker may do to it."""

    child: SealedChild
    decision: Decision


async def child_to_write(
    index: Index, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
) -> Opened:
    """Lock a child and decide; NotDisclosed alike for absent, held, archived and forbidden.

    Decided before it waits for the lock, and anew under it: who may not see a record waits
    for nobody who writes it, as for one that is not there.
    """
    await child_to_regard(index, work, admitted, child_id, attempt)
    return await child_regarded(index, work, admitted, child_id, attempt)


async def child_regarded(
    index: Index, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
) -> Opened:
    """Lock likewise a child that was decided on a moment ago."""
    attempt.subjects = (child_id,)
    return _opened(index, admitted, await _locked(work, child_id), attempt)


async def child_to_end_own(
    index: Index, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
) -> Opened:
    """Lock likewise a child of which no more is asked than an open assessment of one's own."""
    attempt.subjects = (child_id,)
    beheld = await work.children.beheld_or(child_id, stand_in(index))
    _opened(index, admitted, beheld, attempt, own_assessment=True)
    locked = await _locked(work, child_id)
    return _opened(index, admitted, locked, attempt, own_assessment=True)


async def child_to_regard(
    index: Index, work: Work, admitted: Admitted, child_id: UUID, attempt: Attempt
) -> Opened:
    """Decide on a child likewise, its row neither changed nor locked.

    A lock stays visible in a row; what people are asked about a child must not show there.
    """
    attempt.subjects = (child_id,)
    beheld = await work.children.beheld_or(child_id, stand_in(index))
    return _opened(index, admitted, beheld, attempt)


async def child_with_cases(
    index: Index, reading: Snapshot, admitted: Admitted, child_id: UUID, attempt: Attempt
) -> tuple[Opened, list[Any]]:
    """Return a child and its case rows as stored; NotDisclosed alike for all who are not shown.

    As much is read whether or not there is such a child, so that the two take as long.
    """
    attempt.subjects = (child_id,)
    row = await reading.whole_or(child_id, stand_in(index))
    cases = await reading.cases([index.keyring.references.case_ref(child_id)])
    return _opened(index, admitted, row, attempt), cases


async def _locked(work: Work, child_id: UUID) -> Any:
    rows = await work.children.locked([child_id])
    return rows[0] if rows else None


def _opened(
    index: Index,
    admitted: Admitted,
    row: Any,
    attempt: Attempt,
    *,
    own_assessment: bool = False,
) -> Opened:
    """Decide on a child by its row; on the stand-in, in vain, where that is whose row it is."""
    (child_id,) = attempt.subjects  # INVARIANT: who fetched the row said whose it should be
    if row is None or row["child_id"] != child_id:
        pass_over(index, admitted, row)
        attempt.rules = (ABSENT,)
        raise NotDisclosed(ABSENT)
    child = open_policy(index.keyring, row)
    remember_first(index, row)
    decision = decided(admitted, admitted.ask, child, own_assessment=own_assessment)
    if not decision.allowed:
        attempt.rules = tuple(reason.value for reason in decision.reasons)
        raise NotDisclosed(*attempt.rules)
    return Opened(child, decision)


def decided(
    admitted: Admitted, ask: Ask, child: SealedChild, *, own_assessment: bool = False
) -> Decision:
    """Ask policy about one child whose policy part is open.

    `own_assessment`: no more is asked for than an open assessment of the asker's own agency.
    """
    facts = replace(child_facts(child.policy), own_assessment=own_assessment)
    return decide(admitted.asker.facts, ask, facts, admitted.agreement)
