"""What auditors look for in the access log, and which entries it fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from consent.facts import Action, AgencyKind, Purpose, Role
from index_service.domain.errors import Code, Invalid

DAY_S = 86_400
DAYS_MAX = 366
DAYS_OF_ONE_CHILD_MAX = 3_660
_PEERS = "/peer/"  # what another authority asks comes in on these routes


class EntryState(StrEnum):
    """Whether a stored entry can be read, and is what its leaf committed to."""

    OPEN = "open"
    NOT_OPENABLE = "not_openable"  # the keys of its year are destroyed
    TAMPERED = "tampered"  # altered, moved, or not what its leaf says


class ExportForm(StrEnum):
    """In what form entries are handed over."""

    OPENINGS = "openings"  # JSON Lines of docs/log-format.md
    CSV = "csv"
    FHIR = "fhir"  # R4 AuditEvent, IHE BALP


class BreachForm(StrEnum):
    """Who is named: the children, or nobody, with small counts left out."""

    CHILDREN = "children"
    COUNTS = "counts"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, from `since_s` until before `until_s`; None matches anything.

    Raises Invalid where no such search can be made: no time, too long a time, one to come.
    """

    since_s: int
    until_s: int
    account_id: UUID | None = None
    agency_id: UUID | None = None
    child_id: UUID | None = None
    agency_kind: AgencyKind | None = None
    role: Role | None = None
    action: Action | None = None
    purpose: Purpose | None = None
    outcome: str | None = None
    code: Code | None = None
    mediated: bool | None = None
    override: bool | None = None
    federated: bool | None = None

    def __post_init__(self) -> None:
        if self.since_s >= self.until_s:
            raise Invalid(Code.FIELD_INVALID, "until")
        days = DAYS_MAX if self.child_id is None else DAYS_OF_ONE_CHILD_MAX
        if self.until_s - self.since_s > days * DAY_S:
            raise Invalid(Code.FIELD_INVALID, "since")

    def fits(self, entry: Mapping[str, Any], kinds: Mapping[str, AgencyKind]) -> bool:
        """Say whether an opened entry is what is looked for; `kinds` is by agency id."""
        words = {
            "account": str(self.account_id or ""),
            "agency": str(self.agency_id or ""),
            "role": self.role or "",
            "action": self.action or "",
            "purpose": self.purpose or "",
            "outcome": self.outcome or "",
            "code": self.code or "",
        }
        if any(word and entry[name] != word for name, word in words.items()):
            return False
        if self.agency_kind and kinds.get(entry["agency"]) is not self.agency_kind:
            return False
        stated = (
            (self.mediated, bool(entry["mediation"])),
            (self.override, is_override(entry)),
            (self.federated, is_federated(entry)),
        )
        return all(wanted is None or wanted is found for wanted, found in stated)


def is_override(entry: Mapping[str, Any]) -> bool:
    """Say whether a shield was to be overridden."""
    return bool(entry["action"] == Action.OVERRIDE)


def is_federated(entry: Mapping[str, Any]) -> bool:
    """Say whether another authority asked."""
    return str(entry["route"]).startswith(_PEERS)
