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
from index_service.domain.involvement import CafState, Involvement, Service
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
    return _FACTS[policy.archived, policy.unseen, policy.shielded]


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
        self.last_consent = 0
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
        """Return the facts of a common assessment's entry."""
        own, state = head.agency == self._own_agency, head.extra[0]
        return AssessmentFacts(own, self._caf_consent(head), state == CafState.OPEN)

    def leading(self, head: CaseHead) -> InvolvementFacts:
        """Return the facts of who leads, which is told as an involvement of that agency is."""
        kind = AgencyKind(head.extra[0])
        sensitive = Involvement.is_sensitive(None, kind)
        own = head.agency == self._own_agency
        return InvolvementFacts(sensitive, SensitiveBasis.NONE, own, kind, head.agency)

    def refused_to_the_next(self, head: CaseHead) -> bool:
        """Say whether a next holder of an assessment is to stand refused, as its holder does."""
        return self._caf_consent(head) is CafConsent.REFUSED

    def _take_consent(self, head: CaseHead) -> None:
        given_for, service, state, begins, _until, sequence, _purpose = head.extra
        matter = (given_for, service, head.agency)
        self.last_consent = max(self.last_consent, sequence)
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

    def _caf_consent(self, head: CaseHead) -> CafConsent:
        """Say what the family has said to whoever holds the assessment, and to nobody else.

        A refusal that came along with it stands until they give it to this holder.
        """
        refused = head.extra[1]
        matter = (ConsentFor.CAF.value, None, head.agency)
        if matter not in self._governing:
            return CafConsent.REFUSED if refused else CafConsent.NOT_STATED
        said = self._governing[matter]
        since = said is not None and said.extra[5] > refused
        return CafConsent.GIVEN if since and self._in_force(said) else CafConsent.REFUSED

    def _in_force(self, head: CaseHead | None) -> bool:
        """Say whether a consent is given today, for what is asked."""
        if head is None:
            return False
        _given_for, _service, state, begins, until, _sequence, purpose = head.extra
        lasts = begins <= self._today and (until is None or self._today <= until)
        return state == ConsentState.GIVEN and lasts and purpose in (None, self._purpose)
