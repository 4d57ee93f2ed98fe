"""Who looked at a child's record, as a family is told: kinds, purposes, classes and months.

No count, no day, no mark that anything was left out: a report reads the same whether or not
something was. What is under investigation is left out until its release date.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from consent.facts import AgencyKind, DisclosureClass
from index_service.domain.clock import LONDON

Line = dict[str, Any]


class Detail(StrEnum):
    """How much a report tells of who looked. All but kinds takes a second person."""

    KINDS = "kinds"
    AGENCIES = "agencies"
    NAMES = "names"  # of agencies and practitioners


class DetailGround(StrEnum):
    """Why more is told than kinds of agency."""

    CHILD_ASKED = "child_asked"
    COMPLAINT = "complaint"
    COURT_DIRECTION = "court_direction"
    STATUTORY_POWER = "statutory_power"
    STAFF_AGREED = "staff_agreed"


@dataclass(frozen=True, slots=True)
class Look:
    """That something of a child was displayed to somebody; ids as entries write them.

    `by_keepers`: to the management team or an auditor. `overriding`: under an override.
    """

    entry_id: str
    at: datetime
    agency: str
    account: str
    kind: AgencyKind | None
    purpose: str
    classes: frozenset[DisclosureClass]
    by_keepers: bool = False
    overriding: bool = False

    @property
    def at_s(self) -> int:
        """When, in seconds of the epoch."""
        return int(self.at.timestamp())

    @property
    def month(self) -> str:
        """In which month, in London."""
        return month_of(self.at)


@dataclass(frozen=True, slots=True)
class Investigation:
    """What is looked into, from `opened_s` until its release date; None while that is not set.

    It concerns the looks named and, since it was opened, those of the team and the auditors.
    """

    opened_s: int
    entries: frozenset[str] = frozenset()
    until_s: int | None = None

    def withholds(self, look: Look, now_s: int) -> bool:
        """Say whether a look is not to be told of yet."""
        if self.until_s is not None and now_s >= self.until_s:
            return False
        return look.entry_id in self.entries or (look.by_keepers and look.at_s > self.opened_s)


@dataclass(frozen=True, slots=True)
class Names:
    """What agencies and practitioners are called, by agency's and by account's id."""

    agencies: Mapping[str, str] = field(default_factory=dict)
    practitioners: Mapping[str, str] = field(default_factory=dict)


def month_of(moment: datetime) -> str:
    """Return the month a moment falls in, in London, as YYYY-MM."""
    return moment.astimezone(LONDON).strftime("%Y-%m")


def month_before(month: str) -> str:
    """Return the month before a month."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1:04}-12" if number == 1 else f"{year:04}-{number - 1:02}"


def tellable(
    looks: Iterable[Look],
    investigations: Sequence[Investigation],
    released: Collection[datetime],
    now: datetime,
) -> list[Look]:
    """Return the looks of months that are over, but what an investigation withholds.

    `released` is when this child's looks were told before: a look told then stays told, for
    a line that went missing would give the investigation away.
    """
    now_s = int(now.timestamp())

    def withheld(look: Look, each: Investigation) -> bool:
        told = any(look.month < month_of(at) and at.timestamp() < each.opened_s for at in released)
        return not told and each.withholds(look, now_s)

    return [
        look
        for look in looks
        if look.month < month_of(now) and not any(withheld(look, each) for each in investigations)
    ]


def lines_of(looks: Iterable[Look], names: Names, told: frozenset[DisclosureClass]) -> list[Line]:
    """Return one line for each month, agency or kind, and purpose, in one order.

    Of the team and the auditors no more than that they looked; of who was shown nothing
    among the classes `told`, no line.
    """
    lines: dict[tuple[str, ...], set[str]] = {}
    for look in looks:
        classes = {each.value for each in look.classes & told}
        if look.by_keepers:
            lines.setdefault((look.month, AgencyKind.AUTHORITY, "", "", ""), set())
        elif classes and look.kind is not None:
            agency = names.agencies.get(look.agency, "")
            who = names.practitioners.get(look.account, "")
            key = (look.month, look.kind, agency, who, look.purpose)
            lines.setdefault(key, set()).update(classes)
    return [
        {
            "month": month,
            "agency_kind": kind,
            "agency": agency or None,
            "practitioner": who or None,
            "purpose": purpose or None,
            "classes": sorted(classes),
        }
        for (month, kind, agency, who, purpose), classes in sorted(lines.items())
    ]
