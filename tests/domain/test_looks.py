"""What a report says of looks: months that are over, and no trace of what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from consent.facts import AgencyKind, DisclosureClass
from consent.who_looked import TOLD_CLASSES
from index_service.domain.looks import (
    Investigation,
    Look,
    Names,
    lines_of,
    month_before,
    month_of,
    tellable,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
OCTOBER = datetime(2026, 10, 5, 9, tzinfo=UTC)
OCTOBER_S = int(OCTOBER.timestamp())
LATE_OCTOBER_S = OCTOBER_S + 20 * 86_400
FACTS = frozenset({DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS})
LOOK = Look("e1", OCTOBER, "a1", "p1", AgencyKind.SCHOOL, "safeguard", FACTS)
TEAMS = replace(LOOK, entry_id="t1", kind=AgencyKind.AUTHORITY, by_keepers=True)

# One draw a look, from a list made beforehand: many small draws take seconds.
looks = st.sampled_from(
    [
        Look(entry, NOW - timedelta(hours=hours), *who, classes, by_keepers=keepers)
        for entry, hours, *who, classes, keepers in product(
            ["e1", "e2", "e3", "e4"],
            [0, 400, 500, 513, 1_250, 2_500],
            ["a1", "a2"],
            ["p1", "p2"],
            [AgencyKind.SCHOOL, AgencyKind.POLICE, None],
            ["safeguard", ""],
            [FACTS, frozenset(DisclosureClass), frozenset({DisclosureClass.RESTRICTION})],
            [False, True],
        )
    ]
)


def told(found: list[Look], names: Names | None = None) -> list[dict[str, Any]]:
    return lines_of(found, names or Names(), TOLD_CLASSES)


def test_a_month_is_told_once_it_is_over_in_london() -> None:
    in_summer = replace(LOOK, at=datetime(2026, 7, 31, 23, 30, tzinfo=UTC))
    assert in_summer.month == "2026-08"
    assert tellable([in_summer], [], [], datetime(2026, 8, 31, 22, 59, tzinfo=UTC)) == []
    assert tellable([in_summer], [], [], datetime(2026, 8, 31, 23, tzinfo=UTC)) == [in_summer]
    assert tellable([replace(LOOK, at=NOW)], [], [], NOW) == []
    assert (month_before("2026-01"), month_before("2026-11")) == ("2025-12", "2026-10")


def test_a_line_counts_nothing_and_names_nobody() -> None:
    another = replace(LOOK, entry_id="e2", account="p2", classes=frozenset({DisclosureClass.UPN}))
    (line,) = told([LOOK, LOOK, another])
    assert line == {
        "month": "2026-10",
        "agency_kind": "school",
        "agency": None,
        "practitioner": None,
        "purpose": "safeguard",
        "classes": ["identifier:upn", "identity", "involvements"],
    }


def test_of_the_team_and_the_auditors_it_is_told_that_they_looked() -> None:
    names = Names({"a1": "Northmere Index Management Team"}, {"p1": "Marit Quoyle"})
    (line,) = told([TEAMS], names)
    assert (line["agency_kind"], line["agency"], line["practitioner"]) == ("authority", None, None)
    assert (line["purpose"], line["classes"]) == (None, [])


def test_whoever_was_shown_no_class_that_is_told_leaves_no_line() -> None:
    assert told([replace(LOOK, classes=frozenset({DisclosureClass.RESTRICTION}))]) == []
    assert told([replace(LOOK, kind=None)]) == []


@given(st.lists(looks), st.randoms())
def test_a_report_depends_on_no_order_and_no_number_of_looks(found: list[Look], by: Any) -> None:
    shuffled = [*found, *found[:2]]
    by.shuffle(shuffled)
    assert told(shuffled) == told(found)


@given(st.lists(looks), st.sets(st.sampled_from(["e1", "e2", "e3", "e4"])))
def test_what_is_under_investigation_reads_as_if_it_had_not_been(
    found: list[Look], entries: set[str]
) -> None:
    """The world with the looks investigated, and the one without them, tell alike."""
    looked_into = Investigation(NOW_S - 1, frozenset(entries))
    without = [each for each in found if each.entry_id not in entries]
    with_it = tellable(found, [looked_into], [], NOW)
    assert told(with_it) == told(tellable(without, [], [], NOW))


def test_an_investigation_is_told_of_from_its_release_date_on() -> None:
    of_it = Investigation(LATE_OCTOBER_S, frozenset({"e1"}), until_s=NOW_S)
    assert tellable([LOOK], [of_it], [], NOW) == [LOOK]
    assert tellable([LOOK], [replace(of_it, until_s=NOW_S + 1)], [], NOW) == []
    assert tellable([LOOK], [replace(of_it, until_s=None)], [], NOW) == []


def test_those_who_investigate_are_not_told_of_meanwhile() -> None:
    looked_into = Investigation(OCTOBER_S - 1)
    assert tellable([TEAMS], [looked_into], [], NOW) == []
    assert tellable([TEAMS], [replace(looked_into, until_s=NOW_S)], [], NOW) == [TEAMS]
    begun_later = replace(looked_into, opened_s=OCTOBER_S)
    assert tellable([TEAMS], [begun_later], [], NOW) == [TEAMS]
    assert tellable([LOOK], [looked_into], [], NOW) == [LOOK]


def test_what_was_told_before_an_investigation_began_stays_told() -> None:
    """A line gone missing between two reports would give it away."""
    november = datetime(2026, 11, 3, tzinfo=UTC)
    began = Investigation(int(november.timestamp()) + 60, frozenset({"e1"}))
    assert tellable([LOOK], [began], [november], NOW) == [LOOK]
    in_october = datetime(2026, 10, 20, tzinfo=UTC)  # the month was not over then
    assert tellable([LOOK], [began], [in_october], NOW) == []
    begun = replace(began, opened_s=int(november.timestamp()) - 60)
    assert tellable([LOOK], [begun], [november], NOW) == []


def test_a_month_is_one_in_london() -> None:
    assert month_of(datetime(2026, 6, 30, 23, tzinfo=UTC)) == "2026-07"
