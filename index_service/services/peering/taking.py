"""What of a peer's answer reaches the asker: no more than their own agreement would show.

Nothing is added, nothing is opened: parts are left out or made null, as a level does.
"""

from uuid import UUID

from consent.agreement_terms import lesser_level
from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import (
    AgencyKind,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Role,
    SensitiveBasis,
)
from consent.peers import taken_from_peer
from index_service.domain.child import IdentifierScheme
from index_service.domain.disclosure import Shown
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Admitted
from index_service.services.sealing import CLASS_OF_SCHEME
from index_service.services.showing import told_on_consent

_CONTACTS = (InvolvementLevel.CONTACT, InvolvementLevel.CONTENT)
_CONTENT = ("began", "ceased", "last_confirmed")
_PARTS = {
    "involvements": DisclosureClass.INVOLVEMENTS,
    "lead_professional": DisclosureClass.INVOLVEMENTS,
    "assessment": DisclosureClass.ASSESSMENT,
}


class Taking:
    """One asker's own agreement, laid over what peers disclose."""

    def __init__(self, admitted: Admitted) -> None:
        self._admitted = admitted
        self._decision: Decision = taken_from_peer(
            admitted.asker.facts, admitted.ask, admitted.agreement
        )

    def taken(self, match: Shown) -> Shown | None:
        """Return a match as this asker is shown it; None where they may be shown no child."""
        if not self._decision.allowed:
            return None
        child = dict(match["child"])
        child["identifiers"] = self._identifiers(child["identifiers"])
        for name, needed in _PARTS.items():
            if name in child and needed not in self._decision.permits:
                del child[name]
        if "involvements" in child:
            kept = (self._involvement(each) for each in child["involvements"])
            child["involvements"] = [each for each in kept if each is not None]
        if child.get("lead_professional") is not None:
            child["lead_professional"] = self._lead(child["lead_professional"])
        if not self._is_told_of_brokering():
            child.pop("contact_can_be_brokered", None)
        return {
            "grade": match["grade"],
            "score_bits": match["score_tenths"] / 10,
            "why": match["why"],
            "child": child,
        }

    def _identifiers(self, numbers: Shown) -> Shown:
        permits = self._decision.permits
        return {
            scheme: number
            for scheme, number in numbers.items()
            if CLASS_OF_SCHEME[IdentifierScheme(scheme)] in permits
        }

    def _involvement(self, shown: Shown) -> Shown | None:
        stated = InvolvementLevel(shown["level"])
        level = lesser_level(stated, self._level(AgencyKind(shown["agency_kind"])))
        if level in (InvolvementLevel.NOTHING, InvolvementLevel.BROKERED):
            return None
        if shown["ceased"] is not None and level is not InvolvementLevel.CONTENT:
            return None  # as of one's own (disclosure.is_shown)
        whole, reached = level is InvolvementLevel.CONTENT, level in _CONTACTS
        left_out = () if whole else _CONTENT if reached else (*_CONTENT, "agency", "contact")
        return {**shown, "level": level.value, **dict.fromkeys(left_out)}

    def _lead(self, shown: Shown) -> Shown | None:
        """Show who leads as far as any kind's involvement would be: of which kind is not said."""
        parties = self._admitted.agreement.parties
        level = lesser_level(*(self._level(kind) for kind in parties))
        if level not in _CONTACTS:
            return None
        return {**shown, "since": shown["since"] if level is InvolvementLevel.CONTENT else None}

    def _level(self, kind: AgencyKind) -> InvolvementLevel:
        asked = self._admitted
        facts = InvolvementFacts(False, SensitiveBasis.NONE, False, kind)
        return decide_involvement(
            asked.asker.facts, asked.ask, self._decision, facts, asked.agreement
        )

    def _is_told_of_brokering(self) -> bool:
        asker = self._admitted.asker.facts
        told_to = self._admitted.agreement.brokered_told_to
        return asker.role == Role.MANAGEMENT_TEAM or asker.agency_kind in told_to


def subject_of(match: Shown) -> SubjectShown:
    """Return what an entry says of a peer's child; the id is that authority's."""
    child = match["child"]
    classes = [DisclosureClass.IDENTITY]
    classes += [CLASS_OF_SCHEME[IdentifierScheme(scheme)] for scheme in child["identifiers"]]
    classes += [needed for name, needed in _PARTS.items() if name in child]
    told = told_on_consent(child)
    return SubjectShown(UUID(child["child_id"]), tuple(dict.fromkeys(classes)), True, told)
