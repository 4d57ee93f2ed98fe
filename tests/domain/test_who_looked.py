"""The gate before who looked is told: refused unless everything is in order."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from index_service.domain.who_looked import (
    AskedBy,
    ChildsWish,
    Competence,
    Findings,
    GateRefusal,
    IdentityShown,
    JudgedBy,
    NotAskedBecause,
    OrdersFound,
    RightShown,
    SeriousHarm,
    what_stands_against,
)

TODAY = date(2026, 11, 21)
PARENT = Findings(
    AskedBy.PARENT,
    IdentityShown.DOCUMENTS_SEEN,
    RightShown.BIRTH_CERTIFICATE,
    OrdersFound.NONE,
    Competence.INSUFFICIENT,
    ChildsWish.AGREES,
    SeriousHarm.NONE,
    JudgedBy.SOCIAL_WORKER,
    TODAY,
)
CHILD = replace(
    PARENT, asked_by=AskedBy.CHILD, right=RightShown.OWN_RECORD, competence=Competence.SUFFICIENT
)
COURT = replace(
    PARENT,
    asked_by=AskedBy.COURT,
    identity=IdentityShown.COURT_PAPERS_SEEN,
    right=RightShown.COURT_DIRECTION,
)
PARENTS_RIGHTS = (
    "birth_certificate responsibility_agreement responsibility_order adoption_order"
    " special_guardianship_order guardian_appointed"
).split()


def against(found: Findings, *, is_adult: bool = False) -> tuple[GateRefusal, ...]:
    return what_stands_against(found, TODAY, is_adult=is_adult)


def in_order(found: Findings, *, is_adult: bool) -> bool:
    """Say in the guidance's own order who is told; knows nothing of the gate's code."""
    if found.harm != "none" or found.identity == "not_confirmed":
        return False
    if found.asked_by == "court":
        return (found.identity, found.right) == ("court_papers_seen", "court_direction")
    if found.asked_by == "official":
        return (found.identity, found.right) == ("documents_seen", "statutory_power")
    if found.orders == "not_checked" or found.wish == "objects":
        return False
    if found.asked_by == "child":
        able = found.competence == ("adult" if is_adult else "sufficient")
        return able and found.right == "own_record" and found.wish == "agrees"
    asked = found.wish == "agrees" or found.unasked_because in ("too_young", "cannot_understand")
    unable = not is_adult and found.competence == "insufficient"
    free = found.orders in ("none", "contact_unrestricted")
    return asked and unable and free and found.right in PARENTS_RIGHTS


def test_of_everything_the_desk_can_find_only_what_is_in_order_is_told() -> None:
    """Every word against every word: 200,000 findings, and some of them must be in order."""
    wishes = [(ChildsWish.AGREES, None), (ChildsWish.OBJECTS, None)]
    wishes += [(ChildsWish.NOT_ASKED, why) for why in (None, *NotAskedBecause)]
    told = 0
    for asked_by, identity, right, orders, competence, (wish, why), harm in product(
        AskedBy, IdentityShown, RightShown, OrdersFound, Competence, wishes, SeriousHarm
    ):
        judge = (JudgedBy.SOCIAL_WORKER, TODAY, why)
        found = Findings(asked_by, identity, right, orders, competence, wish, harm, *judge)
        for is_adult in (False, True):
            refused = what_stands_against(found, TODAY, is_adult=is_adult)
            assert (not refused) is in_order(found, is_adult=is_adult), found
            told += not refused
    assert told > 500


@pytest.mark.parametrize(
    ("found", "refusal"),
    [
        (replace(PARENT, wish=ChildsWish.OBJECTS), "child_objects"),
        (replace(PARENT, competence=Competence.SUFFICIENT), "child_is_competent"),
        (replace(PARENT, orders=OrdersFound.NO_CONTACT), "order_forbids"),
        (replace(PARENT, orders=OrdersFound.NOT_CHECKED), "orders_not_checked"),
        (replace(PARENT, harm=SeriousHarm.POSSIBLE), "harm_possible"),
        (replace(PARENT, harm=SeriousHarm.LIKELY), "harm_likely"),
        (replace(PARENT, harm=SeriousHarm.NOT_ASSESSED), "harm_not_assessed"),
        (replace(PARENT, right=RightShown.NOT_SHOWN), "right_not_shown"),
        (replace(PARENT, identity=IdentityShown.NOT_CONFIRMED), "identity_not_confirmed"),
        (replace(PARENT, competence=Competence.NOT_JUDGED), "competence_not_judged"),
        (replace(PARENT, judged_by=None), "competence_not_judged"),
        (replace(PARENT, judged_on=None), "competence_not_judged"),
        (replace(CHILD, competence=Competence.INSUFFICIENT), "child_cannot_ask"),
        (replace(CHILD, wish=ChildsWish.NOT_ASKED), "child_not_asked"),
        (replace(CHILD, competence=Competence.ADULT), "competence_not_judged"),
        (replace(COURT, harm=SeriousHarm.LIKELY), "harm_likely"),
        (replace(COURT, identity=IdentityShown.DOCUMENTS_SEEN), "identity_not_confirmed"),
    ],
)
def test_one_thing_out_of_order_refuses_and_is_named(found: Findings, refusal: str) -> None:
    assert against(found) == (refusal,)


def test_whoever_has_come_of_age_asks_for_themself() -> None:
    adult = replace(CHILD, competence=Competence.ADULT, judged_by=None, judged_on=None)
    assert against(adult, is_adult=True) == ()
    parent = replace(PARENT, competence=Competence.ADULT)
    assert against(parent, is_adult=True) == ("child_is_adult",)
    assert "competence_not_judged" in against(PARENT, is_adult=True)


def test_a_judgement_holds_ninety_days_and_none_is_made_tomorrow() -> None:
    for days, holds in ((0, True), (90, True), (91, False), (-1, False)):
        judged = replace(PARENT, judged_on=TODAY - timedelta(days=days))
        assert (against(judged) == ()) is holds, days


def test_a_child_too_young_to_be_asked_does_not_stand_in_a_parents_way() -> None:
    for why in NotAskedBecause:
        found = replace(PARENT, wish=ChildsWish.NOT_ASKED, unasked_because=why)
        could_not = why in (NotAskedBecause.TOO_YOUNG, NotAskedBecause.CANNOT_UNDERSTAND)
        assert against(found) == (() if could_not else ("child_not_asked",))
