"""What another authority's index is told here, by the agreement of whoever answers.

An authority is an agency by name in the other's agreement; where it is not named, nothing is
disclosed to it. A peer's word makes an asker of it, never more of one than a practitioner.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from consent.agreement import Agreement
from consent.decide import decide
from consent.decision import ChildReason, Decision
from consent.facts import (
    AccountState,
    AgencyKind,
    Ask,
    AskerFacts,
    ChildFacts,
    DisclosureClass,
    InvolvementLevel,
    Obligation,
    Role,
)


class PeerMode(StrEnum):
    """How much one authority discloses to another, less first."""

    EXISTENCE = "existence"  # that a child is known here, and whom to ring
    CONTACT = "contact"  # and who the child is, and whom to ring of those involved
    CONTENT = "content"  # all an asker of that kind would be shown here


@dataclass(frozen=True, slots=True)
class PeerTerms:
    """On what terms an authority is answered: as which agency by name, and how much."""

    agency: str
    mode: PeerMode


_MODES = {
    InvolvementLevel.EXISTENCE: PeerMode.EXISTENCE,
    InvolvementLevel.CONTACT: PeerMode.CONTACT,
    InvolvementLevel.CONTENT: PeerMode.CONTENT,
}
_NOTHING = frozenset[DisclosureClass]()
_SHOWN_IN = {
    PeerMode.EXISTENCE: _NOTHING,
    PeerMode.CONTACT: frozenset({DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS}),
    # Never what is for comparing only, nor what keeps the index or restricts a record.
    PeerMode.CONTENT: frozenset(DisclosureClass)
    - {DisclosureClass.TRACING, DisclosureClass.PROVENANCE, DisclosureClass.RESTRICTION},
}
_SHIELDED_HERE = Decision(False, _NOTHING, (ChildReason.RECORD_SHIELDED,), frozenset())
_NO_DOUBT = ChildFacts()


def peer_terms(agency_id: str, agreement: Agreement) -> PeerTerms | None:
    """Return on what terms this authority is answered; None where it is told nothing."""
    named = agreement.named.get(agency_id)
    mode = None if named is None else _MODES.get(named.level)
    return None if mode is None else PeerTerms(agency_id, mode)


def asker_of_peer(stated: AskerFacts, terms: PeerTerms) -> AskerFacts:
    """Return who asks through a peer as policy sees them here.

    Its management team keeps another index than this one: here it is a practitioner. No right
    granted there by name counts, and no agency there is one of this authority's.
    """
    team = stated.role == Role.MANAGEMENT_TEAM
    return replace(
        stated,
        role=Role.PRACTITIONER if team else stated.role,
        agency_kind=AgencyKind.AUTHORITY if team else stated.agency_kind,
        agency=terms.agency,
        account_state=AccountState.ACTIVE,
        may_override=False,
        may_supervise=False,
    )


def across(decision: Decision) -> Decision:
    """Return what a decision comes to for a peer: that a shielded child is here tells where.

    A peer is told nothing of it, as if nobody were here: not its name, not that it is known.
    """
    return _SHIELDED_HERE if Obligation.WITHHOLD_WHEREABOUTS in decision.obligations else decision


def shown_across(decision: Decision, terms: PeerTerms) -> Decision:
    """Return what of a decided record may leave for this peer: all its mode leaves of it."""
    return replace(decision, permits=decision.permits & _SHOWN_IN[terms.mode])


def taken_from_peer(asker: AskerFacts, ask: Ask, agreement: Agreement) -> Decision:
    """Return what the asker's own agreement would show of a child in no doubt.

    What a peer discloses beyond it is left out: whoever asks can only take away.
    """
    return decide(asker, ask, _NO_DOUBT, agreement)
