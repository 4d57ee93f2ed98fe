"""What has come due: shields to be reviewed, records held too long, requests past their clock.

Tells the management team, and changes nothing: a shield past its review stays a shield.
Every run leaves as many rows, whatever it found; each finding is told once a week.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from index_service.crypto.envelope import SealBroken
from index_service.domain.clock import london_day, next_working_day
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.domain.shield import Shield
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.cases import CaseFact, checked_cases
from index_service.services.index import Index
from index_service.services.matters import ALERTS, TEAM, matters_on, open_matter
from index_service.services.pointers import open_waiting, waiting_tokens
from index_service.services.sealing import SealedChild, open_policy
from index_service.store.work import Work, work_on

MATTERS_A_RUN = 8
TOLD_AGAIN_DAYS = 7
_PAGE = 2_000
_CASES_A_TIME = 8  # children, so that even the fullest records stay under the bound of one query
_OPEN = frozenset({MatterState.WAITING, MatterState.TAKEN})
_process_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that has come due: which, since what day, and who is told.

    `subject` is the case row, record or matter it is about; with cause and week it makes
    the matter's id, so that no run tells it twice.
    """

    cause: str
    subject: UUID
    since: date
    child_id: UUID | None = None
    kind: MatterKind = MatterKind.ALERT
    lists: tuple[str, ...] = (ALERTS,)
    agency: str = ""
    details: dict[str, Any] = field(default_factory=dict)


DueCheck = Callable[[UUID, Sequence[CaseFact], date], Iterable[Finding]]
"""Says what of one child's case rows has come due by a day; asked where the policy's day has."""


def shields_past_review(
    child_id: UUID, facts: Sequence[CaseFact], today: date
) -> Iterable[Finding]:
    """Find shields in force whose day of review has come."""
    for fact in facts:
        if isinstance(fact, Shield) and fact.lifted is None and fact.review <= today:
            yield Finding("shield_review", fact.id, fact.review, child_id)


CHECKS: tuple[DueCheck, ...] = (shields_past_review,)


class Overdue:
    """Looks through one authority's records for what has come due (role job)."""

    def __init__(
        self, index: Index, engine: AsyncEngine, checks: Sequence[DueCheck] = CHECKS
    ) -> None:
        self._index = index
        self._engine = engine
        self._checks = checks

    async def run(self) -> int:
        """Tell what has come due and was not told this week; return how many were told.

        What there is no room for is told by the next run. Charges of days gone by are dropped.
        """
        index = self._index
        today = index.clock.today()
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.locks.alone("due")
            found = [
                *await self._held_too_long(work),
                *await self._past_their_clock(work),
                *await self._of_records(work, today),
            ]
            told = (await self._untold(work, found, today))[:MATTERS_A_RUN]
            now_s = int(index.clock.now().timestamp())
            matters = [(_matter_of(matter_id, each, now_s), each.lists) for matter_id, each in told]
            matters += [(_decoy(now_s), ()) for _ in range(MATTERS_A_RUN - len(told))]
            for matter, lists in sorted(matters, key=lambda each: each[0].id.bytes):
                await open_matter(index, work, matter, lists)
            await work.upkeep.drop_charges(index.clock.now().astimezone(UTC).date())
            entry = AccessEntry(
                *index.log.stamp(),
                action="due",
                route="job",
                outcome=Outcome.RECORDED,
                count=len(told),
            )
            await work.commit(index.log.prepare(entry))
        return len(told)

    async def _untold(
        self, work: Work, found: Iterable[Finding], today: date
    ) -> list[tuple[UUID, Finding]]:
        """Return the findings not told this week with their matters' ids, longest due first."""
        by_id = {self._id_of(each, today): each for each in found}
        told = {row["id"] for row in await work.matters.locked(sorted(by_id))} if by_id else set()
        fresh = [(matter_id, each) for matter_id, each in by_id.items() if matter_id not in told]
        return sorted(fresh, key=lambda one: (one[1].since, one[0].bytes))

    def _id_of(self, found: Finding, today: date) -> UUID:
        """Return the id a finding's matter has this week, and nothing else ever."""
        weeks = max(0, (today - found.since).days) // TOLD_AGAIN_DAYS
        reference = self._index.keyring.references.reference(
            "due",
            found.cause.encode(),
            found.subject.bytes,
            found.since.isoformat().encode(),
            found.agency.encode(),
            weeks.to_bytes(4),
        )
        return UUID(bytes=reference, version=4)

    async def _of_records(self, work: Work, today: date) -> list[Finding]:
        """Open the case rows of every record whose day has come, and ask each check."""
        due: list[SealedChild] = []
        ids = await work.upkeep.child_ids()
        for start in range(0, len(ids), _PAGE):
            for row in await work.upkeep.policies(ids[start : start + _PAGE]):
                child = self._opened(row)
                if child and child.policy.due is not None and child.policy.due <= today:
                    due.append(child)
        found: list[Finding] = []
        for start in range(0, len(due), _CASES_A_TIME):
            found += await self._of_some(work, due[start : start + _CASES_A_TIME], today)
        return found

    async def _of_some(
        self, work: Work, children: Sequence[SealedChild], today: date
    ) -> list[Finding]:
        keyring = self._index.keyring
        of_ref = {keyring.references.case_ref(child.child_id): child for child in children}
        rows: dict[bytes, list[Any]] = {ref: [] for ref in of_ref}
        for row in await work.children.cases(list(of_ref)):
            rows[row.child_ref].append(row._mapping)
        found: list[Finding] = []
        for ref, child in of_ref.items():
            try:
                cases = checked_cases(keyring, child.key, child.policy, rows[ref])
                facts = [case.body(case.head()) for case in cases]
            except SealBroken as broken:
                _process_log.error("due: case rows do not open, cause=%s", type(broken).__name__)
                continue
            for check in self._checks:
                found += check(child.child_id, facts, today)
        return found

    def _opened(self, row: Any) -> SealedChild | None:
        """Open a policy; one that does not open keeps nobody else's day from coming."""
        try:
            return open_policy(self._index.keyring, row)
        except SealBroken as broken:
            _process_log.error("due: a policy does not open, cause=%s", type(broken).__name__)
            return None

    async def _held_too_long(self, work: Work) -> list[Finding]:
        """Find records still held when one working day is over."""
        keyring, now = self._index.keyring, self._index.clock.now()
        since: dict[UUID, datetime] = {}
        for row in await work.children.work(waiting_tokens(keyring)):
            waiting = open_waiting(keyring, row.token, row.pointer)
            moment = datetime.fromtimestamp(waiting.since_s, UTC)
            # A row outlives its hold: of a record held again the newest counts.
            since[waiting.child_id] = max(moment, since.get(waiting.child_id, moment))
        late = [child_id for child_id, at in since.items() if next_working_day(at) <= now]
        held = [
            child.child_id
            for row in (await work.upkeep.policies(late) if late else ())
            if (child := self._opened(row)) and child.policy.held
        ]
        return [
            Finding("held_too_long", child_id, london_day(since[child_id]), child_id)
            for child_id in held
        ]

    async def _past_their_clock(self, work: Work) -> list[Finding]:
        """Find what the team was asked for and has not answered in time."""
        now_s = int(self._index.clock.now().timestamp())
        return [
            Finding(
                "past_its_clock",
                matter.id,
                london_day(datetime.fromtimestamp(matter.due_s, UTC)),
                details={"matter": str(matter.id), "kind": matter.kind.value},
            )
            for matter in await matters_on(self._index, _Reading(work), TEAM)
            if matter.state in _OPEN and 0 < matter.due_s <= now_s
        ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A writing transaction read from as a snapshot is."""

    inside: Work

    async def work(self, tokens: Sequence[bytes]) -> list[Any]:
        return [row._mapping for row in await self.inside.children.work(tokens)]

    async def matters(self, ids: Sequence[UUID]) -> list[Any]:
        return await self.inside.matters.locked(ids)


def _matter_of(matter_id: UUID, found: Finding, now_s: int) -> Matter:
    return Matter(
        id=matter_id,
        kind=found.kind,
        state=MatterState.WAITING,
        opened_s=now_s,
        agency=found.agency,
        child_id=found.child_id,
        details={"cause": found.cause, "since": found.since.isoformat(), **found.details},
    )


def _decoy(now_s: int) -> Matter:
    return Matter(uuid4(), MatterKind.DECOY, MatterState.ENDED, now_s)
