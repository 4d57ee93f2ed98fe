"""Which of a child's common assessments an asker is told of: one row an agency, each decided on."""

from collections.abc import Iterable, Iterator

from consent.decide import decide_assessment
from consent.decision import Decision
from index_service.domain.involvement import CafState, CafStatus
from index_service.services.admitting import Admitted
from index_service.services.cases import SealedCase
from index_service.services.facts import CaseFacts
from index_service.services.forms.assessment import CAF
from index_service.services.forms.form import CaseHead

Headed = tuple[SealedCase, CaseHead]


def assessments_told(
    admitted: Admitted, decision: Decision, heads: Iterable[Headed], facts: CaseFacts
) -> Iterator[tuple[Headed, CafStatus]]:
    """Open those assessments that policy tells this asker of, and no other."""
    asker, ask, agreement = admitted.asker.facts, admitted.ask, admitted.agreement
    for case, head in heads:
        if head.kind != CAF.kind or head.extra[0] == CafState.HANDED_ON:
            continue
        if decide_assessment(asker, ask, decision, facts.assessment(head), agreement):
            caf = case.body(head)
            assert isinstance(caf, CafStatus)  # INVARIANT: the head said so
            yield (case, head), caf


def row_of(heads: Iterable[Headed], kind: str, agency: str) -> Headed | None:
    """Return the one row of a kind that an agency has of a child."""
    found = (each for each in heads if each[1].kind == kind and each[1].agency == agency)
    return next(found, None)
