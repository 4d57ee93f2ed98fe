"""Status: child protection plan and looked after, now or in the last year, and whom to ring."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.hidden import archive, held
from tests.stories.made import Stated, a_child, by_name, contact, day

PLAN: Stated = {"began": day(40), "ended": None}
CARE: Stated = {"authority": "camfield", "began": day(90), "ended": None}
TOLD = ("social_worker", "emergency_nurse", "health_visitor", "police_desk", "manager")
UNTOLD = ("teacher", "housing_officer", "therapist")


def status(**differs: Any) -> Stated:
    """Return what a responsible team states: on a plan, unless told otherwise."""
    said = {"child_protection_plan": PLAN, "looked_after": None}
    return {"contact": contact("Northmere Plan Team"), **said, **differs}


async def state(ask: Ask, who: str | None, child_id: str, **differs: Any) -> Answer:
    """State a child's status."""
    return await ask(who, "PUT", f"/v1/children/{child_id}/status", status(**differs))


async def a_child_with(ask: Ask, **differs: Any) -> str:
    """Record a child whose status is stated; return its id."""
    child_id = await ask.create(a_child())
    answer = await state(ask, "social_worker", child_id, **differs)
    assert (answer.status_code, answer.content) == (204, b"")
    return child_id


async def test_without_a_token_nothing_is_stated(ask: Ask) -> None:
    refused(await state(ask, None, str(uuid4())), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["teacher", "health_visitor", "police_desk", "schools_feed"])
async def test_only_social_care_and_the_team_state_a_status(ask: Ask, who: str) -> None:
    for child_id in (str(uuid4()), await ask.create(a_child())):
        refused(await state(ask, who, child_id), 403, "role_not_allowed")


async def test_a_suspended_account_states_nothing(ask: Ask) -> None:
    refused(await state(ask, "suspended_worker", str(uuid4())), 403, "account_suspended")


async def test_without_a_reason_nothing_is_stated(ask: Ask) -> None:
    path = f"/v1/children/{uuid4()}/status"
    answer = await ask("social_worker", "PUT", path, status(), why=NO_WHY)
    refused(answer, 400, "purpose_missing")


# Who is told


@pytest.mark.parametrize("who", TOLD)
async def test_an_emergency_nurse_and_others_in_need_see_plan_and_responsible_team(
    ask: Ask, who: str
) -> None:
    (shown,) = (await ask.shown(who, await a_child_with(ask, looked_after=CARE)))["status"]
    assert shown["agency"] == "Northmere Childrens Social Care"
    assert shown["contact"]["team"]["name"] == "Northmere Plan Team"
    assert shown["child_protection_plan"] == PLAN
    assert shown["looked_after"] == CARE


@pytest.mark.parametrize("who", TOLD)
async def test_whoever_is_told_can_tell_that_there_is_none(ask: Ask, who: str) -> None:
    shown = await ask.shown(who, await ask.create(a_child()))
    assert "status" in shown
    assert shown["status"] is None


@pytest.mark.parametrize("who", UNTOLD)
async def test_whoever_is_not_told_sees_the_same_of_either(ask: Ask, who: str) -> None:
    with_one, without = await a_child_with(ask), await ask.create(a_child())
    one, other = await ask.shown(who, with_one), await ask.shown(who, without)
    assert one.keys() == other.keys()
    assert "status" not in one


@pytest.mark.parametrize("who", ["social_worker", "manager", "emergency_nurse"])
async def test_a_lookup_shows_no_status(ask: Ask, who: str) -> None:
    child = a_child()
    assert (await state(ask, "social_worker", await ask.create(child))).status_code == 204
    (match,) = (await ask.look_up(who, **by_name(child)))["matches"]
    assert "status" not in match["child"]


async def test_its_entry_names_the_class_for_whoever_is_told_alone(ask: Ask) -> None:
    child_id = await a_child_with(ask)
    for who, told in (("emergency_nurse", True), ("teacher", False)):
        (subject,) = (await ask.entry(await ask.read(who, child_id)))["subjects"]
        assert ("status" in subject["classes"]) is told


# What is told


@pytest.mark.parametrize(("ended", "told"), [(0, True), (364, True), (367, False)])
async def test_what_has_ended_is_told_for_12_months(ask: Ask, ended: int, told: bool) -> None:
    plan = {"began": day(900), "ended": day(ended)}
    child_id = await a_child_with(ask, child_protection_plan=plan)
    shown = (await ask.shown("emergency_nurse", child_id))["status"]
    assert shown == ([shown[0] | {"child_protection_plan": plan}] if told else None)


async def test_of_two_what_is_long_over_stays_out(ask: Ask) -> None:
    old = {"began": day(900), "ended": day(800)}
    child_id = await a_child_with(ask, child_protection_plan=old, looked_after=CARE)
    (shown,) = (await ask.shown("emergency_nurse", child_id))["status"]
    assert (shown["child_protection_plan"], shown["looked_after"]) == (None, CARE)


async def test_what_is_stated_later_stands_in_place_of_what_the_agency_stated(ask: Ask) -> None:
    child_id = await a_child_with(ask)
    ended = {"began": day(40), "ended": day(1)}
    assert (await state(ask, "colleague", child_id, child_protection_plan=ended)).status_code == 204
    (shown,) = (await ask.shown("emergency_nurse", child_id))["status"]
    assert shown["child_protection_plan"] == ended
    assert (await state(ask, "colleague", child_id, child_protection_plan=None)).status_code == 204
    assert (await ask.shown("emergency_nurse", child_id))["status"] is None


async def test_each_agency_states_its_own(ask: Ask) -> None:
    child_id = await a_child_with(ask)
    answer = await state(ask, "manager", child_id, child_protection_plan=None, looked_after=CARE)
    assert answer.status_code == 204
    shown = (await ask.shown("emergency_nurse", child_id))["status"]
    assert [each["agency"] for each in shown] == [
        "Northmere Childrens Social Care",
        "Northmere Index Management Team",
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"child_protection_plan": {"began": day(-1)}},
        {"child_protection_plan": {"began": day(5), "ended": day(-1)}},
        {"looked_after": {**CARE, "began": day(5), "ended": day(6)}},
        {"looked_after": {**CARE, "authority": "Camfield Council"}},
        {"child_protection_plan": {"began": day(5), "why": "neglect"}},
    ],
)
async def test_what_cannot_be_meant_is_refused(ask: Ask, said: Stated) -> None:
    child_id = await ask.create(a_child())
    answer = await state(ask, "social_worker", child_id, **said)
    assert answer.status_code == 422, answer.text
    assert (await ask.shown("emergency_nurse", child_id))["status"] is None


# Hidden children


async def test_of_a_shielded_child_the_agency_that_stated_it_and_the_team_see_it(ask: Ask) -> None:
    with_one, without = await a_child_with(ask), await ask.create(a_child())
    for child_id in (with_one, without):
        await ask.shield(child_id, day(-90))
    for who in ("emergency_nurse", "health_visitor", "police_desk", *UNTOLD):
        shown = [await ask.shown(who, child_id) for child_id in (with_one, without)]
        assert "status" not in shown[0]
        assert shown[0].keys() == shown[1].keys()
    assert (await ask.shown("manager", with_one))["status"]
    assert (await ask.shown("colleague", with_one))["status"][0]["child_protection_plan"] == PLAN
    assert "status" not in await ask.shown("social_worker", without)


async def test_of_a_shielded_child_its_own_agency_may_still_state_it(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    assert (await state(ask, "social_worker", child_id)).status_code == 204
    assert "status" not in await ask.shown("emergency_nurse", child_id)
    assert (await ask.shown("manager", child_id))["status"]


async def test_absent_held_and_archived_children_are_one_answer(ask: Ask) -> None:
    put_away = await a_child_with(ask)
    await archive(ask.served, UUID(put_away))
    waiting, _ = await held(ask)
    for child_id in (str(uuid4()), put_away, waiting):
        not_shown(await state(ask, "social_worker", child_id))
        not_shown(await ask.read("emergency_nurse", child_id))
