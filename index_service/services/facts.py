"""The one place where facts for policy are built from what is stored."""

from collections.abc import Iterable
from datetime import date

from consent.facts import (
    AgencyKind,
    AssessmentFacts,
    CafConsent,
    ChildFacts,
    InvolvementFacts,
    Purpose,
    SensitiveBasis,
)
from index_service.domain.consenting import BasisKind, ConsentFor, ConsentState
from index_service.domain.involvement import Involvement, Service
from index_service.services.encoding import Policy
from index_service.services.forms.form import CaseHead

# The facts of a record are few, so each combination is made once: cheap to compare.
_FACTS = {
    (archived, held, shielded): ChildFacts(archived, held, shielded)
    for archived in (False, True)
    for held in (False, True)
    for shielded in (False, True)
}


def child_facts(policy: Policy) -> ChildFacts:
    """Return what policy is told of a child record."""
    return _FACTS[policy.archived, policy.held, policy.shielded]


_Matter = tuple[str, str | None, str]  # for what, which service, whose record


class CaseFacts:
    """What policy is told of one child's case rows, from their heads alone.

    Made once a child and request. A consent limited to one purpose counts for that
    purpose only; whoever states none has none of those.
    """

    def __init__(
        self,
        heads: Iterable[CaseHead],
        own_agency: str,
        today: date,
        purpose: Purpose | None = None,
    ) -> None:
        self._own_agency = own_agency
        self._today = today.toordinal()
        self._purpose = purpose
        # By matter: the newest consent that has begun; None while all are yet to begin.
        self._governing: dict[_Matter, CaseHead | None] = {}
        self._harm: set[tuple[str, str | None]] = set()
        for head in heads:
            if head.kind == "consent":
                self._take_consent(head)
            elif head.kind == "basis":
                self._take_basis(head)

    def involvement(self, head: CaseHead) -> InvolvementFacts:
        """Return the facts of one involvement."""
        kind, service, stated = head.extra
        sensitive = Involvement.is_sensitive(Service(service), AgencyKind(kind))
        basis = self._basis(head.agency, service, stated) if sensitive else SensitiveBasis.NONE
        own = head.agency == self._own_agency
        return InvolvementFacts(sensitive, basis, own, AgencyKind(kind), head.agency)

    def assessment(self, head: CaseHead) -> AssessmentFacts:
        """Return the facts of a common assessment's entry, or of the lead professional's."""
        return AssessmentFacts(head.agency == self._own_agency, self._caf_consent(head.agency))

    def _take_consent(self, head: CaseHead) -> None:
        given_for, service, state, begins, _until, sequence, _purpose = head.extra
        matter = (given_for, service, head.agency)
        known = self._governing.setdefault(matter, None)
        if begins > self._today:
            return
        # Said in the same second, of records since joined: the narrower.
        narrower = state != ConsentState.GIVEN
        if known is None or (sequence, narrower) > (known.extra[5], False):
            self._governing[matter] = head

    def _take_basis(self, head: CaseHead) -> None:
        kind, service, decided, review, ended = head.extra
        holds = decided <= self._today <= review and ended is None
        if kind == BasisKind.SIGNIFICANT_HARM and holds:
            self._harm.add((head.agency, service))

    def _basis(self, agency: str, service: str, stated: bool) -> SensitiveBasis:
        """Say on what a sensitive entry stands: what is recorded goes before what a line stated."""
        matter = (ConsentFor.SENSITIVE_ENTRY.value, service, agency)
        consented = self._in_force(self._governing[matter]) if matter in self._governing else stated
        if consented:
            return SensitiveBasis.CONSENT
        harmed = (agency, service) in self._harm
        return SensitiveBasis.SIGNIFICANT_HARM if harmed else SensitiveBasis.NONE

    def _caf_consent(self, agency: str) -> CafConsent:
        """Say what the family has said to whoever holds the assessment.

        What they refused an earlier holder is refused until they give it to this one.
        """
        matter = (ConsentFor.CAF.value, None, agency)
        if matter in self._governing:
            given = self._in_force(self._governing[matter])
            return CafConsent.GIVEN if given else CafConsent.REFUSED
        others = [
            head
            for (given_for, _, _), head in self._governing.items()
            if head is not None and given_for == ConsentFor.CAF
        ]
        newest = max(others, key=lambda head: int(head.extra[5]), default=None)
        if newest is not None and newest.extra[2] != ConsentState.GIVEN:
            return CafConsent.REFUSED
        return CafConsent.NOT_STATED

    def _in_force(self, head: CaseHead | None) -> bool:
        """Say whether a consent is given today, for what is asked."""
        if head is None:
            return False
        _given_for, _service, state, begins, until, _sequence, purpose = head.extra
        lasts = begins <= self._today and (until is None or self._today <= until)
        return state == ConsentState.GIVEN and lasts and purpose in (None, self._purpose)
