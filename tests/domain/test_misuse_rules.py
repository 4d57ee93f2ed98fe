"""Explanations, rules and patterns, each alone, on accesses made by hand."""

from dataclasses import replace
from typing import Any

import pytest

from index_service.domain.misuse.accesses import (
    AccessFacts,
    AccountFacts,
    Mark,
    Nearness,
    Touched,
    WorkTie,
)
from index_service.domain.misuse.alerting import Found, judge
from index_service.domain.misuse.explaining import ORDER, AtOnce, Strength, explained
from index_service.domain.misuse.outliers import distance

HOUR_S, DAY_S = 3_600, 86_400
WHO = AccountFacts("account", "agency", "social_care", "practitioner")
CHILD = Touched("child")


def an_access(entry: str = "entry", **differs: Any) -> AccessFacts:
    """Return one access by nobody in particular of a child nothing ties them to."""
    stated: dict[str, Any] = {"who": WHO, "at_s": 0, "touched": (CHILD,), **differs}
    return AccessFacts(entry=entry, **stated)


def alerted(*accesses: AccessFacts) -> set[str]:
    """Return the rules that spoke in any alert."""
    return {said.rule for each in judge(accesses).misgivings for said in each.rules}


def near(*what: Nearness, **differs: Any) -> tuple[Touched, ...]:
    """Return a child near whoever asks."""
    return (Touched("child", near=frozenset(what), **differs),)


# Explanations


@pytest.mark.parametrize("tie", WorkTie)
def test_each_tie_explains(tie: WorkTie) -> None:
    access = an_access(touched=(Touched("child", work=frozenset({tie})),))
    why, _ = explained([access])
    assert why["entry"].by is tie
    assert why["entry"].strength is Strength.KNOWN


def test_the_first_explanation_in_order_wins() -> None:
    child = Touched("child", work=frozenset({WorkTie.FEED, WorkTie.INVOLVEMENT}))
    why, _ = explained([an_access(touched=(child,), reference="R/1", on_rota=True)])
    assert why["entry"].by is WorkTie.INVOLVEMENT
    assert ORDER.index(WorkTie.INVOLVEMENT) < ORDER.index(AtOnce.REPORT_REFERENCE)


def test_a_reference_explains_a_family_and_not_a_list() -> None:
    def under(children: int) -> set[Any]:
        asked = [
            an_access(str(n), touched=(Touched(str(n)),), reference="R/1") for n in range(children)
        ]
        return {each.by for each in explained(asked)[0].values()}

    assert under(6) == {AtOnce.REPORT_REFERENCE}
    assert under(7) == {None}
    assert "reference_reused" in alerted(
        *(an_access(str(n), touched=(Touched(str(n)),), reference="R/1") for n in range(7))
    )


def test_a_reference_of_another_agency_explains_nothing_here() -> None:
    other = replace(WHO, agency="other", account="other")
    asked = [an_access("a", reference="R/1", who=other, at_s=0)]
    asked += [an_access(str(n), touched=(Touched(str(n)),), reference="R/1") for n in range(7)]
    why, _ = explained(asked)
    assert why["a"].by is AtOnce.REPORT_REFERENCE
    assert why["1"].by is None


def test_a_reference_explains_four_weeks_and_no_more() -> None:
    first = an_access("a", reference="R/1")
    late = an_access("b", reference="R/1", at_s=29 * DAY_S)
    assert {each.by for each in explained([first, late])[0].values()} == {None}


def test_a_miss_is_explained_by_what_was_found_right_after() -> None:
    miss = an_access("a", touched=())
    work = Touched("child", work=frozenset({WorkTie.INVOLVEMENT}))
    soon = an_access("b", touched=(work,), at_s=600)
    late = replace(soon, at_s=3 * HOUR_S)
    assert explained([miss, soon])[0]["a"].by is AtOnce.ASKED_AGAIN
    assert explained([miss, late])[0]["a"].by is None
    assert explained([miss, an_access("b", at_s=600)])[0]["a"].by is None


# Rules


def test_what_nothing_explains_is_not_told_for_that_alone() -> None:
    assert judge([an_access()]).misgivings == ()


@pytest.mark.parametrize(
    ("rule", "differs"),
    [
        ("canary_touched", {"touched": (Touched("child", marks=frozenset({Mark.CANARY})),)}),
        ("well_known_child", {"touched": (Touched("child", marks=frozenset({Mark.WELL_KNOWN})),)}),
        ("shielded_child", {"touched": (Touched("child", marks=frozenset({Mark.SHIELDED})),)}),
        ("own_household", {"touched": near(Nearness.OWN_HOUSEHOLD)}),
        ("neighbours_child", {"touched": near(Nearness.NEIGHBOURS_CHILD)}),
        ("colleagues_child", {"touched": near(Nearness.COLLEAGUES_CHILD)}),
        ("own_family_name", {"touched": near(Nearness.OWN_FAMILY_NAME, name_share=0.0001)}),
        ("account_about_to_lapse", {"who": replace(WHO, lapses_soon=True)}),
        ("mediated_without_a_request", {"mediated": True}),
    ],
)
def test_each_rule_tells_what_nothing_explains(rule: str, differs: dict[str, Any]) -> None:
    assert rule in alerted(an_access(**differs))


def test_coming_back_on_three_days_is_told_and_on_two_is_not() -> None:
    days = [an_access(str(n), at_s=n * DAY_S) for n in range(3)]
    assert alerted(*days[:2]) == set()
    assert "kept_returning" in alerted(*days)


@pytest.mark.parametrize(
    ("nearness", "told"),
    [(Nearness.OWN_HOUSEHOLD, True), (Nearness.COLLEAGUES_CHILD, False)],
)
def test_an_explanation_is_no_absolution_for_ones_own_household(
    nearness: Nearness, told: bool
) -> None:
    known = near(nearness, work=frozenset({WorkTie.INVOLVEMENT}))
    assert bool(alerted(an_access(touched=known))) is told


def test_a_colleagues_child_by_night_is_told_of_though_a_reference_was_stated() -> None:
    touched = near(Nearness.COLLEAGUES_CHILD)
    assert "colleagues_child" in alerted(an_access(touched=touched, reference="R/1"))


def test_an_explained_canary_is_told_all_the_same() -> None:
    child = Touched("child", frozenset({WorkTie.INVOLVEMENT}), marks=frozenset({Mark.CANARY}))
    assert "canary_touched" in alerted(an_access(touched=(child,)))


def test_a_common_name_says_less_than_a_rare_one() -> None:
    def points(share: float) -> int:
        child = near(Nearness.OWN_FAMILY_NAME, name_share=share)
        misgivings = judge([an_access(touched=child)]).misgivings
        return max((r.points for m in misgivings for r in m.rules), default=0)

    by_share = [points(share) for share in (0.0001, 0.001, 0.005, 0.05)]
    assert by_share == sorted(by_share, reverse=True)
    assert by_share[0] > by_share[-1]
    known = near(Nearness.OWN_FAMILY_NAME, name_share=0.05, work=frozenset({WorkTie.INVOLVEMENT}))
    assert alerted(an_access(touched=known)) == set()


def test_one_of_several_candidates_counts_for_half() -> None:
    several = (*near(Nearness.NEIGHBOURS_CHILD), Touched("other"))
    assert alerted(an_access(touched=several)) == set()


def test_what_work_may_still_explain_is_asked_for_more() -> None:
    """No later involvement is held against nobody before there was time for one."""
    child = near(Nearness.OWN_FAMILY_NAME, name_share=0.005)
    assert "own_family_name" in alerted(an_access(touched=child))
    assert alerted(an_access(touched=child, settled=False)) == set()


# Patterns


def _peers(count: int = 20) -> list[AccessFacts]:
    return [
        an_access(f"peer {n}", who=replace(WHO, account=f"peer {n}"), touched=(Touched(f"p{n}"),))
        for n in range(count)
    ]


def trawl(count: int, **differs: Any) -> list[AccessFacts]:
    """Return accesses of one account to so many children, a minute apart."""
    return [
        an_access(f"t{n}", touched=(Touched(f"t{n}", **differs),), at_s=n * 60)
        for n in range(count)
    ]


def test_many_unexplained_children_in_a_day_are_told_beside_peers() -> None:
    assert "volume_in_a_day" in alerted(*_peers(), *trawl(12))
    assert alerted(*_peers(), *trawl(5)) == set()


def test_a_desk_whose_work_is_explained_is_no_outlier_for_being_busy() -> None:
    reports = [replace(each, reference=f"R/{n}") for n, each in enumerate(trawl(400))]
    assert alerted(*_peers(), *reports) == set()


def test_children_in_order_of_their_dates_of_birth_are_told() -> None:
    ordered = [
        an_access(f"t{n}", touched=(Touched(f"t{n}", born=700_000 + n),), at_s=n * 60)
        for n in range(5)
    ]
    assert "sequential_births" in alerted(*_peers(), *ordered)
    assert "sequential_births" not in alerted(*_peers(), *ordered[:4])
    apart = [
        replace(each, touched=(replace(each.touched[0], born=700_000 + n * 40),))
        for n, each in enumerate(ordered)
    ]
    assert "sequential_births" not in alerted(*_peers(), *apart)


def test_many_misses_are_told_and_a_few_are_not() -> None:
    misses = [an_access(f"m{n}", touched=(), at_s=n * 60) for n in range(12)]
    assert "many_misses" in alerted(*_peers(), *misses)
    assert "many_misses" not in alerted(*_peers(), *misses[:6])


def test_browsing_by_night_is_told() -> None:
    nightly = [replace(each, out_of_hours=True) for each in trawl(5)]
    assert "out_of_hours_browsing" in alerted(*_peers(), *nightly)


def test_accounts_of_an_agency_together_are_told_of_as_the_agency() -> None:
    spread = [
        replace(each, who=replace(WHO, account=f"five {n % 5}")) for n, each in enumerate(trawl(30))
    ]
    found = judge([*_peers(), *spread]).misgivings
    (agency,) = [each for each in found if each.rules[0].rule == "agency_volume"]
    assert (agency.account, agency.agency) == ("", "agency")


def test_a_distance_is_never_made_of_nothing() -> None:
    """Peers who are all alike would else make an outlier of one more."""
    assert distance(1, [0] * 50) == 1
    assert distance(110, [100] * 50) == 1


def test_what_is_flagged_is_what_some_alert_names() -> None:
    canary = an_access("c", touched=(Touched("x", marks=frozenset({Mark.CANARY})),))
    found: Found = judge([an_access(), canary])
    assert found.flagged == {"c"}
    assert found.counted() == {"": 2}
