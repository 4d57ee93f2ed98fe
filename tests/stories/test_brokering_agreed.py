"""A service that agreed to be named: to whoever asked, and only while it may be."""

from uuid import UUID, uuid4

import pytest

from demo.personas import LISTENING
from tests.stories.asking import Ask, not_shown, refused
from tests.stories.hidden import archive
from tests.stories.made import DUTY, a_child, day
from tests.stories.test_brokering import ALL, account, asked, brokered, hidden_service, once, told

# 2. The service agreed


async def test_a_service_that_agreed_is_named_to_whoever_asked(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    agreed = await hidden_service(ask, child_id)
    request_id = await asked(ask, child_id=child_id, service="mental_health")
    assert (await brokered(ask, request_id, "contact_given", **agreed)).status_code == 204
    answer = await ask("social_worker", "GET", f"{ALL}/{request_id}")
    shown = answer.json()
    assert shown["answer"] == "contact"
    assert shown["contact"] == {
        "agency": "Northmere Listening Service",
        "service": "mental_health",
        "contact": {
            "team": {"name": "Northmere Listening Team", "phone": DUTY, "hours": []},
            "person": {"name": "Marit Quoyle", "phone": DUTY, "email": None},
            "ask_for_duty": False,
        },
    }
    traces = {str(each.entry_id): each for each in await ask.served.who_looked(child_id)}
    trace = traces[ask.receipt_of(answer)]
    assert trace.shown
    assert trace.classes == ("involvements",)
    # Nobody else is told, and the record tells no more than before.
    not_shown(await ask("colleague", "GET", f"{ALL}/{request_id}"))
    assert (await ask.shown("social_worker", child_id))["involvements"] == []
    team = (await told(ask, "manager", request_id))["team"]
    assert team["agreed"] == {
        "involvement_id": agreed["involvement_id"],
        "by_account_id": agreed["agreed_by"],
        "on": agreed["agreed_on"],
    }


async def gone_cold(ask: Ask, how: str, child_id: str, agreed: dict[str, str]) -> None:
    """Bring about that a released contact may no longer be told."""
    if how == "ceased":
        path = f"/v1/involvements/{agreed['involvement_id']}/cease"
        assert (await ask("therapist", "POST", path, {})).status_code == 204
    elif how == "shielded":
        await ask.shield(child_id, day(-90))
    else:
        refusal = {
            "given_for": "sensitive_entry",
            "state": "refused",
            "giver": "child",
            "understanding": "sufficient",
            "service": "mental_health",
        }
        path = f"/v1/children/{child_id}/consents"
        answer = await ask("therapist", "POST", path, refusal, headers=once())
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("how", ["ceased", "shielded", "consent refused"])
async def test_a_contact_is_told_only_while_it_may_be(ask: Ask, how: str) -> None:
    """Read live: as if there had been nobody, from the next request on."""
    child_id = await ask.create(a_child())
    agreed = await hidden_service(ask, child_id)
    request_id = await asked(ask, child_id=child_id)
    assert (await brokered(ask, request_id, "contact_given", **agreed)).status_code == 204
    assert (await told(ask, "social_worker", request_id))["contact"] is not None
    await gone_cold(ask, how, child_id, agreed)
    shown = await told(ask, "social_worker", request_id)
    assert (shown["answer"], shown["contact"]) == ("no_contact_can_be_made", None)


async def test_nobody_is_named_who_works_with_a_shielded_child(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    agreed = await hidden_service(ask, child_id)
    request_id = await asked(ask, child_id=child_id)
    await ask.shield(child_id, day(-90))
    answer = await brokered(ask, request_id, "contact_given", **agreed)
    refused(answer, 409, "state_conflict")
    assert (await brokered(ask, request_id, "passed_on")).status_code == 204


async def test_of_an_archived_child_nobody_is_named_even_by_the_team(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    agreed = await hidden_service(ask, child_id)
    request_id = await asked(ask, child_id=child_id)
    await archive(ask.served, UUID(child_id))
    not_shown(await brokered(ask, request_id, "contact_given", **agreed))


async def test_nobody_is_named_without_a_basis(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    agreed = await hidden_service(ask, child_id)
    await gone_cold(ask, "consent refused", child_id, agreed)
    request_id = await asked(ask, child_id=child_id)
    answer = await brokered(ask, request_id, "contact_given", **agreed)
    refused(answer, 409, "consent_missing")


async def test_only_the_child_asked_about_and_the_service_itself_count(ask: Ask) -> None:
    child_id, other = [await ask.create(a_child()) for _ in range(2)]
    agreed = await hidden_service(ask, other)
    request_id = await asked(ask, child_id=child_id)
    answer = await brokered(ask, request_id, "contact_given", **agreed)
    refused(answer, 422, "field_invalid")
    by_facts = await asked(ask)
    for differs, status, code in (
        ({"agreed_by": account(ask, "teacher")}, 422, "field_invalid"),
        ({"agreed_by": str(uuid4())}, 422, "field_invalid"),
        ({"agreed_on": day(1)}, 422, "date_out_of_range"),
        ({"agreed_on": day(-1)}, 422, "date_out_of_range"),
        ({"involvement_id": str(uuid4())}, 404, "not_disclosed"),
    ):
        said = {**agreed, **differs}
        refused(await brokered(ask, by_facts, "contact_given", **said), status, code)
    assert (await brokered(ask, by_facts, "contact_given", **agreed)).status_code == 204


async def test_of_a_practitioner_whose_contact_is_shielded_the_team_line_is_released(
    ask: Ask,
) -> None:
    child_id = await ask.create(a_child())
    agreed = await hidden_service(ask, child_id)
    request_id = await asked(ask)
    assert (await brokered(ask, request_id, "contact_given", **agreed)).status_code == 204
    who = {
        "agency_id": str(LISTENING.id),
        "name": "Marit Quoyle",
        "team": {"name": "Northmere Listening Team", "phone": DUTY},
    }
    made = await ask("manager", "POST", "/v1/practitioners", who, headers=once())
    path = made.headers["location"]
    shielded = await ask("manager", "PATCH", path, {"contact_shielded": True})
    assert shielded.status_code == 204
    found = (await told(ask, "social_worker", request_id))["contact"]["contact"]
    assert found["team"]["phone"] == DUTY
    assert (found["person"], found["ask_for_duty"]) == (None, True)
    shown = await ask("manager", "PATCH", path, {"contact_shielded": False})
    assert shown.status_code == 204
