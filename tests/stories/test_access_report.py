"""Subject access: the record itself, once the desk's request is in order; nothing of others."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.auditing import reference_of
from tests.stories.hidden import archived
from tests.stories.later import asking_at, on
from tests.stories.made import DUTY, Stated, a_child, contact, day
from tests.stories.telling import CHILD, PARENT, asked, refuse, release, waits
from tests.stories.test_silence import outward

MORE = {**PARENT, "detail": "agencies", "detail_ground": "complaint"}
CARER: Stated = {
    "name": {"given_name": "Marisol", "family_name": "Vale"},
    "relation": "mother",
    "parental_responsibility": True,
    "phone": "+441632960188",
}


async def read(ask: Ask, child_id: str, request_id: str, who: str = "second_manager") -> Answer:
    """Ask for a report."""
    path = f"/v1/children/{child_id}/access-report?request_id={request_id}"
    return await ask(who, "GET", path, why=NO_WHY)


async def report(ask: Ask, child_id: str, found: Stated = CHILD) -> Stated:
    """Record a request and return its report."""
    answer = await read(ask, child_id, await waits(ask, child_id, found))
    assert answer.status_code == 200, answer.text
    shown: Stated = answer.json()
    return shown


async def a_known_child(ask: Ask) -> tuple[str, Stated]:
    """Record a child with a carer, an involvement and an assessment; return id and facts."""
    facts = a_child(carers=[CARER])
    child_id = await ask.create(facts)
    said = contact("Northmere North Team", name="Marit Quoyle", phone=DUTY)
    await ask.begin("health_visitor", child_id, service="health_visiting", contact=said)
    body = {"contact": contact(), "held_since": day(20)}
    held = await ask("teacher", "PUT", f"/v1/children/{child_id}/assessment", body)
    assert held.status_code < 300
    return child_id, facts


async def test_a_family_is_told_who_the_child_is_and_which_kinds_are_involved(ask: Ask) -> None:
    child_id, facts = await a_known_child(ask)
    told = await report(ask, child_id)
    record = told["record"]
    assert record["name"]["family_name"] == facts["name"]["family_name"]
    assert record["identifiers"]["nhs_number"] == facts["nhs_number"]
    assert [each["family_name"] for each in record["carers"]] == ["Vale"]
    assert (record["address"], record["settings"], record["former_names"]) == (None, None, [])
    assert told["involvements"] == [
        {
            "agency_kind": "health_visiting",
            "agency": None,
            "service": None,
            "began": None,
            "ceased": None,
        }
    ]
    sources = {each["attribute"]: each for each in told["provenance"]}
    assert sources["name"]["agency_kind"] == "social_care"
    assert sources["name"]["agency"] is None
    assert "address" not in sources
    assert (told["assessments"], told["consents"]) == ([], [])


async def test_more_is_told_where_more_was_asked_for_on_a_ground(ask: Ask) -> None:
    child_id, facts = await a_known_child(ask)
    told = await report(ask, child_id, MORE)
    assert told["record"]["address"]["postcode"] == facts["address"]["postcode"]
    (one,) = told["involvements"]
    assert (one["agency"], one["service"], one["began"]) == (
        "Northmere Health Visiting",
        "health_visiting",
        day(30),
    )
    assert told["assessments"] == [
        {
            "agency_kind": "school",
            "agency": "Northmere Primary School",
            "held_since": day(20),
            "closed": None,
        }
    ]
    assert {each["agency"] for each in told["provenance"]} == {"Northmere Childrens Social Care"}


@pytest.mark.parametrize("found", [CHILD, MORE])
async def test_no_third_partys_contact_is_ever_told(ask: Ask, found: Stated) -> None:
    child_id, _ = await a_known_child(ask)
    told = str(await report(ask, child_id, found))
    for hidden in (CARER["phone"], DUTY, "Quoyle", "North Team"):
        assert hidden not in told


async def guarded_ways(ask: Ask) -> list[str]:
    """Record children who are guarded: shielded, known to a sensitive service, put away."""
    shielded, _ = await a_known_child(ask)
    await ask.shield(shielded, day(-60))
    sensitive, _ = await a_known_child(ask)
    await ask.begin("therapist", sensitive, service="mental_health", consent=True)
    return [shielded, sensitive, (await archived(ask))[0]]


async def test_of_a_guarded_child_kinds_only_are_told_by_two(ask: Ask) -> None:
    for child_id in await guarded_ways(ask):
        for found in (PARENT, MORE):
            request_id = await waits(ask, child_id, found)
            alone = await read(ask, child_id, request_id, "manager")
            refused(alone, 409, "second_person_needed")
            answer = await read(ask, child_id, request_id)
            told = answer.json()
            assert (told["record"]["address"], told["record"]["settings"]) == (None, None)
            assert {each["agency"] for each in told["involvements"]} <= {None}
            assert {each["agency"] for each in told["provenance"]} <= {None}
            assert "mental_health" not in answer.text
            assert (told["assessments"], told["consents"]) == ([], [])


async def test_a_shielded_childs_report_has_the_form_of_any_others(ask: Ask) -> None:
    """Of kinds: whoever reads it, and may be the danger, sees no difference."""
    plain, _ = await a_known_child(ask)
    hidden, _ = await a_known_child(ask)
    await ask.shield(hidden, day(-60))
    reports: list[Any] = [await report(ask, child_id) for child_id in (plain, hidden)]
    for each in reports:
        each.pop("request_id"), each.pop("record")
    assert reports[0] == reports[1]


async def test_one_person_alone_tells_kinds_of_a_child_who_is_not_guarded(ask: Ask) -> None:
    child_id, _ = await a_known_child(ask)
    request_id = await waits(ask, child_id, CHILD)
    assert (await read(ask, child_id, request_id, "manager")).status_code == 200
    request_id = await waits(ask, child_id, MORE)
    refused(await read(ask, child_id, request_id, "manager"), 409, "second_person_needed")


async def test_its_entry_commits_to_every_byte_and_names_the_child(ask: Ask) -> None:
    child_id, _ = await a_known_child(ask)
    answer = await read(ask, child_id, await waits(ask, child_id, CHILD))
    entry = await ask.entry(answer)
    assert entry["result_commit"] == hashlib.sha256(answer.content).hexdigest()
    assert (entry["action"], entry["outcome"]) == ("tell_who_looked", "shown")
    (subject,) = entry["subjects"]
    assert subject["ref"] == reference_of(ask, child_id)
    assert "whereabouts" not in subject["classes"]


async def test_without_a_request_about_this_very_child_there_is_no_report(ask: Ask) -> None:
    child_id, other = await ask.create(a_child()), await ask.create(a_child())
    request_id = await waits(ask, other, CHILD)
    nobodys = await read(ask, str(uuid4()), request_id)
    for answer in (
        nobodys,
        await read(ask, child_id, request_id),
        await read(ask, child_id, str(uuid4())),
        await read(ask, child_id, child_id),
    ):
        not_shown(answer)
        assert outward(answer) == outward(nobodys)


async def test_what_stands_against_telling_who_looked_stands_against_the_record(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    refused_at_once = await asked(ask, child_id, {**CHILD, "harm": "possible"})
    refused(await read(ask, child_id, refused_at_once.json()["id"]), 409, "ended_already")
    later_refused = await waits(ask, child_id, CHILD)
    assert (await refuse(ask, later_refused)).status_code == 204
    refused(await read(ask, child_id, later_refused), 409, "ended_already")
    in_order = await waits(ask, child_id, CHILD)
    assert (await release(ask, in_order)).status_code == 200
    assert (await read(ask, child_id, in_order)).status_code == 200
    async with asking_at(ask, on(days=29)) as later:
        refused(await read(later, child_id, in_order), 409, "ended_already")


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (None, 401, "not_authenticated"),
        ("social_worker", 403, "role_not_allowed"),
        ("auditor", 403, "role_not_allowed"),
        ("suspended_manager", 403, "account_suspended"),
    ],
)
async def test_only_the_team_hands_a_report_out(
    ask: Ask, who: str | None, status: int, code: str
) -> None:
    child_id = await ask.create(a_child())
    request_id = await waits(ask, child_id, CHILD)
    path = f"/v1/children/{child_id}/access-report?request_id={request_id}"
    refused(await ask(who, "GET", path, why=NO_WHY), status, code)
