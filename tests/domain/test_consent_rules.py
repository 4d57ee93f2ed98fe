"""Whose word a consent is, how long it may last, and what newer word stands before it."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from index_service.domain.clock import attains
from index_service.domain.consent_rules import (
    AHEAD_DAYS_MAX,
    Said,
    canonical_terms,
    checked_begin,
    checked_until,
    judged,
    refuse_if_decided,
    refuse_overlap,
    superseded,
)
from index_service.domain.consenting import (
    Consent,
    ConsentFor,
    ConsentState,
    Giver,
    Judgement,
    Understanding,
)
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Service

TODAY = date(2026, 11, 20)
AGENCY = "3b8e5d60-1f27-4c9a-b4d8-72a6c0e91f35"
CHILD, PARENT = Giver.CHILD, Giver.PARENTAL_RESPONSIBILITY
ENOUGH, TOO_LITTLE, NOT_ASKED = Understanding
GIVEN, REFUSED, WITHDRAWN = ConsentState
ENTRY = ConsentFor.SENSITIVE_ENTRY


def born(age: int) -> date:
    """Return the date of birth of somebody who attains an age today."""
    return date(TODAY.year - age, TODAY.month, TODAY.day)


def days(ahead: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=ahead)


def consent(sequence: int, giver: Giver | None = CHILD, **differs: object) -> Consent:
    """Return a consent to an entry, in force for a year from today."""
    said = Judgement(giver, ENOUGH, AGENCY, TODAY)
    service = Service.MENTAL_HEALTH
    made = Consent(uuid4(), AGENCY, ENTRY, service, GIVEN, TODAY, days(365), sequence, said)
    return replace(made, **differs)  # type: ignore[arg-type]  # fields of a consent, by name


def refused(code: Code, field: str) -> "pytest.RaisesExc[Invalid]":
    """Expect Invalid with this code about this field."""
    return pytest.RaisesExc(
        Invalid, check=lambda invalid: (invalid.code, invalid.field) == (code, field)
    )


@pytest.mark.parametrize(
    ("age", "giver", "stated", "expected"),
    [
        (9, CHILD, ENOUGH, ENOUGH),
        (9, PARENT, TOO_LITTLE, TOO_LITTLE),
        (15, CHILD, ENOUGH, ENOUGH),
        (16, CHILD, None, ENOUGH),  # presumed
        (16, PARENT, TOO_LITTLE, TOO_LITTLE),
        (17, CHILD, ENOUGH, ENOUGH),
        (18, CHILD, None, NOT_ASKED),
        (18, CHILD, NOT_ASKED, NOT_ASKED),
        (24, CHILD, None, NOT_ASKED),
    ],
)
def test_it_is_theirs_to_say(
    age: int, giver: Giver, stated: Understanding | None, expected: Understanding
) -> None:
    assert judged(Said(giver, stated), ENTRY, born(age), TODAY) is expected


@pytest.mark.parametrize(
    ("age", "giver", "stated"),
    [
        (9, CHILD, TOO_LITTLE),
        (9, PARENT, ENOUGH),
        (9, CHILD, NOT_ASKED),
        (16, PARENT, None),
        (16, PARENT, ENOUGH),
        (17, PARENT, NOT_ASKED),
        (18, PARENT, None),
        (18, PARENT, TOO_LITTLE),
        (18, CHILD, ENOUGH),
        (30, PARENT, NOT_ASKED),
    ],
)
def test_it_is_somebody_elses_to_say(age: int, giver: Giver, stated: Understanding | None) -> None:
    with pytest.raises(Invalid) as caught:
        judged(Said(giver, stated), ENTRY, born(age), TODAY)
    assert caught.value.code is Code.CONSENT_GIVER_NOT_ALLOWED


def test_below_16_the_judgement_is_stated() -> None:
    for giver in Giver:
        with refused(Code.FIELD_MISSING, "understanding"):
            judged(Said(giver), ENTRY, born(15), TODAY)


def test_the_birthday_itself_is_of_the_new_age() -> None:
    eve = born(18) + timedelta(days=1)
    assert judged(Said(PARENT, TOO_LITTLE), ENTRY, eve, TODAY) is TOO_LITTLE
    with pytest.raises(Invalid):
        judged(Said(PARENT, TOO_LITTLE), ENTRY, born(18), TODAY)


def test_to_stay_past_18_is_the_young_persons_alone_from_17() -> None:
    stay = ConsentFor.STAY_PAST_18
    assert judged(Said(CHILD), stay, born(17), TODAY) is ENOUGH
    assert judged(Said(CHILD), stay, born(20), TODAY) is NOT_ASKED
    with refused(Code.CONSENT_GIVER_NOT_ALLOWED, "given_for"):
        judged(Said(CHILD), stay, born(17) + timedelta(days=1), TODAY)
    with refused(Code.CONSENT_GIVER_NOT_ALLOWED, "giver"):
        judged(Said(PARENT, TOO_LITTLE), stay, born(17), TODAY)


def test_no_consent_begins_in_the_past_or_far_ahead() -> None:
    assert checked_begin(None, TODAY) == TODAY
    assert checked_begin(TODAY, TODAY) == TODAY
    assert checked_begin(days(AHEAD_DAYS_MAX), TODAY) == days(AHEAD_DAYS_MAX)
    for first in (days(-1), days(AHEAD_DAYS_MAX + 1), date.max):
        with refused(Code.DATE_OUT_OF_RANGE, "begins"):
            checked_begin(first, TODAY)


def until(stated: date | None, given_for: ConsentFor, giver: Giver, age: int) -> date:
    """Return the last day of a consent that begins today."""
    return checked_until(stated, given_for, Said(giver), born(age), TODAY)


def test_no_consent_lasts_for_ever() -> None:
    eve_of_18, eve_of_25 = date(2027, 11, 19), date(2030, 11, 19)
    assert until(None, ENTRY, CHILD, 10) == attains(TODAY, 3)
    assert until(None, ENTRY, PARENT, 10) == attains(TODAY, 3)
    assert until(None, ENTRY, PARENT, 17) == eve_of_18
    assert until(None, ENTRY, CHILD, 17) == attains(TODAY, 3)
    assert until(None, ConsentFor.STAY_PAST_18, CHILD, 21) == eve_of_25
    assert until(None, ENTRY, CHILD, 23) == date(2028, 11, 19)
    assert until(TODAY, ENTRY, CHILD, 10) == TODAY


@pytest.mark.parametrize(
    ("stated", "given_for", "giver", "age"),
    [
        (days(-1), ENTRY, CHILD, 10),
        (attains(TODAY, 3) + timedelta(days=1), ENTRY, CHILD, 10),
        (date(2027, 11, 20), ENTRY, PARENT, 17),
        (date(2030, 11, 20), ConsentFor.STAY_PAST_18, CHILD, 21),
        (date.max, ConsentFor.STAY_PAST_18, CHILD, 21),
        (None, ENTRY, CHILD, 25),
    ],
)
def test_a_last_day_out_of_range_is_refused(
    stated: date | None, given_for: ConsentFor, giver: Giver, age: int
) -> None:
    with refused(Code.DATE_OUT_OF_RANGE, "until"):
        until(stated, given_for, giver, age)


# What stands before it


def overlaps(new: Consent, *standing: Consent) -> bool:
    """Say whether a new consent is refused for one that stands."""
    try:
        refuse_overlap(new, standing, TODAY)
    except Invalid as invalid:
        return invalid.code is Code.CONSENT_OVERLAPS
    return False


def test_one_that_is_alive_is_renewed_or_withdrawn_not_doubled() -> None:
    old = consent(1)
    new = consent(2)
    assert overlaps(new, old)
    assert overlaps(consent(2, state=REFUSED, until=None), old)
    assert overlaps(consent(2, begins=days(365), until=days(400)), old)
    assert not overlaps(consent(2, begins=days(366), until=days(400)), old)
    for over in (
        replace(old, state=WITHDRAWN),
        replace(old, state=REFUSED, until=None),
        replace(old, begins=days(-9), until=days(-1)),
        replace(old, agency="another"),
        replace(old, service=Service.SEXUAL_HEALTH),
        replace(old, given_for=ConsentFor.CONFIDENTIALITY),
    ):
        assert not overlaps(new, over)


def test_a_childs_newer_word_prevails_over_a_parents() -> None:
    parents = consent(1, PARENT)
    for state in (GIVEN, REFUSED):
        assert not overlaps(consent(2, CHILD, state=state), parents)
    assert overlaps(consent(2, PARENT), parents)
    assert overlaps(consent(2, PARENT), consent(1, CHILD))
    confirmed = replace(parents, renewed=Judgement(CHILD, ENOUGH, AGENCY, TODAY))
    assert overlaps(consent(2, CHILD), confirmed)  # theirs by now


def test_what_was_replaced_no_longer_stands_in_the_way() -> None:
    parents, childs = consent(1, PARENT), consent(2, CHILD, state=WITHDRAWN)
    assert superseded(parents, [parents, childs], TODAY)
    assert not superseded(parents, [parents, replace(childs, begins=days(1))], TODAY)
    assert not superseded(childs, [parents, childs], TODAY)
    assert not overlaps(consent(3, PARENT), parents, childs)


def test_nobody_gives_what_a_child_who_understands_refused() -> None:
    for last in (
        consent(2, CHILD, state=REFUSED),
        consent(2, CHILD, state=WITHDRAWN),
        consent(2, PARENT, state=WITHDRAWN, ended=Judgement(CHILD, ENOUGH, AGENCY, TODAY)),
    ):
        standing = [consent(1, PARENT), last]
        refuse_if_decided(Said(CHILD), last.concerns, standing)
        refuse_if_decided(Said(PARENT), ("another", "matter"), standing)
        with refused(Code.CONSENT_GIVER_NOT_ALLOWED, "giver"):
            refuse_if_decided(Said(PARENT), last.concerns, standing)
    for last in (consent(2, PARENT, state=REFUSED), consent(2, CHILD, until=days(-1))):
        refuse_if_decided(Said(PARENT), last.concerns, [last])


def test_a_receipt_covers_the_terms_as_they_were_said() -> None:
    said = consent(1, stated_until=days(365))
    later = Judgement(PARENT, TOO_LITTLE, AGENCY, days(9))
    ended = replace(said, state=WITHDRAWN, until=days(700), renewed=later, ended=later)
    assert canonical_terms(ended) == canonical_terms(said)
    assert canonical_terms(replace(said, state=REFUSED)) != canonical_terms(said)
    for other in (
        {"id": uuid4()},
        {"agency": "another"},
        {"service": Service.SEXUAL_HEALTH},
        {"begins": days(1)},
        {"stated_until": days(9)},
        {"given": later},
        {"receiving": "camfield"},
    ):
        changed = replace(said, **other)  # type: ignore[arg-type]  # fields of a consent, by name
        assert canonical_terms(changed) != canonical_terms(said)
