"""A supplier's newer statement changes what it states, and never what a person corrected."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from index_service.domain.child import (
    Address,
    AddressKind,
    ChildRecord,
    Education,
    Gender,
    IdentifierScheme,
    Identity,
    PersonName,
    Practice,
    School,
    Settings,
    Source,
    Tracing,
)
from index_service.services.merging import merged

DAY = date(2026, 11, 1)
ATTRIBUTES = ("name", "date_of_birth", "gender", "address")


def record(given_name: str, street: str, source: Source) -> ChildRecord:
    """A record of a name and an address, every attribute from one source."""
    return ChildRecord(
        identity=Identity(PersonName("Example", given_name), date(2015, 3, 2), Gender.FEMALE),
        tracing=Tracing((), "ZX1 4AB", "4"),
        address=Address(AddressKind.CURRENT, "4", street, "Northmere", "ZX1 4AB"),
        provenance=dict.fromkeys(ATTRIBUTES, source),
    )


def source(days: int, *, by_person: bool = False) -> Source:
    return Source("agency", DAY + timedelta(days=days), 0, by_person)


def test_a_later_line_replaces_what_it_states_and_keeps_the_old_name_as_former() -> None:
    before = record("Anna", "Mill Lane", source(0))
    after = merged(before, record("Hanna", "High Road", source(0)), source(1))
    assert after.identity.name.given == "Hanna"
    assert after.tracing.former_names == (PersonName("Example", "Anna"),)
    assert after.address.street == "High Road"
    assert after.provenance["name"] == source(1)


def test_an_older_line_changes_nothing() -> None:
    before = record("Anna", "Mill Lane", source(5))
    after = merged(before, record("Hanna", "High Road", source(0)), source(1))
    assert after == before


def test_a_persons_correction_outlives_a_line_of_the_same_day() -> None:
    before = record("Anna", "Mill Lane", source(3, by_person=True))
    stated = record("Hanna", "High Road", source(0))
    assert merged(before, stated, source(3)) == before
    assert merged(before, stated, source(4)).identity.name.given == "Hanna"


def test_what_a_line_does_not_state_stays() -> None:
    """A school knows no NHS number and no doctor: its line takes neither away."""
    before = replace(
        record("Anna", "Mill Lane", source(0)),
        identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"},
    )
    after = merged(before, record("Anna", "Mill Lane", source(0)), source(9))
    assert after.identifiers == before.identifiers
    assert after.settings == Settings()


def test_a_line_that_knows_no_address_takes_none_away() -> None:
    before = record("Anna", "Mill Lane", source(0))
    unstated = replace(before, tracing=Tracing(), address=Address(AddressKind.NONE_KNOWN))
    after = merged(before, unstated, source(9))
    assert (after.address, after.tracing) == (before.address, before.tracing)


days = st.integers(0, 20)


@given(days, days, st.booleans(), days)
def test_an_attribute_never_goes_back_in_time(
    stood: int, line: int, by_person: bool, again: int
) -> None:
    before = record("Anna", "Mill Lane", source(stood, by_person=by_person))
    stated = record("Hanna", "High Road", source(0))
    after = merged(merged(before, stated, source(line)), stated, source(again))
    for attribute in ATTRIBUTES:
        assert after.provenance[attribute].as_of >= before.provenance[attribute].as_of


def test_a_school_line_adds_the_school_to_a_doctors_later_line() -> None:
    """School and practice come from different suppliers, each as of its own day."""
    practice = Practice("Z99123", "Mill Surgery", "", DAY)
    school = School("900123", "Larkfield Primary School", "", DAY)
    before = replace(
        record("Anna", "Mill Lane", source(9)),
        settings=Settings(practice=practice),
        provenance={"practice": source(9)},
    )
    stated = replace(
        record("Anna", "Mill Lane", source(1)),
        settings=Settings(education=Education.ATTENDING, school=school),
    )
    assert merged(before, stated, source(1)).settings == Settings(
        Education.ATTENDING, school, practice
    )


def test_two_suppliers_of_one_day_do_not_take_turns_at_a_name() -> None:
    before = record("Anna", "Mill Lane", source(1))
    other = replace(source(1), agency="another")
    stated = record("Ana", "Mill Lane", source(1))
    assert merged(before, stated, other).identity.name.given == "Anna"
    assert merged(before, stated, source(1)).identity.name.given == "Ana"
