"""What a panel reviewing one child's case is told of who was involved and of who looked.

A panel reads for its case alone and works with no child: no contact is ever among it.
"""

from consent.agreement import Agreement
from consent.facts import (
    SENSITIVE_KINDS,
    Action,
    AgencyKind,
    Ask,
    AskerFacts,
    ChildFacts,
    InvolvementFacts,
    InvolvementLevel,
)
from consent.rules_asker import defects

LOOKING_ACTIONS = frozenset(
    {
        Action.LOOKUP,
        Action.READ_CHILD,
        Action.READ_INVOLVEMENT,
        Action.READ_DUE,
        Action.OVERRIDE,  # a read under one; asking for one displays nothing
    }
)
"""By which a child is displayed as such. Asks, alerts, holds and consents are no looks."""


def panel_is_told(
    asker: AskerFacts,
    ask: Ask,
    child: ChildFacts,
    involvement: InvolvementFacts,
    agreement: Agreement,
) -> InvolvementLevel:
    """Say how much of one involvement a panel is told.

    Nothing of a sensitive service, nor of a record in doubt; of a shielded child that a
    service of this kind was involved, and no more. An archived record is what panels read.
    """
    if ask.action != Action.READ_PANEL or defects(asker, ask, agreement):
        return InvolvementLevel.NOTHING
    if involvement.sensitive or child.held:
        return InvolvementLevel.NOTHING
    return InvolvementLevel.EXISTENCE if child.shielded else InvolvementLevel.CONTENT


def panel_is_told_which_agency(kind: AgencyKind | None, child: ChildFacts) -> bool:
    """Say whether a panel is told which agency looked: no sensitive one, none of a shielded child.

    Of sensitive ones not even that they looked: see panel_is_told_that_one_looked.
    """
    return panel_is_told_that_one_looked(kind) and not child.shielded


def panel_is_told_that_one_looked(kind: AgencyKind | None) -> bool:
    """Say whether a panel is told that an agency of this kind looked: of no sensitive one.

    A look told without its kind would say that it was a sensitive one's.
    """
    return kind is not None and kind not in SENSITIVE_KINDS
