"""That a common assessment is held, by whom, since when; and who leads for the child."""

from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Ask, not_shown, refused
from tests.stories.made import Stated, a_child, by_name, contact, day

HELD = ("assessment", "held_since", "assessment")
LEADS = ("lead-professional", "since", "lead_professional")
BOTH = pytest.mark.parametrize(("noun", "since", "shown_as"), [HELD, LEADS])


def put(child_id: str, noun: str) -> tuple[str, str]:
    """Return method and path by which something is stated of a child."""
    return "PUT", f"/v1/children/{child_id}/{noun}"


def said(since: str, ago: int = 10, team: str = "Northmere Early Team") -> Stated:
    """Return whom to ring, and since when."""
    return {"contact": contact(team), since: day(ago)}


@BOTH
async def test_without_a_token_nothing_is_stated(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    refused(await ask(None, *put(str(uuid4()), noun), said(since)), 401, "not_authenticated")


@BOTH
async def test_roles_and_agencies_that_assess_nobody_are_told_so(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    path = put(str(uuid4()), noun)
    refused(await ask("schools_feed", *path, said(since)), 403, "role_not_allowed")
    refused(await ask("police_desk", *path, said(since)), 403, "purpose_not_allowed")


@BOTH
async def test_a_suspended_account_states_nothing(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    answer = await ask("suspended_worker", *put(str(uuid4()), noun), said(since))
    refused(answer, 403, "account_suspended")


@BOTH
async def test_without_a_reason_nothing_is_stated(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    answer = await ask("teacher", *put(str(uuid4()), noun), said(since), why=NO_WHY)
    refused(answer, 400, "purpose_missing")


@BOTH
async def test_what_is_stated_is_seen_by_whoever_looks(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    assert (await ask("teacher", *put(child_id, noun), said(since))).status_code == 204
    (match,) = (await ask.look_up("health_visitor", **by_name(child)))["matches"]
    for shown in (match["child"][shown_as], (await ask.shown("police_desk", child_id))[shown_as]):
        assert shown["agency"] == "Northmere Primary School"
        assert shown["contact"]["team"]["name"] == "Northmere Early Team"
        assert shown[since] == day(10)


@BOTH
async def test_a_later_statement_stands_in_place_of_the_earlier(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    child_id = await ask.create(a_child())
    assert (await ask("teacher", *put(child_id, noun), said(since))).status_code == 204
    later = said(since, 2, "Northmere Family Team")
    assert (await ask("social_worker", *put(child_id, noun), later)).status_code == 204
    shown = (await ask.shown("teacher", child_id))[shown_as]
    assert shown["agency"] == "Northmere Childrens Social Care"
    assert (shown["contact"]["team"]["name"], shown[since]) == ("Northmere Family Team", day(2))


async def test_assessment_and_lead_do_not_replace_each_other_nor_an_involvement(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("teacher", child_id, service="school")
    for noun, since, _ in (HELD, LEADS):
        assert (await ask("teacher", *put(child_id, noun), said(since))).status_code == 204
    shown = await ask.shown("teacher", child_id)
    assert shown["assessment"]
    assert shown["lead_professional"]
    assert len(shown["involvements"]) == 1


@BOTH
async def test_a_day_to_come_is_refused(ask: Ask, noun: str, since: str, shown_as: str) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("teacher", *put(child_id, noun), said(since, -1))
    refused(answer, 422, "date_out_of_range")
    assert (await ask.shown("teacher", child_id))[shown_as] is None


@BOTH
async def test_nothing_is_stated_of_a_child_nobody_has(
    ask: Ask, noun: str, since: str, shown_as: str
) -> None:
    not_shown(await ask("teacher", *put(str(uuid4()), noun), said(since)))
