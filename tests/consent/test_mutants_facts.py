"""Words and kinds the other tests would not miss: each is stored, or guards a service."""

from enum import StrEnum

import pytest

from consent.facts import (
    SENSITIVE_KINDS,
    AccountState,
    AgencyKind,
    AssessmentFacts,
    CafConsent,
    InvolvementFacts,
    InvolvementLevel,
    Obligation,
    SecondPerson,
    SensitiveBasis,
)


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        (AccountState, "active suspended closed"),
        (SensitiveBasis, "none consent significant_harm"),
        (InvolvementLevel, "nothing brokered existence contact content"),
        (CafConsent, "not_stated given refused"),
        (SecondPerson, "not_needed before after"),
        (Obligation, "withhold_whereabouts withhold_sensitive offer_brokering"),
    ],
)
def test_facts_are_told_and_kept_under_these_words(vocabulary: type[StrEnum], words: str) -> None:
    assert [str(word) for word in vocabulary] == words.split()


def test_three_kinds_of_agency_are_sensitive_services() -> None:
    assert set(SENSITIVE_KINDS) == {
        AgencyKind.MENTAL_HEALTH,
        AgencyKind.SEXUAL_HEALTH,
        AgencyKind.SUBSTANCE_MISUSE,
    }


def test_what_is_not_said_of_an_entry_opens_nothing() -> None:
    involvement = InvolvementFacts(sensitive=False, basis=SensitiveBasis.NONE, own_agency=False)
    assert (involvement.agency, involvement.agency_kind) == ("", AgencyKind.AUTHORITY)
    assert AssessmentFacts(own_agency=False, consent=CafConsent.NOT_STATED).is_open is False
