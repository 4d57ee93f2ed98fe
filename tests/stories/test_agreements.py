"""Sharing agreements: what narrows holds at once; what widens waits for a second person."""

import asyncio
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.stories.agreeing import (
    CAMFIELD,
    DEFAULT,
    NOBODYS,
    PATH,
    approve,
    bring,
    in_force,
    listed,
    narrower,
    propose,
    under_default,
    wider,
)
from tests.stories.asking import NO_WHY, Ask, not_shown, refused
from tests.stories.made import Stated, a_child, by_name, contact, day, involvement, key


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def default(ask: Ask) -> None:
    """Every test begins under the default agreement."""
    await under_default(ask)


# Who may


async def test_without_a_token_nothing_is_kept_or_read(ask: Ask) -> None:
    refused(await propose(ask, DEFAULT, who=None), 401, "not_authenticated")
    refused(await ask(None, "GET", PATH), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "auditor", "schools_feed"])
async def test_agreements_are_the_teams_alone(ask: Ask, who: str) -> None:
    refused(await propose(ask, {"format": "nonsense"}, who=who), 403, "role_not_allowed")
    for path in (PATH, f"{PATH}/1"):
        refused(await ask(who, "GET", path, why=NO_WHY), 403, "role_not_allowed")
    answer = await ask(who, "POST", f"{PATH}/{uuid4()}/approve", NOBODYS, why=NO_WHY)
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_manager_keeps_nothing(ask: Ask) -> None:
    refused(await propose(ask, DEFAULT, who="suspended_manager"), 403, "account_suspended")


async def test_a_purpose_need_not_be_stated_but_must_fit(ask: Ask) -> None:
    why = {"Access-Purpose": "safeguard", "Access-Reason": "review"}
    answer = await ask("manager", "GET", PATH, why=NO_WHY, headers=why)
    refused(answer, 403, "purpose_not_allowed")


# What narrows, what widens


async def test_what_narrows_holds_from_the_very_next_request(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    said = {"contact": contact(), "held_since": day(9)}
    assert (
        await ask("teacher", "PUT", f"/v1/children/{child_id}/assessment", said)
    ).status_code == 204
    assert (await ask.shown("teacher", child_id))["assessment"]
    before = (await listed(ask))["in_force"]["version"]
    answer = await propose(ask, narrower())
    assert answer.status_code == 201, answer.text
    assert answer.json() | {"id": None} == {
        "id": None,
        "state": "in_force",
        "version": before + 1,
        "widens": [],
        "difference": None,
    }
    read = await ask.read("teacher", child_id)
    assert "assessment" not in read.json()["child"]
    assert read.json()["agreement_version"] == before + 1
    assert (await ask.entry(read))["agreement"] == before + 1
    assert (await ask.entry(answer))["code"] == "loaded"


async def test_what_widens_waits_and_changes_nothing_meanwhile(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    before = await listed(ask)
    answer = await propose(ask, wider())
    kept = answer.json()
    assert (answer.status_code, kept["state"], kept["version"]) == (201, "waiting", None)
    assert kept["widens"] == [
        {"kind": "class", "where": [action, "school", "status"]}
        for action in ("override", "read_child")
    ]
    told = await listed(ask)
    assert told["in_force"] == before["in_force"]
    (waiting,) = [each for each in told["waiting"] if each["id"] == kept["id"]]
    assert waiting["widens"] == kept["widens"]
    assert waiting["difference"] == kept["difference"]
    assert waiting["proposed_by"] == str(ask.issuer.personas["manager"].account.id)
    assert "status" not in await ask.shown("teacher", child_id)
    assert (await ask.entry(answer))["code"] == "proposed"


async def test_a_second_person_who_saw_the_difference_brings_it_into_force(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    kept = (await propose(ask, wider())).json()
    refused(await approve(ask, kept, "manager"), 409, "second_person_needed")
    refused(await approve(ask, kept, difference="0" * 64), 409, "state_conflict")
    assert "status" not in await ask.shown("teacher", child_id)
    answer = await approve(ask, kept)
    assert (answer.status_code, answer.json()["state"]) == (200, "in_force")
    assert (await ask.shown("teacher", child_id))["status"] is None
    told = await listed(ask)
    assert told["in_force"]["version"] == answer.json()["version"]
    assert kept["id"] not in [each["id"] for each in told["waiting"]]
    refused(await approve(ask, kept), 409, "ended_already")


async def test_two_accounts_of_one_practitioner_are_no_two_people(ask: Ask) -> None:
    kept = (await propose(ask, wider(), "double_manager")).json()
    for who in ("double_manager", "same_manager"):
        refused(await approve(ask, kept, who), 409, "second_person_needed")
    assert (await approve(ask, kept)).status_code == 200


async def test_what_was_approved_is_the_difference_from_what_is_in_force_then(ask: Ask) -> None:
    """Another agreement came between: the difference seen is not the one there is."""
    kept = (await propose(ask, wider())).json()
    await bring(ask, narrower())
    refused(await approve(ask, kept), 409, "state_conflict")
    (waiting,) = [each for each in (await listed(ask))["waiting"] if each["id"] == kept["id"]]
    kinds = {tuple(each["where"]) for each in waiting["widens"]}
    assert ("read_child", "school", "assessment") in kinds
    assert (await approve(ask, waiting)).status_code == 200
    assert await in_force(ask) == wider()


async def test_two_at_once_are_two_versions_each_compared_with_the_one_before(ask: Ask) -> None:
    before = (await listed(ask))["in_force"]["version"]
    answers = await asyncio.gather(*(propose(ask, each) for each in (narrower(), DEFAULT)))
    states = {answer.json()["state"] for answer in answers}
    versions = [answer.json()["version"] for answer in answers if answer.json()["version"]]
    assert len(set(versions)) == len(versions)
    if states == {"in_force"}:  # the default came first
        assert sorted(versions) == [before + 1, before + 2]
        assert await in_force(ask) == narrower()
    else:
        assert versions == [before + 1]
        assert answers[1].json()["widens"]


async def test_many_at_once_are_as_many_versions(ask: Ask) -> None:
    """Each waits for the one before it: none is compared with what is about to go."""
    before = (await listed(ask))["in_force"]["version"]
    answers = await asyncio.gather(*(propose(ask, narrower()) for _ in range(4)))
    versions = sorted(answer.json()["version"] for answer in answers)
    assert versions == [before + n for n in range(1, 5)]


async def test_sent_again_it_takes_effect_once(ask: Ask) -> None:
    before, sent = (await listed(ask))["in_force"]["version"], key()
    first, again = [(await propose(ask, narrower(), sent=sent)).json() for _ in range(2)]
    assert first == again
    assert (await listed(ask))["in_force"]["version"] == before + 1
    sent = key()
    waiting = [(await propose(ask, DEFAULT, sent=sent)).json() for _ in range(2)]
    assert waiting[0] == waiting[1]
    assert waiting[0]["widens"]
    assert (await approve(ask, waiting[0])).status_code == 200
    now = (await propose(ask, DEFAULT, sent=sent)).json()
    assert (now["state"], now["id"]) == ("in_force", waiting[0]["id"])
    refused(await propose(ask, narrower(), sent=sent), 422, "idempotency_key_reused")


async def test_a_proposal_nobody_made_and_another_matter_are_not_there(ask: Ask) -> None:
    answer = await ask("manager", "POST", f"{PATH}/{uuid4()}/approve", NOBODYS, why=NO_WHY)
    not_shown(answer)
    not_shown(await ask("manager", "GET", f"{PATH}/999999", why=NO_WHY))


# Another authority's agreement is data


async def test_a_second_authoritys_agreement_makes_the_same_requests_answer_differently(
    ask: Ask,
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    said = {"contact": contact(), "held_since": day(9)}
    path = f"/v1/children/{child_id}/assessment"
    assert (await ask("social_worker", "PUT", path, said)).status_code == 204
    await sensitive(ask, child_id)

    async def told() -> Stated:
        found = (await ask.look_up("teacher", **by_name(child)))["matches"][0]["child"]
        return {
            "school sees the assessment": "assessment" in found,
            "police may ask the broker": "contact_can_be_brokered"
            in await ask.shown("police_desk", child_id),
        }

    assert await told() == {
        "school sees the assessment": True,
        "police may ask the broker": False,
    }
    kept = (await propose(ask, CAMFIELD)).json()
    assert kept["state"] == "waiting"
    assert {"kind": "brokered", "where": ["police"]} in kept["widens"]
    (waiting,) = [each for each in (await listed(ask))["waiting"] if each["id"] == kept["id"]]
    assert (waiting["name"], waiting["widens"]) == ("Camfield sharing agreement", kept["widens"])
    assert (await approve(ask, kept)).status_code == 200
    assert await told() == {
        "school sees the assessment": False,
        "police may ask the broker": True,
    }
    assert (await listed(ask))["in_force"]["name"] == "Camfield sharing agreement"


async def sensitive(ask: Ask, child_id: str) -> None:
    """Record a sensitive service's involvement, with consent."""
    said = {
        "giver": "child",
        "understanding": "sufficient",
        "given_for": "sensitive_entry",
        "service": "mental_health",
        "state": "given",
    }
    for path, body in (
        ("consents", said),
        ("involvements", involvement("mental_health", consent=True)),
    ):
        headers = {"Idempotency-Key": key()}
        target = f"/v1/children/{child_id}/{path}"
        answer = await ask("therapist", "POST", target, body, headers=headers)
        assert answer.status_code == 201, answer.text
