"""Who is told to ask again about a child: where there is lasting reason, or the agreement says so.

A notice names a reference of the subscriber's own and nothing else. It is raised only where
policy would show something new, and a shielded child is never such.
"""

from consent.agreement import Agreement
from consent.decide import may_ask
from consent.decision import Decision
from consent.facts import Action, Ask, AskerFacts, Obligation, Role
from consent.peers import PeerTerms


def may_be_told(asker: AskerFacts, ask: Ask, agreement: Agreement, *, involved: bool) -> bool:
    """Say whether an own practitioner is told today; `ask` is the read it is decided as.

    `involved`: their agency has an involvement of its own with the child, shown to them now.
    """
    lasting = involved or asker.agency_kind in agreement.subscriptions.without_involvement
    return lasting and _may_subscribe(asker, ask, agreement)


def may_be_told_across(asker: AskerFacts, ask: Ask, agreement: Agreement, terms: PeerTerms) -> bool:
    """Say so of a practitioner of another authority: involvements there are not known here."""
    kinds = agreement.subscriptions.across.get(terms.agency, frozenset())
    return asker.agency_kind in kinds and _may_subscribe(asker, ask, agreement)


def stays_silent(decision: Decision) -> bool:
    """Say whether nothing is raised, whatever changed: not shown, or shown as shielded."""
    shielded = Obligation.WITHHOLD_WHEREABOUTS in decision.obligations
    return not decision.allowed or shielded


def _may_subscribe(asker: AskerFacts, ask: Ask, agreement: Agreement) -> bool:
    subscribes = Ask(Action.SUBSCRIBE, ask.today, ask.purpose, ask.reason)
    at_a_keyboard = asker.role == Role.PRACTITIONER
    asked = (subscribes, ask)
    return at_a_keyboard and all(may_ask(asker, each, agreement) for each in asked)
