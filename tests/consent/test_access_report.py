"""What a subject is told of the record itself."""

import pytest

from consent.access_report import subject_is_told, subject_is_told_of
from consent.facts import (
    SENSITIVE_KINDS,
    AgencyKind,
    DisclosureClass,
    InvolvementFacts,
    SensitiveBasis,
)

D = DisclosureClass
KINDS_ALONE = {D.IDENTITY, D.NHS_NUMBER, D.UPN, D.CASE_NUMBER, D.INVOLVEMENTS, D.PROVENANCE}
MORE = KINDS_ALONE | {D.TRACING, D.WHEREABOUTS, D.SETTINGS, D.ASSESSMENT, D.CONSENTS}


def test_more_is_told_only_where_it_was_asked_for_of_a_child_who_is_not_guarded() -> None:
    assert subject_is_told(more=True, guarded=False) == MORE
    for more, guarded in ((True, True), (False, True), (False, False)):
        assert subject_is_told(more=more, guarded=guarded) == KINDS_ALONE


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("guarded", [True, False])
def test_no_third_partys_contact_and_no_restriction_is_ever_told(more: bool, guarded: bool) -> None:
    told = subject_is_told(more=more, guarded=guarded)
    assert told.isdisjoint({D.CARERS, D.RESTRICTION, D.STATUS})


@pytest.mark.parametrize("kind", AgencyKind)
@pytest.mark.parametrize("sensitive", [True, False])
@pytest.mark.parametrize("basis", SensitiveBasis)
def test_no_sensitive_service_is_ever_told(
    kind: AgencyKind, sensitive: bool, basis: SensitiveBasis
) -> None:
    facts = InvolvementFacts(sensitive, basis, own_agency=True, agency_kind=kind)
    assert subject_is_told_of(facts) is (not sensitive and kind not in SENSITIVE_KINDS)
