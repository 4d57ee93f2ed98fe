"""What a supervisor is told: how their own agency's staff use the index, and of a child no more
than their own reading would show.
"""

from dataclasses import replace

from consent.agreement import Agreement
from consent.facts import AccessReason, Action, Ask, AskerFacts, Purpose, Role
from consent.rules_asker import defects

SUPERVISED_ROLES = {
    Role.PRACTITIONER: frozenset({Role.PRACTITIONER, Role.CASE_SYSTEM}),
    Role.MANAGEMENT_TEAM: frozenset({Role.PRACTITIONER, Role.CASE_SYSTEM, Role.MANAGEMENT_TEAM}),
}
"""By the supervisor's own role. Whoever is shown more than a supervisor is not supervised by them:
what came of asking would tell. Suppliers ask about no child; auditors answer to nobody whose use
they go through.
"""


def supervisor_sees_use(
    asker: AskerFacts, ask: Ask, agency: str, role: Role, agreement: Agreement
) -> bool:
    """Say whether this asker sees how an account of that agency and role uses the index."""
    if ask.action != Action.SUPERVISE or agency != asker.agency:
        return False
    return role in SUPERVISED_ROLES.get(asker.role, ()) and not defects(asker, ask, agreement)


def supervisor_would_ask(
    asker: AskerFacts, ask: Ask, action: Action, agreement: Agreement
) -> Ask | None:
    """Return the question by which this supervisor could do the action, or None.

    What is open in their team is told by reference, and of a child only where that question
    would be allowed. It is the first that is in order: which one, tells nothing of a child.
    """
    if ask.action != Action.SUPERVISE or defects(asker, ask, agreement):
        return None
    for purpose in Purpose:
        for reason in AccessReason:
            own = replace(ask, action=action, purpose=purpose, reason=reason)
            if not defects(asker, own, agreement):
                return own
    return None
