"""What the bench of federation reckons with, apart from what it measures."""

from dataclasses import replace

import pytest

from bench.federation import QUICK, Result, Wanted, result_line
from bench.parts.region_filled import name_of
from bench.parts.region_lookups import LookedUp
from bench.parts.region_national import AUTHORITIES, CHILDREN, national, sizes
from bench.parts.region_recall import GROUPS, SETS, Found
from index_service.services.peering.asking import TOLD_AT_LEAST_S


def found(right: int, strangers: list[int]) -> Found:
    """Return what so many questions came to, the right authority contacted in some of them."""
    one = Found(asked=len(strangers), right=right, strangers=strangers)
    one.contacts = [each + (number < right) for number, each in enumerate(strangers)]
    return one


def test_shares_and_means_are_of_all_questions() -> None:
    one = found(3, [0, 1, 0, 2])
    assert one.recall == 0.75
    assert one.mean == 6 / 4
    assert (one.at(0.0), one.at(0.99)) == (1, 2)
    assert (Found().recall, Found().mean, Found().at(0.95)) == (0.0, 0.0, 0)


def test_a_country_has_its_children_and_larger_authorities_are_met_more_often() -> None:
    held = sizes()
    assert len(held) == AUTHORITIES
    assert sum(held) == pytest.approx(CHILDREN, rel=0.001)
    measured = {(group, name): found(4, [0, 0, 1, 1]) for group in GROUPS for name in SETS}
    whole = national(measured, [31_250] * 32)
    # Half a stranger of 30 authorities of 31,250 is about six of 152 of 79,000.
    assert 5 < whole.contacts["normal", "first"] - 1 < 8
    nobody = national({("normal", "first"): found(4, [0, 0, 0, 0])}, [31_250] * 32)
    assert nobody.contacts["normal", "first"] == 1.0


def test_a_target_missed_is_said_and_recall_is_judged_of_the_whole_population_alone() -> None:
    steps_ms = TOLD_AT_LEAST_S * 1000
    late = LookedUp((10.0, 20.0), (steps_ms, steps_ms + 100.0), 3_400.0, 6, 6)
    assert not late.is_within
    assert not late.is_in_time
    in_time = LookedUp((10.0, 20.0), (steps_ms, steps_ms + 50.0), 3_010.0, 6, 6)
    assert in_time.is_within
    assert in_time.is_in_time
    assert not replace(in_time, silent_told=5).is_in_time
    result = Result(looked_up=late)
    assert result.met(QUICK.rows) == {"lookup across": False, "one silent peer": False}
    line = result_line(result, Wanted(), {})
    assert line["bench"] == "federation"
    assert line["met"] == {"lookup across": False, "one silent peer": False}


def test_authorities_of_the_data_have_names_a_directory_takes() -> None:
    assert name_of("A5") == "borough05"
    assert name_of("A25") == "borough25"
