"""What a family may be told of who looked at a child's record, whatever the desk would tell.

Whoever reads such a report may be the danger, or live with it: what is told depends on
nothing hidden, and names no service the index would not name to an ordinary asker.
"""

from consent.agreement import Agreement
from consent.facts import (
    SENSITIVE_KINDS,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    Role,
)
from consent.rules_asker import defects

TOLD_CLASSES = frozenset(
    {
        DisclosureClass.IDENTITY,
        DisclosureClass.TRACING,
        DisclosureClass.NHS_NUMBER,
        DisclosureClass.UPN,
        DisclosureClass.CASE_NUMBER,
        DisclosureClass.WHEREABOUTS,
        DisclosureClass.CARERS,
        DisclosureClass.SETTINGS,
        DisclosureClass.INVOLVEMENTS,
        DisclosureClass.ASSESSMENT,
        DisclosureClass.STATUS,
    }
)
"""Never that a record is restricted, who supplied what, or that consents were read."""

LOOKING_ROLES = frozenset({Role.PRACTITIONER, Role.CASE_SYSTEM})
KEEPING_ROLES = frozenset({Role.MANAGEMENT_TEAM, Role.AUDITOR})


def team_may_tell_who_looked(asker: AskerFacts, ask: Ask, agreement: Agreement) -> bool:
    """Say whether this asker may tell who looked, of any record there is.

    Archived and waiting ones too: who looked at them did look.
    """
    return ask.action == Action.TELL_WHO_LOOKED and not defects(asker, ask, agreement)


def family_is_told_which_kind(kind: AgencyKind | None) -> bool:
    """Say whether a family is told that an agency of this kind looked: of no sensitive one."""
    return kind is not None and kind not in SENSITIVE_KINDS


def child_is_guarded(child: ChildFacts, *, sensitive: bool) -> bool:
    """Say whether kinds of agency only are told of this child, by two of the team.

    `sensitive`: a sensitive service is or was involved, or looked.
    """
    return child.shielded or child.held or child.archived or sensitive
