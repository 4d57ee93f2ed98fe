"""The three authorities: agreements that differ, people of their own, the same children shared."""

from datetime import date
from uuid import UUID

import pytest

from consent.agreement import compile_agreement
from consent.facts import InvolvementLevel, Purpose
from demo.boroughs import shared
from demo.personas import Persona, personas
from demo.population import made_population
from demo.supplies import child_health_lines, schools_lines
from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE, REGION, TOWNS, agreement_of, people_of
from index_service.domain.feed import ChildLine, InvolvementLine, RawLine
from index_service.federation.naming import agency_of
from index_service.feeds.lines import parse_line

TODAY = date(2026, 11, 21)
EVERYONE = made_population(1000, TODAY)
AGREEMENTS = {name: compile_agreement(agreement_of(town)) for name, town in TOWNS.items()}


def test_three_agreements_differ_and_each_names_the_two_others() -> None:
    terms = {(each.name, each.check_years_max) for each in AGREEMENTS.values()}
    assert len(terms) == 3
    for name, agreement in AGREEMENTS.items():
        others = {str(agency_of(REGION, other)) for other in TOWNS if other != name}
        assert set(agreement.named) == others


def test_every_mode_is_agreed_somewhere_and_a_purpose_closed() -> None:
    named = [each for agreement in AGREEMENTS.values() for each in agreement.named.values()]
    modes = {InvolvementLevel.CONTENT, InvolvementLevel.CONTACT, InvolvementLevel.EXISTENCE}
    assert {each.level for each in named} == modes
    northmere = AGREEMENTS[EASTBROOK].named[str(agency_of(REGION, NORTHMERE))]
    assert northmere.closed == {Purpose.PROMOTE_WELFARE}


def _ids(people: dict[str, Persona]) -> set[UUID | str]:
    accounts = {each.account.id for each in people.values()}
    agencies = {each.agency.id for each in people.values()}
    return accounts | agencies | {each.subject for each in people.values()}


@pytest.mark.parametrize("name", [CAMFIELD, EASTBROOK])
def test_nobody_of_one_authority_is_anybody_of_another(name: str) -> None:
    here, there = (people_of(TOWNS[each], personas(TODAY)) for each in (NORTHMERE, name))
    assert here.keys() == there.keys()
    assert not _ids(here) & _ids(there)
    for persona in there.values():
        assert persona.account.agency_id == persona.agency.id
        assert "Northmere" not in persona.agency.name


def test_every_child_is_in_one_authority_and_one_is_known_in_a_second() -> None:
    boroughs = shared(EVERYONE)
    kept = [each.number for town in boroughs.towns.values() for each in town.children]
    planted = [each.number for each in (boroughs.elsewhere, boroughs.over_there, boroughs.moving)]
    assert sorted(kept) == [*range(1000), *planted]
    assert boroughs.elsewhere in boroughs.towns[CAMFIELD].children
    assert boroughs.over_there in boroughs.towns[EASTBROOK].children
    assert boroughs.moving in boroughs.towns[NORTHMERE].children
    assert boroughs.elsewhere.born == EVERYONE.cast.asked_for.born
    assert boroughs.elsewhere.family != EVERYONE.cast.asked_for.family


def test_each_lives_where_its_authority_is() -> None:
    prefixes = {NORTHMERE: "NM", CAMFIELD: "CF", EASTBROOK: "EB"}
    for name, town in shared(EVERYONE).towns.items():
        assert {each.home.postcode[:2] for each in town.children} == {prefixes[name]}
        assert {each.home.town for each in town.children} == {TOWNS[name].title}


def test_every_authoritys_lines_are_ones_a_feed_takes() -> None:
    for town in shared(EVERYONE).towns.values():
        for lines in (child_health_lines(town), schools_lines(town)):
            for number, line in enumerate(lines, 1):
                read = parse_line(RawLine(number, b"", line), TODAY)
                assert isinstance(read, (ChildLine, InvolvementLine)), line
