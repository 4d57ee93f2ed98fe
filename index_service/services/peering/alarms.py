"""What the team is told of the region: each finding once a day, and how each service fares."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.federation.errors import Unreachable
from index_service.federation.oblivious import ProofFailed
from index_service.services.index import Index
from index_service.services.matters import ALERTS, open_matter
from index_service.store.region_checks import Checked
from index_service.store.work import Work

WELL = "well"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing the team is to look into: why, about which child if any, and what is known."""

    cause: str
    child_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict)
    about: bytes = b""  # tells findings of one cause apart
    once: bool = False  # never told again, on no other day


async def tell(index: Index, work: Work, alarms: Sequence[Alarm], rows: int = 0) -> int:
    """Open an alert for each finding not told today, or ever; return how many were.

    With `rows` as many matters are written whatever was found: decoys fill them up to so
    many, or where that is too few to so many more.
    """
    day = index.clock.today()
    by_id = {_id_of(index, each, day.isoformat()): each for each in alarms}
    told = {row["id"] for row in await work.matters.locked(sorted(by_id))} if by_id else set()
    fresh = [(matter_id, each) for matter_id, each in by_id.items() if matter_id not in told]
    rows *= max(1, -(-len(fresh) // rows)) if rows else 0
    now_s = int(index.clock.now().timestamp())
    matters = [
        (_matter(matter_id, each, now_s, day.isoformat()), True) for matter_id, each in fresh
    ]
    matters += [(decoy_matter(now_s), False) for _ in range(rows - len(fresh))]
    for matter, is_real in sorted(matters, key=lambda each: each[0].id.bytes):
        await open_matter(index, work, matter, (ALERTS,) if is_real else ())
    return len(fresh)


def decoy_matter(now_s: int) -> Matter:
    """Return a matter that is nothing, so that storage does not tell how many are real."""
    return Matter(uuid4(), MatterKind.DECOY, MatterState.ENDED, now_s)


def _id_of(index: Index, alarm: Alarm, day: str) -> UUID:
    child = alarm.child_id.bytes if alarm.child_id else b""
    parts = (alarm.cause.encode(), child, alarm.about, b"" if alarm.once else day.encode())
    return UUID(bytes=index.keyring.references.reference("region_alarm", *parts), version=4)


def _matter(matter_id: UUID, alarm: Alarm, now_s: int, day: str) -> Matter:
    return Matter(
        id=matter_id,
        kind=MatterKind.ALERT,
        state=MatterState.WAITING,
        opened_s=now_s,
        child_id=alarm.child_id,
        details={"cause": alarm.cause, "since": day, **alarm.details},
    )


def cause_of(service: str, lost: Exception) -> str:
    """Return what went wrong with a service of the region, in one word of ours."""
    if isinstance(lost, ProofFailed):
        return f"{service}_proof_failed"
    return f"{service}_silent" if isinstance(lost, Unreachable) else f"{service}_refuses"


async def fared(index: Index, work: Work, what: str, word: str = WELL) -> Checked:
    """Note how something asked of the region fared now, and return what is known of it."""
    before, now = (await work.region_checks.checks()).get(what), index.clock.now()
    # What never answered has been silent since it was first asked.
    well_at = now if word == WELL or before is None else before.well_at
    checked = Checked(now, well_at, word)
    await work.region_checks.put_check(what, checked)
    return checked


def silent_for(checked: Checked) -> timedelta:
    """Return how long something asked has not answered."""
    return checked.at - checked.well_at
