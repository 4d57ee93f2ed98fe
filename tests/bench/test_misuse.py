"""The misuse bench's short form: a month, what is planted in it, and both sides of its aims."""

import pytest

from bench.misuse import EXPLAINED_MIN, FLAGGED_MAX, TRAWLED_MAX, Planted, Tally, planted_month
from bench.parts.misuse_budgets import trawled
from bench.parts.misuse_planted import HELD_OUT, INCIDENTS_A_KIND, KINDS
from index_service.domain.misuse.alerting import Found, Settings, judge
from index_service.domain.misuse.explaining import Explained
from index_service.domain.misuse.rules import Thresholds

EVERY_KIND = (*KINDS, *HELD_OUT)


def test_a_month_of_misuse_is_noticed_and_a_month_of_work_is_not() -> None:
    planted = planted_month(7, EVERY_KIND)
    assert len(EVERY_KIND) >= 12
    assert len(HELD_OUT) == 3
    assert len(planted.incidents) == INCIDENTS_A_KIND * len(EVERY_KIND)
    tally = Tally()
    tally.add(planted, judge(planted.accesses))
    assert tally.accesses > 50_000
    # One month has few incidents: the bench's own months hold it to .95.
    assert tally.recall(EVERY_KIND) >= 0.9
    assert tally.recall(HELD_OUT) >= 0.85
    assert tally.flagged <= FLAGGED_MAX * tally.accesses
    assert tally.normal_explained >= EXPLAINED_MIN * tally.normal
    # The busy desks: nothing is told of an account for being busy.
    desks = {"account-peer", _police_desk(planted)}
    told = judge(planted.accesses).misgivings
    planted_by = {incident.account for incident in planted.incidents}
    assert not [each for each in told if each.pattern and each.account in desks - planted_by]
    # Nor are they stopped, while a trawl is.
    assert planted.stops.desks == 0
    assert 0 < trawled() <= TRAWLED_MAX
    # Deaf rules fail it, and so do rules that cry at everything.
    deaf = Settings(Thresholds(1_000, 1_000, 1_000))
    tally = Tally()
    tally.add(planted, judge(planted.accesses, deaf))
    assert tally.recall(KINDS) < 0.9
    shrill = Settings(Thresholds(15, 15, 15))
    tally = Tally()
    tally.add(planted, judge(planted.accesses, shrill))
    assert tally.flagged > FLAGGED_MAX * tally.accesses


def _police_desk(planted: Planted) -> str:
    people = planted.month.world.people
    return next(each.account for each in people if each.kind == "police")


def test_a_group_flagged_too_often_shows() -> None:
    tally = Tally()
    tally.accounts.update({"a": 1_000, "b": 1_000, "few": 9})
    tally.accounts_alerted.update({"a": 90, "b": 10})
    assert tally.times_any_group() == pytest.approx(0.09 / (100 / 2_009))
    tally.accounts["b"] = 4_000
    tally.accounts_alerted["few"] = 9
    assert tally.times_any_group() > 2
    assert Found({"x": Explained(None)}, ()).counted() == {"": 1}
