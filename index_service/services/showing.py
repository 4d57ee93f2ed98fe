"""Opening what a decision permits, and nothing else, into the shape of an answer."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from consent.decide import decide_involvement
from consent.decision import Decision
from consent.facts import DisclosureClass, Obligation
from index_service.domain import disclosure
from index_service.domain.child import IdentifierScheme, Identity
from index_service.domain.disclosure import Shown
from index_service.domain.involvement import CafStatus, Involvement, LeadProfessional
from index_service.domain.shield import Shield
from index_service.services import encoding
from index_service.services.admitting import Admitted
from index_service.services.cases import CaseHead, SealedCase, checked_cases
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
_CASE_CLASSES = frozenset(
    {DisclosureClass.INVOLVEMENTS, DisclosureClass.ASSESSMENT, DisclosureClass.RESTRICTION}
)


def shows_cases(decision: Decision) -> bool:
    """Return whether any case row of this child may be opened for this asker.

    Of a shielded child an agency still sees its own involvements.
    """
    own_only = Obligation.WITHHOLD_WHEREABOUTS in decision.obligations
    return own_only or not _CASE_CLASSES.isdisjoint(decision.permits)


def released(classes: frozenset[DisclosureClass], shown: Shown) -> tuple[DisclosureClass, ...]:
    """Return the classes an entry tells: those permitted, and own involvements if shown."""
    return tuple(classes | ({DisclosureClass.INVOLVEMENTS} if "involvements" in shown else set()))


class Showing:
    """What one admitted asker is shown of the children decided on."""

    def __init__(self, index: Index, admitted: Admitted) -> None:
        self._index = index
        self._admitted = admitted

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
        shown: Shown = {}
        heads = [(case, case.head()) for case in cases]
        involvements = self._involvements(decision, heads)
        if involvements or DisclosureClass.INVOLVEMENTS in decision.permits:
            shown["involvements"] = involvements
        if DisclosureClass.ASSESSMENT in decision.permits:
            shown["assessment"] = self._of_kind("caf", heads)
            shown["lead_professional"] = self._of_kind("lead", heads)
        if DisclosureClass.RESTRICTION in decision.permits:
            shields = [case.body(head) for case, head in heads if head.kind == "shield"]
            shown["restriction"] = disclosure.shown_restriction(
                shielded=child.policy.shielded,
                held=child.policy.held,
                shields=[shield for shield in shields if isinstance(shield, Shield)],
            )
        return shown

    def _involvements(
        self, decision: Decision, heads: list[tuple[SealedCase, CaseHead]]
    ) -> list[Shown]:
        asked = self._admitted
        found = []
        for case, head in heads:
            if head.kind != "involvement":
                continue
            facts = head.facts(asked.asker.facts.agency)
            if decide_involvement(asked.asker.facts, asked.ask, decision, facts, asked.agreement):
                body = case.body(head)
                if isinstance(body, Involvement):
                    found.append(body)
        found.sort(key=lambda each: (each.ceased is not None, each.service, str(each.id)))
        return [disclosure.shown_involvement(each, self._agency(each.agency)) for each in found]

    def _of_kind(self, kind: str, heads: list[tuple[SealedCase, CaseHead]]) -> Shown | None:
        """Show the newest row of a kind of which there is at most one in force."""
        facts = [case.body(head) for case, head in heads if head.kind == kind]
        for fact in facts:
            if isinstance(fact, CafStatus) and fact.closed is None:
                return disclosure.shown_assessment(fact, self._agency(fact.agency))
            if isinstance(fact, LeadProfessional):
                return disclosure.shown_lead(fact, self._agency(fact.agency))
        return None

    def _agency(self, agency_id: str) -> str:
        agency = self._admitted.view.agencies.get(UUID(agency_id))
        return agency.name if agency else ""
