"""Opening what a decision permits, and nothing else, into the shape of an answer."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import (
    Action,
    DisclosureClass,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    SensitiveBasis,
)
from index_service.domain import disclosure
from index_service.domain.child import IdentifierScheme, Identity
from index_service.domain.disclosure import Shown
from index_service.domain.involvement import Involvement, LeadProfessional, standing
from index_service.domain.shield import Shield
from index_service.domain.status import Status, still_told
from index_service.log.entry import Told
from index_service.services import encoding
from index_service.services.admitting import Admitted
from index_service.services.assessed import assessments_told
from index_service.services.cases import SealedCase, checked_cases
from index_service.services.contact_shield import contact_as_seen, involvement_as_seen
from index_service.services.facts import CaseFacts
from index_service.services.forms.assessment import LEAD
from index_service.services.forms.form import CaseHead
from index_service.services.forms.status import STATUS, last_day
from index_service.services.index import Index
from index_service.services.sealing import CLASS_OF_SCHEME, SealedChild

_PARTS: dict[DisclosureClass, tuple[str, str, Callable[[bytes], Any]]] = {
    DisclosureClass.WHEREABOUTS: (
        "address",
        "whereabouts",
        lambda text: disclosure.shown_address(encoding.decode_address(text)),
    ),
    DisclosureClass.SETTINGS: (
        "settings",
        "settings",
        lambda text: disclosure.shown_settings(encoding.decode_settings(text)),
    ),
    DisclosureClass.PROVENANCE: (
        "provenance",
        "provenance",
        lambda text: disclosure.shown_provenance(encoding.decode_provenance(text)),
    ),
}
_OWN = {
    "involvements": DisclosureClass.INVOLVEMENTS,
    "lead_professional": DisclosureClass.INVOLVEMENTS,
    "assessment": DisclosureClass.ASSESSMENT,
    "status": DisclosureClass.STATUS,
}
_CASE_CLASSES = frozenset(
    {
        DisclosureClass.INVOLVEMENTS,
        DisclosureClass.ASSESSMENT,
        DisclosureClass.RESTRICTION,
        DisclosureClass.STATUS,
    }
)


def shows_cases(decision: Decision) -> bool:
    """Return whether any case row of this child may be opened for this asker.

    Of a shielded child an agency still sees its own entries.
    """
    own_only = Obligation.WITHHOLD_WHEREABOUTS in decision.obligations
    return own_only or not _CASE_CLASSES.isdisjoint(decision.permits)


def released(classes: frozenset[DisclosureClass], shown: Shown) -> tuple[DisclosureClass, ...]:
    """Return the classes an entry tells: those permitted, and own entries if shown."""
    own = {each for name, each in _OWN.items() if name in shown}
    return tuple(classes | own)


def told_on_consent(shown: Shown) -> tuple[Told, ...]:
    """Return what of an answer falls when a consent does, so that those told can be told so."""
    told = {
        Told.CONTACT_BROKERED: "contact_can_be_brokered" in shown,
        Told.ASSESSMENT_HELD: shown.get("assessment") is not None,
    }
    return tuple(word for word, was in told.items() if was)


class Showing:
    """What one admitted asker is shown of the children decided on."""

    def __init__(self, index: Index, admitted: Admitted) -> None:
        self._index = index
        self.admitted = admitted
        self.own: set[UUID] = set()  # children opened that the asker's agency is involved with

    def identifiers(self, child: SealedChild, decision: Decision) -> Shown:
        """Open the numbers this asker may have; each is null where the child has none."""
        return {
            scheme.value: child.identifier(scheme) or None
            for scheme in IdentifierScheme
            if CLASS_OF_SCHEME[scheme] in decision.permits
        }

    def parts(self, child: SealedChild, decision: Decision, identity: Identity) -> Shown:
        """Open the further parts a read shows: address, carers, settings, provenance."""
        shown = {
            shown_as: decode(child.part(part))
            for permit, (shown_as, part, decode) in _PARTS.items()
            if permit in decision.permits
        }
        if DisclosureClass.CARERS in decision.permits:
            shown["carer_contacts"] = disclosure.shown_carers(child.carers(identity))
        return shown

    def cases(self, child: SealedChild, decision: Decision, rows: Iterable[Any]) -> Shown:
        """Open the case rows this asker may see: involvements, assessment, lead, shields.

        Ceased involvements come last, so that whom to ring stands first.
        """
        cases = checked_cases(self._index.keyring, child.key, child.policy, rows)
        heads = [(case, case.head()) for case in cases]
        own = self.admitted.asker.facts.agency
        if any(head.kind == "involvement" and head.agency == own for _, head in heads):
            self.own.add(child.child_id)
        asker, ask = self.admitted.asker.facts, self.admitted.ask
        told = (head for _, head in heads)
        facts = CaseFacts(told, asker.agency, ask.today, ask.purpose)
        shown = self._involvements(decision, heads, facts)
        shown |= self._assessment(decision, heads, facts)
        shown |= self._lead(decision, heads, facts)
        shown |= self._status(decision, heads)
        if DisclosureClass.RESTRICTION in decision.permits:
            shields = [case.body(head) for case, head in heads if head.kind == "shield"]
            shown["restriction"] = disclosure.shown_restriction(
                shielded=child.policy.shielded,
                held=child.policy.unseen,
                shields=[shield for shield in shields if isinstance(shield, Shield)],
            )
        return shown

    def _involvements(
        self, decision: Decision, heads: list[tuple[SealedCase, CaseHead]], facts: CaseFacts
    ) -> Shown:
        """Open involvements as far as each may be shown; of brokered ones only that there are."""
        asked = self.admitted
        found: list[tuple[Involvement, InvolvementLevel]] = []
        brokered = False
        for case, head in heads:
            if head.kind != "involvement":
                continue
            told = facts.involvement(head)
            level = decide_involvement(
                asked.asker.facts, asked.ask, decision, told, asked.agreement
            )
            if level is InvolvementLevel.BROKERED:
                brokered = True
            elif level is not InvolvementLevel.NOTHING:
                body = case.body(head)
                if isinstance(body, Involvement) and disclosure.is_shown(body, level):
                    found.append((body, level))
        found.sort(key=lambda each: (each[0].ceased is not None, each[0].service, str(each[0].id)))
        shown: Shown = {}
        if found or DisclosureClass.INVOLVEMENTS in decision.permits:
            shown["involvements"] = [
                disclosure.shown_involvement(
                    involvement_as_seen(asked, each), self._agency(each.agency), level
                )
                for each, level in found
            ]
        if brokered:
            shown["contact_can_be_brokered"] = True
        return shown

    def _status(self, decision: Decision, heads: list[tuple[SealedCase, CaseHead]]) -> Shown:
        """Open what is said of the child's status now or in the last 12 months; no older row.

        Null tells that nothing is; absent, that it is not this asker's to know. What an
        agency stated itself it is shown of a shielded child too. A lookup shows none.
        """
        asked, permitted = self.admitted, DisclosureClass.STATUS in decision.permits
        if asked.ask.action is Action.LOOKUP:
            return {}
        found = []
        for case, head in heads:
            if head.kind != STATUS.kind or not still_told(last_day(head), asked.ask.today):
                continue
            if permitted or self._own_entry(decision, head):
                body = case.body(head)
                assert isinstance(body, Status)  # INVARIANT: the head said so
                seen = replace(body, contact=contact_as_seen(asked, body.agency, body.contact))
                agency, today = self._agency(body.agency), asked.ask.today
                found.append(disclosure.shown_status(seen, agency, today))
        found.sort(key=lambda each: str(each["agency"]))
        return {"status": found or None} if permitted or found else {}

    def _own_entry(self, decision: Decision, head: CaseHead) -> bool:
        """Ask policy as of any entry an agency made itself: involved, and not sensitive."""
        asked, asker = self.admitted, self.admitted.asker.facts
        if head.agency != asker.agency:
            return False
        own = InvolvementFacts(False, SensitiveBasis.NONE, True, asker.agency_kind, asker.agency)
        level = decide_involvement(asker, asked.ask, decision, own, asked.agreement)
        return level is InvolvementLevel.CONTENT

    def _assessment(
        self, decision: Decision, heads: list[tuple[SealedCase, CaseHead]], facts: CaseFacts
    ) -> Shown:
        """Show the one to ask about of those told; its end for 12 months."""
        asked = self.admitted
        held = (caf for _, caf in assessments_told(asked, decision, heads, facts))
        caf = standing(each for each in held if still_told(each.closed, asked.ask.today))
        if caf is None:
            return {"assessment": None} if DisclosureClass.ASSESSMENT in decision.permits else {}
        seen = replace(caf, contact=contact_as_seen(asked, caf.agency, caf.contact))
        return {"assessment": disclosure.shown_assessment(seen, self._agency(caf.agency))}

    def _lead(
        self, decision: Decision, heads: list[tuple[SealedCase, CaseHead]], facts: CaseFacts
    ) -> Shown:
        """Show who leads since last, of those whose involvement would be told with its contact."""
        asked = self.admitted
        found: list[tuple[LeadProfessional, InvolvementLevel]] = []
        for case, head in heads:
            if head.kind != LEAD.kind:
                continue
            told = facts.leading(head)
            level = decide_involvement(
                asked.asker.facts, asked.ask, decision, told, asked.agreement
            )
            if level not in (InvolvementLevel.CONTACT, InvolvementLevel.CONTENT):
                continue
            lead = case.body(head)
            assert isinstance(lead, LeadProfessional)  # INVARIANT: the head said so
            found.append((lead, level))
        if not found:
            permitted = DisclosureClass.INVOLVEMENTS in decision.permits
            return {"lead_professional": None} if permitted else {}
        lead, level = max(found, key=lambda each: (each[0].since, each[0].agency))
        seen = replace(lead, contact=contact_as_seen(asked, lead.agency, lead.contact))
        return {"lead_professional": disclosure.shown_lead(seen, self._agency(lead.agency), level)}

    def _agency(self, agency_id: str) -> str:
        agency = self.admitted.view.agencies.get(UUID(agency_id))
        return agency.name if agency else ""
