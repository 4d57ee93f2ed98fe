"""What stands at the top of every page: where one can go, by what one's account may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Way:
    """One way to go. `actions` are the index's words: it is shown to whoever may do one of them.

    `roles` narrows it where several roles may do the same for different ends.
    """

    text: str
    href: str
    actions: tuple[str, ...]
    roles: tuple[str, ...] = ()


WAYS: Final = (
    Way("Search", "/", ("lookup",), roles=("practitioner",)),
    Way("Mine", "/mine", ("record_involvement",), roles=("practitioner",)),
    Way("The team's work", "/team", ("read_holds",), roles=("management_team",)),
    Way("Shields asked for", "/shield-requests", ("ask_shield",), roles=("practitioner",)),
    Way("Alerts on use", "/misuse", ("handle_misuse",)),
    Way("Access log", "/log", ("inspect_log",)),
    Way("Panels", "/panels", ("read_panel",)),
    Way("State of the log", "/log/state", ("inspect_log", "release_log")),
    Way("Who looked", "/who-looked", ("tell_who_looked",)),
    Way("Own staff", "/staff-use", ("supervise",)),
    Way("Contact asked for", "/contact-requests", ("ask_contact",), roles=("practitioner",)),
    Way("Notices", "/notices", ("read_notices",), roles=("practitioner",)),
    Way("Caseload", "/caseload", ("supervise",), roles=("practitioner",)),
    Way("Reviews due", "/assessments/due", ("read_due",), roles=("practitioner",)),
    Way("Mediated access", "/mediation", ("mediate",), roles=("practitioner",)),
    Way("Agencies", "/agencies", ("read_directory",)),
    Way("Receipts", "/receipts", ("read_decision",)),
)


def ways_for(
    me: Mapping[str, Any] | None, path: str, ways: Iterable[Way] = WAYS
) -> list[dict[str, Any]]:
    """Return the ways open to an account, as the navigation's template takes them."""
    if me is None:
        return []
    may = me["may"]
    return [
        {"text": way.text, "href": way.href, "current": path == way.href}
        for way in ways
        if any(may.get(action) == [] for action in way.actions)
        and (not way.roles or me["role"] in way.roles)
    ]
