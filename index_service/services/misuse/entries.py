"""What is kept of the log's entries of a period while they are judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consent.facts import Action, Role
from index_service.log.entry import Outcome
from index_service.services.auditing.opening import open_row
from index_service.services.index import Index
from index_service.store.auditing import Settled, Span
from index_service.store.work import Work

ACCESSES = frozenset(
    {
        Action.LOOKUP,
        Action.READ_CHILD,
        Action.READ_INVOLVEMENT,
        Action.READ_CONSENTS,
        Action.OVERRIDE,
    }
)
"""What counts as an access: everything by which somebody is shown a child they ask for."""

_ASKED = frozenset({Outcome.SHOWN, Outcome.NOTHING, Outcome.NOT_DISCLOSED})
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry, as much of it as is looked at. `shown` and `named` are keyed references."""

    entry_id: UUID
    at_s: int
    action: str
    outcome: str
    account: str
    agency: str
    role: str
    reason: str
    reference: str
    mediation: str
    shown: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def is_access(self) -> bool:
        """Whether somebody at a keyboard or a system asked for a child."""
        asked = self.action in ACCESSES and self.outcome in _ASKED
        return asked and bool(self.account) and self.role != Role.SUPPLIER


async def noted_between(index: Index, work: Work, since: datetime, until: datetime) -> list[Noted]:
    """Return the entries of a period in order. One that does not open is the verifier's matter."""
    settled = Settled(index.clock.now(), await work.auditing.horizon())
    found: list[Noted] = []
    after: tuple[datetime, UUID] | None = None
    while rows := await work.auditing.by_time(Span(since, until, after), settled, _AT_ONCE):
        after = (rows[-1].at, rows[-1].entry_id)
        for row in rows:
            entry = open_row(index.keyring, row).entry
            if entry is not None:
                found.append(_noted(row.entry_id, entry))
    return found


def _noted(entry_id: UUID, entry: Mapping[str, Any]) -> Noted:
    subjects = entry["subjects"]
    return Noted(
        entry_id=entry_id,
        at_s=entry["at_ms"] // 1000,
        action=entry["action"],
        outcome=entry["outcome"],
        account=entry["account"],
        agency=entry["agency"],
        role=entry["role"],
        reason=entry["reason"],
        reference=entry["reference"],
        mediation=entry["mediation"],
        shown=tuple(each["ref"] for each in subjects if each["shown"]),
        named=tuple(each["ref"] for each in subjects),
    )
