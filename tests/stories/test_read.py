"""Reading one child's record by its id: as far as this asker may, and no further."""

from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Ask, not_shown, refused
from tests.stories.made import Stated, a_child, contact, day

WHOLE: Stated = {
    "carers": [
        {
            "name": {"given_name": "Orla", "family_name": "Fennquoy"},
            "relation": "mother",
            "parental_responsibility": True,
            "phone": "+441632960222",
        }
    ],
    "education": "attending",
    "school": {
        "urn": "900123",
        "name": "Northmere Primary School",
        "phone": "+441632960120",
        "starts": "2020-09-01",
    },
    "practice": {
        "ods": "Z99123",
        "name": "Northmere Harbour Practice",
        "phone": "+441632960333",
        "since": "2019-01-02",
    },
}


async def test_without_a_token_nothing_is_read(ask: Ask) -> None:
    refused(await ask(None, "GET", f"/v1/children/{uuid4()}"), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_roles_that_read_no_child_are_told_so(ask: Ask, who: str) -> None:
    child_id = await ask.create(a_child())
    refused(await ask.read(who, child_id), 403, "role_not_allowed")
    refused(await ask.read(who, str(uuid4())), 403, "role_not_allowed")


async def test_a_suspended_account_reads_nothing(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    refused(await ask.read("suspended_worker", child_id), 403, "account_suspended")


async def test_without_a_reason_nothing_is_read(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("teacher", "GET", f"/v1/children/{child_id}", why=NO_WHY)
    refused(answer, 400, "purpose_missing")


async def test_a_practitioner_reads_the_record(ask: Ask) -> None:
    child = a_child(**WHOLE)
    child_id = await ask.create(child)
    shown = await ask.shown("social_worker", child_id)
    assert shown["child_id"] == child_id
    assert shown["restricted"] is False
    assert shown["name"] == {**child["name"], "middle_names": None}
    assert shown["date_of_birth"] == child["date_of_birth"]
    assert shown["address"] == child["address"]
    assert shown["carers"] == [{**WHOLE["carers"][0]["name"], "middle_names": None}]
    assert shown["carer_contacts"][0]["phone"] == "+441632960222"
    assert shown["settings"]["school"]["urn"] == "900123"
    assert shown["settings"]["practice"]["ods"] == "Z99123"
    assert shown["identifiers"] == {
        number: child[number] for number in ("nhs_number", "upn", "case_number")
    }


async def test_where_facts_came_from_is_the_teams_to_see(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    assert "provenance" not in await ask.shown("social_worker", child_id)
    provenance = (await ask.shown("manager", child_id))["provenance"]
    assert provenance["name"]["by_person"] is True
    assert provenance["name"]["as_of"] == day()
    worker = ask.issuer.personas["social_worker"]
    assert provenance["date_of_birth"]["agency_id"] == str(worker.agency.id)


async def test_current_involvements_stand_before_ceased_ones(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    ceased = await ask.begin("social_worker", child_id, contact=contact("Northmere East Team"))
    path = f"/v1/involvements/{ceased}/cease"
    assert (await ask("social_worker", "POST", path, {})).status_code == 204
    await ask.begin("teacher", child_id, service="school")
    shown = (await ask.shown("teacher", child_id))["involvements"]
    assert [(each["service"], each["ceased"]) for each in shown] == [
        ("school", None),
        ("social_care", day()),
    ]


async def test_numbers_of_other_bodies_are_absent_and_not_null(ask: Ask) -> None:
    child = a_child(upn=None)
    child_id = await ask.create(child)
    assert (await ask.shown("teacher", child_id))["identifiers"] == {"upn": None}
    assert (await ask.shown("police_desk", child_id))["identifiers"] == {}


async def test_housing_is_shown_no_school(ask: Ask) -> None:
    child_id = await ask.create(a_child(**WHOLE))
    shown = await ask.shown("housing_officer", child_id)
    assert "settings" not in shown
    assert shown["address"]


async def test_an_id_nobody_has_is_not_shown(ask: Ask) -> None:
    not_shown(await ask.read("teacher", str(uuid4())))


async def test_nothing_may_be_kept_by_caches(ask: Ask) -> None:
    answer = await ask.read("teacher", await ask.create(a_child()))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


async def test_a_request_id_of_the_askers_comes_back_and_anything_else_does_not(ask: Ask) -> None:
    own = str(uuid4())
    answer = await ask("teacher", "GET", "/v1/me", headers={"X-Request-ID": own})
    assert answer.headers["x-request-id"] == own
    answer = await ask("teacher", "GET", "/v1/me", headers={"X-Request-ID": "Holt, Ashva"})
    assert "Holt" not in answer.headers["x-request-id"]


# The tag of what was read


async def test_an_etag_stands_for_what_was_disclosed_to_this_account(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    first = await ask.read("social_worker", child_id)
    again = await ask.read("social_worker", child_id)
    other = await ask.read("colleague", child_id)
    assert first.headers["etag"] == again.headers["etag"]
    assert first.json() == other.json()
    assert first.headers["etag"] != other.headers["etag"]


async def test_an_etag_changes_with_what_is_seen_and_with_nothing_hidden(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    before = (await ask.read("teacher", child_id)).headers["etag"]
    headers = {"If-Match": (await ask.read("social_worker", child_id)).headers["etag"]}
    path, hidden = f"/v1/children/{child_id}", {"case_number": "NMCHANGED"}
    assert (await ask("social_worker", "PATCH", path, hidden, headers=headers)).status_code == 204
    assert (await ask.read("teacher", child_id)).headers["etag"] == before
    headers = {"If-Match": (await ask.read("social_worker", child_id)).headers["etag"]}
    seen = {"gender": "not_specified"}
    assert (await ask("social_worker", "PATCH", path, seen, headers=headers)).status_code == 204
    assert (await ask.read("teacher", child_id)).headers["etag"] != before
