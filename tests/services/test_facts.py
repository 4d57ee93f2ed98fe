"""What policy is told of consents: the newest that has begun governs, and every doubt narrows."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import orjson
import pytest

from consent.facts import AgencyKind, CafConsent, Purpose, SensitiveBasis
from index_service.crypto.seal import SIZES
from index_service.domain.consenting import (
    REASONS_OF,
    Basis,
    BasisKind,
    BasisReason,
    Consent,
    ConsentFor,
    ConsentState,
    Giver,
    Judgement,
    NotShared,
    NotSharedReason,
    ReceiptKept,
    Understanding,
)
from index_service.domain.contact_feedback import ContactOutcome, ContactSaid
from index_service.domain.involvement import (
    SENSITIVE_SERVICES,
    Contact,
    Day,
    Hours,
    Involvement,
    PersonContact,
    Service,
    TeamContact,
)
from index_service.services.cases import FORMS, CaseFact
from index_service.services.facts import CaseFacts
from index_service.services.forms.form import CaseHead

TODAY = date(2026, 11, 20)
CLINIC = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
OTHER = "d27c9f04-6e3a-4b81-9c05-8f1a2e7b6d43"
ROW = UUID("0c1f7a52-8d1b-4f0e-a7a3-5b1c9e6d2f41")
ENTRY = CaseHead("involvement", CLINIC, ("mental_health", "mental_health", False))
STATED = CaseHead("involvement", CLINIC, ("mental_health", "mental_health", True))
CAF = CaseHead("caf", CLINIC, ("open", 0))


def day(ahead: int = 0) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=ahead)


def consent(sequence: int = 1, **differs: object) -> Consent:
    """Return a consent to the clinic's entry, in force for a month either way."""
    said = Judgement(Giver.CHILD, Understanding.SUFFICIENT, CLINIC, day(-30))
    made = Consent(
        ROW,
        CLINIC,
        ConsentFor.SENSITIVE_ENTRY,
        Service.MENTAL_HEALTH,
        ConsentState.GIVEN,
        day(-30),
        day(30),
        sequence,
        said,
    )
    return replace(made, **differs)  # type: ignore[arg-type]  # fields of a consent, by name


def refusal(sequence: int, **differs: object) -> Consent:
    """Return a refusal of the clinic's entry."""
    return consent(sequence, state=ConsentState.REFUSED, until=None, **differs)


def harm(**differs: object) -> Basis:
    """Return the clinic's decision to enter without consent, reviewed in a month."""
    made = Basis(
        ROW,
        CLINIC,
        BasisKind.SIGNIFICANT_HARM,
        BasisReason.IS_SUFFERING,
        Service.MENTAL_HEALTH,
        CLINIC,
        day(-1),
        day(30),
    )
    return replace(made, **differs)  # type: ignore[arg-type]  # fields of a basis, by name


def head(fact: CaseFact) -> CaseHead:
    """Return a fact's head as policy finds it: through its sealed form."""
    (form,) = (each for each in FORMS if isinstance(fact, each.fact))
    kind, agency, *extra = orjson.loads(
        orjson.dumps([form.kind, form.agency(fact), *form.head(fact)])
    )
    return CaseHead(kind, agency, tuple(extra))


def basis(*facts: CaseFact, entry: CaseHead = ENTRY, purpose: Purpose | None = None) -> object:
    """Return what the entry stands on."""
    told = CaseFacts([entry, *map(head, facts)], OTHER, TODAY, purpose)
    return told.involvement(entry).basis


def caf(*facts: CaseFact) -> CafConsent:
    """Return what is known of the family's word on the assessment."""
    return CaseFacts([CAF, *map(head, facts)], OTHER, TODAY).assessment(CAF).consent


NONE, CONSENT, HARM = SensitiveBasis


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), NONE),
        ((consent(),), CONSENT),
        ((consent(begins=TODAY, until=TODAY),), CONSENT),  # both days are among its days
        ((consent(until=day(-1)),), NONE),
        ((consent(begins=day(1)),), NONE),
        ((refusal(1),), NONE),
        ((consent(state=ConsentState.WITHDRAWN),), NONE),
        ((consent(1), refusal(2)), NONE),
        ((refusal(2), consent(1)), NONE),  # in whatever order they lie
        ((refusal(1), consent(2)), CONSENT),
        ((consent(1), consent(2, until=day(-1))), NONE),
        ((consent(1), refusal(2, begins=day(1))), CONSENT),  # not yet said
        ((consent(1), refusal(1)), NONE),  # of records since joined
        ((refusal(1), consent(1)), NONE),
    ],
)
def test_the_newest_consent_that_has_begun_governs(
    facts: tuple[Consent, ...], expected: SensitiveBasis
) -> None:
    assert basis(*facts) is expected


@pytest.mark.parametrize(
    "other",
    [
        {"agency": OTHER},
        {"service": Service.SEXUAL_HEALTH},
        {"given_for": ConsentFor.CAF, "service": None},
        {"given_for": ConsentFor.CONFIDENTIALITY},
    ],
)
def test_consent_counts_for_its_own_agency_service_and_matter_alone(
    other: dict[str, object],
) -> None:
    assert basis(consent(**other)) is NONE
    assert basis(consent(1), refusal(2, **other)) is CONSENT


def test_what_is_recorded_goes_before_what_a_line_stated() -> None:
    assert basis(entry=STATED) is CONSENT
    assert basis(consent(agency=OTHER), entry=STATED) is CONSENT
    for fact in (refusal(1), consent(until=day(-1)), consent(begins=day(1))):
        assert basis(fact, entry=STATED) is NONE


def test_a_consent_for_one_purpose_counts_for_that_purpose_alone() -> None:
    limited = consent(purpose=Purpose.SAFEGUARD)
    for purpose in (None, *Purpose):
        expected = CONSENT if purpose is Purpose.SAFEGUARD else NONE
        assert basis(limited, purpose=purpose) is expected
        assert basis(consent(), purpose=purpose) is CONSENT


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((harm(),), HARM),
        ((harm(review=TODAY),), HARM),
        ((harm(review=day(-1)),), NONE),
        ((harm(decided=day(1)),), NONE),
        ((harm(ended=TODAY),), NONE),
        ((harm(agency=OTHER),), NONE),
        ((harm(service=Service.SEXUAL_HEALTH),), NONE),
        ((harm(service=None),), NONE),
        ((harm(kind=BasisKind.COURT_ORDER),), NONE),
        ((harm(), refusal(1)), HARM),  # harm outweighs a refusal: regulation 11(3)(b)
        ((harm(), consent()), CONSENT),
    ],
)
def test_significant_harm_carries_an_entry_until_its_review(
    facts: tuple[CaseFact, ...], expected: SensitiveBasis
) -> None:
    assert basis(*facts) is expected


def test_only_a_sensitive_entry_is_asked_for_its_basis() -> None:
    school = CaseHead("involvement", CLINIC, ("school", "school", True))
    told = CaseFacts([school], CLINIC, TODAY).involvement(school)
    assert (told.sensitive, told.basis, told.own_agency) == (False, NONE, True)


CAF_SAID = {"given_for": ConsentFor.CAF, "service": None}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((), CafConsent.NOT_STATED),
        ((consent(),), CafConsent.NOT_STATED),
        ((consent(**CAF_SAID),), CafConsent.GIVEN),
        ((consent(until=day(-1), **CAF_SAID),), CafConsent.REFUSED),
        ((consent(begins=day(1), **CAF_SAID),), CafConsent.REFUSED),
        ((refusal(1, **CAF_SAID),), CafConsent.REFUSED),
        ((consent(state=ConsentState.WITHDRAWN, **CAF_SAID),), CafConsent.REFUSED),
        ((consent(1, **CAF_SAID), refusal(2, **CAF_SAID)), CafConsent.REFUSED),
        ((consent(1, agency=OTHER, **CAF_SAID),), CafConsent.NOT_STATED),
        # What was said to whoever does not hold it says nothing of it.
        ((refusal(1, agency=OTHER, **CAF_SAID),), CafConsent.NOT_STATED),
        ((refusal(2, agency=OTHER, **CAF_SAID), consent(1, **CAF_SAID)), CafConsent.GIVEN),
        ((consent(2, agency=OTHER, **CAF_SAID), refusal(1, **CAF_SAID)), CafConsent.REFUSED),
    ],
)
def test_an_assessment_is_told_as_the_family_said_last(
    facts: tuple[Consent, ...], expected: CafConsent
) -> None:
    assert caf(*facts) is expected


def _longest_involvement(kind: AgencyKind) -> Involvement:
    """Return an involvement of the longest texts an agency writes in our letters, much said of."""
    far, week = date(9999, 12, 31), tuple(Day)
    hours = tuple(Hours(week, "00:00", "24:00") for _ in range(3))
    contact = Contact(
        TeamContact("x" * 60, "+" * 25, hours), PersonContact("x" * 35, "+" * 25, "x" * 60), True
    )
    said = tuple(ContactSaid("f" * 8, outcome) for outcome in list(ContactOutcome)[:3])
    who = str(ROW)
    return Involvement(
        ROW, CLINIC, kind, Service.SUBSTANCE_MISUSE, contact, far, far, far, who, True, said
    )


def test_the_longest_rows_fit_their_envelopes() -> None:
    """Heads and bodies have one size for every kind of row, so no word may be too long."""
    far = date(9999, 12, 31)
    longest = Judgement(Giver.PARENTAL_RESPONSIBILITY, Understanding.INSUFFICIENT, CLINIC, far)
    ways = product(ConsentFor, [None, *SENSITIVE_SERVICES], ConsentState, [None, *Purpose])
    facts: list[CaseFact] = [
        consent(
            99_999_999_999,
            given_for=given_for,
            service=service,
            state=state,
            purpose=purpose,
            begins=far,
            until=far,
            given=longest,
            renewed=longest,
            ended=longest,
            receiving="x" * 31,
            stated_until=far,
            receipt=ReceiptKept.KEPT_BY_SERVICE,
            blind=bytes(32),
        )
        for given_for, service, state, purpose in ways
    ]
    facts += [
        harm(kind=kind, reason=reason, review=far, ended=far, ended_by=CLINIC, service=service)
        for kind in BasisKind
        for reason in REASONS_OF[kind]
        for service in (None, *SENSITIVE_SERVICES)
    ]
    facts += [
        NotShared(ROW, CLINIC, kind, reason, CLINIC, far)
        for kind in AgencyKind
        for reason in NotSharedReason
    ]
    facts += [_longest_involvement(kind) for kind in AgencyKind]
    for fact in facts:
        (form,) = (each for each in FORMS if isinstance(fact, each.fact))
        row = [form.kind, form.agency(fact), *form.head(fact)]
        assert len(orjson.dumps(row)) <= SIZES["case_head"]
        body = list(form.body(fact))
        assert len(orjson.dumps(body)) <= SIZES["case"]
        assert form.read(ROW, head(fact), orjson.loads(orjson.dumps(body))) == fact


def test_every_reason_belongs_to_one_kind_of_basis() -> None:
    reasons = [reason for kind in BasisKind for reason in REASONS_OF[kind]]
    assert sorted(reasons) == sorted(BasisReason)
