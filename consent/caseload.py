"""Whose caseload is whose to see and to hand over, and who says whether a contact worked.

A caseload shows of a child what a read by the same person for the same purpose would, and
of involvements none but those of their own agency.
"""

from consent.agreement import Agreement
from consent.decision import AskerDecision
from consent.facts import Action, Ask, AskerFacts, InvolvementFacts, InvolvementLevel, Role
from consent.rules_asker import defects

_REACHED = frozenset({InvolvementLevel.CONTACT, InvolvementLevel.CONTENT})


def may_keep_caseload(asker: AskerFacts, ask: Ask, agreement: Agreement) -> AskerDecision:
    """Say whether their agency's caseload is this asker's to keep, by the question they ask.

    To supervise is a right granted by name; the question itself must be in order too.
    """
    supervises = Ask(Action.SUPERVISE, ask.today)
    reasons = defects(asker, supervises, agreement) or defects(asker, ask, agreement)
    return AskerDecision(not reasons, reasons)


def stands_on_caseload(involvement: InvolvementFacts, level: InvolvementLevel) -> bool:
    """Say whether an involvement stands on the asker's own agency's caseload."""
    return involvement.own_agency is True and level is InvolvementLevel.CONTENT


def may_put_contact_right(
    asker: AskerFacts, involvement: InvolvementFacts, level: InvolvementLevel
) -> bool:
    """Say whether this asker is told that a contact is in doubt: its supplier, and the team."""
    if asker.role == Role.MANAGEMENT_TEAM:
        return level is InvolvementLevel.CONTENT
    return stands_on_caseload(involvement, level)


def may_say_whether_it_worked(level: InvolvementLevel) -> bool:
    """Say whether somebody shown so much of an involvement was shown whom to ring."""
    return level in _REACHED
