"""Dissent: a practitioner marks that they disagree; their agency and the team are told of it."""

from typing import Any
from uuid import uuid4

import pytest

from tests.stories.asking import KEEP, NO_WHY, Ask, not_shown, refused
from tests.stories.hidden import archived, held
from tests.stories.made import Stated, a_child, contact, day, involvement, key
from tests.stories.test_silence import outward

ABOUT = "plan_too_soon_ended"


def path_of(child_id: str) -> str:
    """Return where a child's dissents are."""
    return f"/v1/children/{child_id}/dissents"


def once() -> dict[str, str]:
    """Return the header of a request that is sent once."""
    return {"Idempotency-Key": key()}


def dissent(**differs: Any) -> Stated:
    """Return what a practitioner states who disagrees."""
    return {"about": ABOUT, "contact": contact(), **differs}


async def recorded(ask: Ask, who: str, child_id: str, **differs: Any) -> str:
    """Record a dissent and return its id."""
    answer = await ask(who, "POST", path_of(child_id), dissent(**differs), headers=once())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == path_of(child_id)
    made: str = answer.json()["id"]
    return made


async def seen(ask: Ask, who: str, child_id: str) -> list[Stated]:
    """Return the dissents somebody is shown."""
    answer = await ask(who, "GET", path_of(child_id))
    assert answer.status_code == 200, answer.text
    found: list[Stated] = answer.json()["dissents"]
    return found


# Whoever may not


async def test_without_a_token_no_dissent_is_recorded(ask: Ask) -> None:
    answer = await ask(None, "POST", path_of(str(uuid4())), dissent(), headers=once())
    refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_roles_that_work_with_no_child_record_no_dissent(ask: Ask, who: str) -> None:
    child_id = await ask.create(a_child())
    answer = await ask(who, "POST", path_of(child_id), dissent(), headers=once())
    refused(answer, 403, "role_not_allowed")
    refused(await ask(who, "GET", path_of(child_id)), 403, "role_not_allowed")


async def test_a_suspended_account_records_no_dissent(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("suspended_worker", "POST", path_of(child_id), dissent(), headers=once())
    refused(answer, 403, "account_suspended")


async def test_without_a_reason_no_dissent_is_recorded(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("teacher", "POST", path_of(child_id), dissent(), why=NO_WHY, headers=once())
    refused(answer, 400, "purpose_missing")


# Main scenario


async def test_who_disagrees_is_seen_by_their_agency_and_the_team_alone(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    said = contact("Northmere Harbour Team", name="Marit Quoyle")
    dissent_id = await recorded(ask, "social_worker", child_id, contact=said)
    expected = {
        "dissent_id": dissent_id,
        "about": ABOUT,
        "agency": "Northmere Childrens Social Care",
        "contact": {
            "team": {**said["team"], "hours": []},
            "person": {"name": "Marit Quoyle", "phone": None, "email": None},
            "ask_for_duty": False,
        },
        "recorded": day(),
    }
    for who in ("social_worker", "colleague", "manager"):
        assert await seen(ask, who, child_id) == [expected]
    for who in ("teacher", "health_visitor"):
        assert await seen(ask, who, child_id) == []
        assert "dissent" not in str(await ask.shown(who, child_id))


async def test_the_agencys_manager_and_the_team_are_told(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await recorded(ask, "social_worker", child_id)
    notices = (await ask("colleague", "GET", "/v1/notices", why=NO_WHY)).json()
    assert notices["safeguarding_lead"]["name"] == "Designated safeguarding lead"
    told = [each for each in notices["notices"] if each["child_id"] == child_id]
    assert [(each["what"], each["since"]) for each in told] == [("dissent", day())]
    alerts = (await ask("manager", "GET", "/v1/alerts", why=NO_WHY)).json()["alerts"]
    assert [each["what"] for each in alerts if each["child_id"] == child_id] == ["dissent"]
    others = (await ask("teacher", "GET", "/v1/notices", why=NO_WHY)).json()["notices"]
    assert child_id not in {each["child_id"] for each in others}


async def test_of_a_shielded_child_a_practitioner_may_disagree_too(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    dissent_id = await recorded(ask, "social_worker", child_id)
    assert [each["dissent_id"] for each in await seen(ask, "colleague", child_id)] == [dissent_id]
    assert await seen(ask, "teacher", child_id) == []


async def test_a_dissent_leaves_as_many_case_rows_as_an_involvement_that_begins(ask: Ask) -> None:
    counted = []
    sql = "select (select count(*) from case_row) as cases, (select count(*) from work_token) as w"
    begun = f"/v1/children/{await ask.create(a_child())}/involvements"
    child_id = await ask.create(a_child())
    for path, body in ((begun, involvement()), (path_of(child_id), dissent())):
        before = (await ask.served.rows(sql))[0]
        answer = await ask("social_worker", "POST", path, body, headers=once())
        assert answer.status_code == 201
        after = (await ask.served.rows(sql))[0]
        counted.append((after["cases"] - before["cases"], after["w"] - before["w"]))
    # What is told of it is a matter of its own, with three rows of a matter's.
    assert counted[1] == (counted[0][0], counted[0][1] + 3)


# The other ways


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_absent_held_and_archived_are_one_answer(ask: Ask, method: str) -> None:
    ids = [str(uuid4()), (await held(ask))[0], (await archived(ask))[0]]
    body = dissent() if method == "POST" else None
    answers = [
        await ask("social_worker", method, path_of(each), body, headers=once()) for each in ids
    ]
    not_shown(answers[0])
    assert len({outward(answer) for answer in answers}) == 1


async def test_the_same_dissent_sent_twice_is_recorded_once(ask: Ask) -> None:
    child_id, other = [await ask.create(a_child()) for _ in range(2)]
    headers, said = once(), dissent()
    answers = [
        await ask("social_worker", "POST", path_of(child_id), said, headers=headers)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(await seen(ask, "social_worker", child_id)) == 1
    again = await ask("social_worker", "POST", path_of(other), said, headers=headers)
    refused(again, 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"about": ABOUT}, "field_missing", "contact"),
        (dissent(about="everything"), "field_invalid", "about"),
        (dissent(why="they are wrong"), "field_unknown", ""),
    ],
)
async def test_a_dissent_is_closed_words_and_a_contact(
    ask: Ask, said: Stated, code: str, field: str
) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("social_worker", "POST", path_of(child_id), said, headers=once())
    refused(answer, 422, code)
    assert answer.json()["errors"] == [{"code": code, "field": field}]


async def test_the_team_records_one_too(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("manager", "POST", path_of(child_id), dissent(), why=KEEP, headers=once())
    assert answer.status_code == 201
    entry = await ask.entry(answer)
    assert (entry["action"], entry["outcome"]) == ("record_dissent", "recorded")
