"""The bounded space of questions, slice by slice: every combination of what a slice varies.

Roles, kinds of agency, actions, purposes and reasons are crossed in full; so are the states
of an account, the facts of a child, of an involvement and of an assessment. A slice crosses
what its rules read together; dates are tried on both sides of every limit.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, product
from typing import Any

from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    InvolvementFacts,
    Purpose,
    Role,
    SensitiveBasis,
)
from proofs.workings.policy_agreements import NAMED_AGENCY, OTHER_AGENCY, OWN_AGENCY

TODAY = date(2026, 11, 21)
BOTH = (False, True)
# The day before an agreement begins, its first days, a leap day, after gateways end.
DAYS = (date(2026, 4, 30), date(2026, 5, 1), TODAY, date(2028, 2, 29), date(2027, 7, 1))
# Made, finished or signed on these: never, in time, on the last good day, a day late, to come.
CHECKED = (
    None,
    TODAY,
    date(2023, 11, 21),
    date(2023, 11, 20),
    date(2024, 11, 20),
    date(2025, 11, 20),
    date(2026, 11, 22),
)
DONE = (None, TODAY, date(2026, 11, 22))
STATEMENTS = tuple(product((None, *Purpose), (None, *AccessReason)))
HOLDERS = tuple(product(Role, AgencyKind))
_Said = tuple[Purpose | None, AccessReason | None]
CHILDREN = (
    *(ChildFacts(*facts) for facts in product(BOTH, repeat=4)),
    # Asked for an own assessment alone: an override is another action's.
    *(replace(ChildFacts(*facts), own_assessment=True) for facts in product(BOTH, repeat=3)),
)
# The kinds that agreements tell apart when they record, and one they do not.
RECORDING = (
    AgencyKind.SCHOOL,
    AgencyKind.POLICE,
    AgencyKind.HOUSING,
    AgencyKind.MENTAL_HEALTH,
)
INVOLVEMENTS = tuple(
    InvolvementFacts(*facts)
    for facts in product(BOTH, SensitiveBasis, BOTH, RECORDING, (OTHER_AGENCY, NAMED_AGENCY))
)
OF_EVERY_KIND = tuple(
    InvolvementFacts(False, SensitiveBasis.NONE, False, kind, OTHER_AGENCY) for kind in AgencyKind
)
ASSESSMENTS = tuple(AssessmentFacts(*facts) for facts in product(BOTH, CafConsent, BOTH))


@dataclass(frozen=True, slots=True)
class Point:
    """One question about one child."""

    asker: AskerFacts
    ask: Ask
    child: ChildFacts = CHILDREN[0]


def asker(role: Role, kind: AgencyKind) -> AskerFacts:
    """Return an asker with everything in order, without rights given by name."""
    return AskerFacts(
        role, kind, OWN_AGENCY, AccountState.ACTIVE, TODAY, TODAY, TODAY, employer_accredited=True
    )


def _asked(holder: tuple[Role, AgencyKind], right: bool, action: Action, said: _Said) -> Point:
    """Every role, kind, action, purpose and reason, with and without the rights given by name."""
    who = replace(asker(*holder), may_override=right, may_supervise=right)
    return Point(who, Ask(action, TODAY, *said))


def _by_account(
    account: tuple[AccountState, date | None, date | None, date | None, bool],
    role: Role,
    kind: AgencyKind,
    action: Action,
) -> Point:
    """Every state of an account, for each role at three kinds and every action."""
    state, checked, trained, signed, accredited = account
    who = replace(
        asker(role, kind),
        account_state=state,
        checked_on=checked,
        trained_on=trained,
        signed_on=signed,
        employer_accredited=accredited,
    )
    team = role in (Role.MANAGEMENT_TEAM, Role.SUPPLIER)
    purpose = Purpose.KEEP_INDEX if team else Purpose.SAFEGUARD
    return Point(who, Ask(action, TODAY, purpose, AccessReason.CONTACT_PRACTITIONER))


def _by_day(
    holder: tuple[Role, AgencyKind],
    agency: str,
    day: date,
    action: Action,
    purpose: Purpose | None,
) -> Point:
    """Every day on which something begins or ends, for every role, kind, action and purpose."""
    known = replace(asker(*holder), agency=agency)
    who = replace(known, checked_on=day, trained_on=day, signed_on=day)
    return Point(who, Ask(action, day, purpose, _usual(purpose)))


def _by_anniversary(made: date, today: date) -> Point:
    """Checks made on 29 February, and questions asked then, on both sides of the anniversary."""
    known = asker(Role.PRACTITIONER, AgencyKind.SOCIAL_CARE)
    who = replace(known, checked_on=made, trained_on=made, signed_on=made)
    return Point(who, Ask(Action.LOOKUP, today, Purpose.SAFEGUARD, AccessReason.REVIEW))


def _by_record(
    holder: tuple[Role, AgencyKind],
    named: tuple[str, bool],
    action: Action,
    purpose: Purpose | None,
    child: ChildFacts,
) -> Point:
    """Every state of a child's record, for every role, kind, action and purpose."""
    agency, right = named
    who = replace(asker(*holder), agency=agency, may_override=right, may_supervise=right)
    return Point(who, Ask(action, TODAY, purpose, _usual(purpose)), child)


def _usual(purpose: Purpose | None) -> AccessReason | None:
    return AccessReason.CONTACT_PRACTITIONER if purpose else None


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the space: every combination along its axes, and the point each makes."""

    axes: tuple[Iterable[Any], ...]
    point: Callable[..., Point]

    def points(self, first: int = 0, every: int = 1) -> Iterator[Point]:
        """Yield the points from a first one on, every so-manieth."""
        return (self.point(*each) for each in islice(product(*self.axes), first, None, every))


_PURPOSES = (None, *Purpose)
_KINDS = (AgencyKind.AUTHORITY, AgencyKind.SOCIAL_CARE, AgencyKind.HOUSING)
_ACCOUNTS = tuple(product(AccountState, CHECKED, DONE, DONE, BOTH))
_NAMED = ((OWN_AGENCY, False), (OWN_AGENCY, True), (NAMED_AGENCY, True))
_LEAP_MADE = (date(2024, 2, 29), date(2024, 2, 28), date(2024, 3, 1), date(2025, 2, 28))
_LEAP_ASKED = tuple(
    date(year, *day) for year in range(2025, 2029) for day in ((2, 27), (2, 28), (3, 1), (3, 2))
)
SLICES = {
    "questions": Slice((HOLDERS, BOTH, Action, STATEMENTS), _asked),
    "accounts": Slice((_ACCOUNTS, Role, _KINDS, Action), _by_account),
    "days": Slice((HOLDERS, (OWN_AGENCY, NAMED_AGENCY), DAYS, Action, _PURPOSES), _by_day),
    "leap days": Slice((_LEAP_MADE, (*_LEAP_ASKED, date(2028, 2, 29))), _by_anniversary),
    "records": Slice((HOLDERS, _NAMED, Action, _PURPOSES, CHILDREN), _by_record),
}
