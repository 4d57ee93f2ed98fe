"""The made-up population: repeatable, valid to the last check digit, and real enough to match."""

from collections import Counter
from datetime import date, timedelta

import pytest

from demo.names import ORIGINS
from demo.population import Population, made_population, newcomers, nhs_numbers
from demo.supplies import child_health_lines, encoded, schools_lines
from index_service.domain.feed import ChildLine, InvolvementLine, RawLine
from index_service.domain.identifiers import checked_nhs_number, checked_upn
from index_service.feeds.lines import parse_line

TODAY = date(2026, 11, 21)
SIZE = 3000


@pytest.fixture(scope="module")
def people() -> Population:
    return made_population(SIZE, TODAY)


def test_the_same_seed_and_day_make_the_same_children(people: Population) -> None:
    again = made_population(SIZE, TODAY)
    assert again == people
    assert encoded(schools_lines(again)) == encoded(schools_lines(people))
    assert made_population(SIZE, TODAY, seed=5).children[50:] != people.children[50:]


@pytest.mark.parametrize("size", [20, 21, 300])
def test_it_has_as_many_children_as_asked_for(size: int) -> None:
    assert len(made_population(size, TODAY).children) == size


def test_numbers_are_valid_once_each_and_of_the_range_never_issued(people: Population) -> None:
    everyone = (*people.children, *newcomers(people, 500), people.cast.unknown)
    numbers = [child.nhs_number for child in everyone if child.nhs_number]
    pupils = [child.upn for child in people.children if child.upn]
    assert all(checked_nhs_number(number).startswith("999") for number in numbers)
    assert all(checked_upn(upn) == upn for upn in pupils)
    assert len(set(numbers)) == len(numbers) > 0.95 * len(everyone)
    assert len(set(pupils)) == len(pupils) > SIZE / 2


def test_numbers_end_rather_than_repeat() -> None:
    drawn = nhs_numbers(range(100))
    numbers = [next(drawn) for _ in range(110)]
    kept = [number for number in numbers if number]
    assert 80 < len(set(kept)) == len(kept) < 100
    assert numbers[-10:] == [None] * 10


@pytest.mark.parametrize("day", [TODAY, date(2028, 2, 29), date(2027, 1, 1)])
def test_every_line_is_one_a_feed_takes(day: date) -> None:
    made = made_population(600, day)
    for lines in (child_health_lines(made), schools_lines(made)):
        for number, line in enumerate(lines, 1):
            read = parse_line(RawLine(number, b"", line), day)
            assert isinstance(read, (ChildLine, InvolvementLine)), line


def test_names_come_from_several_origins_unequally(people: Population) -> None:
    families = Counter(child.family for child in people.children)
    assert families.most_common(1)[0][1] > 10 * families.most_common()[200][1]
    for origin in ORIGINS:
        born_to = {origin.family_of(name, girl=girl) for name in origin.families for girl in (0, 1)}
        assert born_to & set(families), origin.families[0]


def test_there_are_siblings_and_twins_and_no_two_of_one_name_in_a_home(people: Population) -> None:
    homes: dict[object, list[str]] = {}
    births = Counter((child.home, child.family, child.born) for child in people.children)
    for child in people.children:
        homes.setdefault((child.home, child.parents), []).append(child.given)
    assert sum(len(names) > 1 for names in homes.values()) > SIZE / 10
    assert all(len(set(names)) == len(names) for names in homes.values())
    assert sum(count > 1 for count in births.values()) > SIZE / 200


def test_two_suppliers_know_the_same_children_and_spell_some_otherwise(people: Population) -> None:
    by_upn = {child.upn: child for child in people.children if child.upn}
    schools = [line["child"] for line in schools_lines(people) if line["kind"] == "child"]
    otherwise = [
        each for each in schools if each["name"]["given_name"] != by_upn[each["upn"]].given
    ]
    assert len(schools) > SIZE / 20
    assert 0.03 < len(otherwise) / len(schools) < 0.15
    references = {line["reference"] for line in child_health_lines(people)}
    assert references.isdisjoint(line["reference"] for line in schools_lines(people))


def test_the_story_has_its_children_in_any_population(people: Population) -> None:
    small = made_population(20, TODAY)
    assert small.cast == people.cast
    known = {*small.children}
    assert {small.cast.asked_for, small.cast.twin, small.cast.to_be_shielded} <= known
    assert small.cast.unknown not in known
    assert small.cast.twin.born == small.cast.other_twin.born
    four = timedelta(days=4 * 365)
    assert four < TODAY - small.cast.asked_for.born < four + timedelta(days=365), (
        "visited, at school"
    )
