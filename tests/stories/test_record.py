"""Recording a child, and amending what is recorded."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Answer, Ask, Why, not_shown, refused
from tests.stories.made import Stated, a_child, by_everything, by_name, day, key, nhs_number

CHILDREN = ("POST", "/v1/children")
NEW = Why("safeguard", "new_referral")


async def send(
    ask: Ask, child: Stated, who: str | None = "social_worker", once: str | None = None, **more: Any
) -> Answer:
    """Send a new record under a key of its own or a given one."""
    headers = {"Idempotency-Key": once or key()}
    return await ask(who, *CHILDREN, child, why=more.get("why", NEW), headers=headers)


async def etag_of(ask: Ask, child_id: str, who: str = "social_worker") -> str:
    """Return the tag under which somebody last read a record."""
    tag: str = (await ask.read(who, child_id)).headers["etag"]
    return tag


async def test_without_a_token_nobody_is_recorded(ask: Ask) -> None:
    refused(await send(ask, a_child(), who=None), 401, "not_authenticated")


async def test_roles_and_agencies_that_record_no_child_are_told_so(ask: Ask) -> None:
    refused(await send(ask, a_child(), who="schools_feed"), 403, "role_not_allowed")
    refused(await send(ask, a_child(), who="teacher"), 403, "purpose_not_allowed")
    refused(await ask.amend("teacher", str(uuid4()), f'"{"x" * 22}"'), 403, "purpose_not_allowed")


async def test_a_suspended_account_records_and_amends_nothing(ask: Ask) -> None:
    refused(await send(ask, a_child(), who="suspended_worker"), 403, "account_suspended")
    tag = f'"{"x" * 22}"'
    refused(await ask.amend("suspended_worker", str(uuid4()), tag), 403, "account_suspended")


async def test_without_a_reason_nobody_is_recorded(ask: Ask) -> None:
    refused(await send(ask, a_child(), why=NO_WHY), 400, "purpose_missing")


# Creating: main scenario


async def test_a_recorded_child_is_found_and_read(ask: Ask) -> None:
    child = a_child()
    answer = await send(ask, child)
    assert answer.status_code == 201
    child_id = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/children/{child_id}"
    found = await ask.look_up("teacher", **by_everything(child))
    assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]
    assert (await ask.shown("teacher", child_id))["address"] == child["address"]


async def test_an_address_may_be_a_statement_in_its_place(ask: Ask) -> None:
    child_id = await ask.create(a_child(address={"kind": "left_england_may_return"}))
    assert (await ask.shown("teacher", child_id))["address"] == {"kind": "left_england_may_return"}
    child_id = await ask.create(a_child(address=None))
    assert (await ask.shown("teacher", child_id))["address"] == {"kind": "none_known"}


async def test_facts_are_kept_in_their_canonical_form(ask: Ask) -> None:
    child = a_child()
    number = child["nhs_number"]
    said = {**child, "nhs_number": f"{number[:3]} {number[3:6]} {number[6:]}"}
    child_id = await ask.create({**said, "upn": child["upn"].lower()})
    identifiers = (await ask.shown("social_worker", child_id))["identifiers"]
    assert (identifiers["nhs_number"], identifiers["upn"]) == (number, child["upn"])


# 2a. The same request again


async def test_a_request_sent_twice_takes_effect_once(ask: Ask) -> None:
    child, once = a_child(), key()
    first, second = [await send(ask, child, once=once) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["audit-receipt"] != second.headers["audit-receipt"]
    assert (await ask.look_up("teacher", **by_everything(child)))["outcome"] == "found"
    assert (await ask.entry(second))["code"] == "replayed"


async def test_two_senders_of_one_request_at_once_make_one_child(ask: Ask) -> None:
    child, once = a_child(), key()
    answers = await asyncio.gather(*(send(ask, child, once=once) for _ in range(4)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    others = [answer for answer in answers if answer.status_code != 201]
    assert all(answer.status_code == 409 for answer in others)
    assert (await ask.look_up("teacher", **by_everything(child)))["outcome"] == "found"


async def test_a_key_stands_for_one_body(ask: Ask) -> None:
    once = key()
    assert (await send(ask, a_child(), once=once)).status_code == 201
    refused(await send(ask, a_child(), once=once), 422, "idempotency_key_reused")


async def test_a_key_is_its_senders_own(ask: Ask) -> None:
    """Another account's request under the same key is a request of its own."""
    once = key()
    mine = await send(ask, a_child(), once=once)
    theirs = await send(ask, a_child(), who="colleague", once=once)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json() != theirs.json()


@pytest.mark.parametrize(
    ("once", "code"),
    [(None, "idempotency_key_missing"), ("short", "header_invalid"), ("x" * 65, "header_invalid")],
)
async def test_a_record_needs_a_key(ask: Ask, once: str | None, code: str) -> None:
    headers = {} if once is None else {"Idempotency-Key": once}
    refused(await ask("social_worker", *CHILDREN, a_child(), why=NEW, headers=headers), 400, code)


# 2b. The child is here already


async def test_a_child_certainly_here_already_is_not_recorded_again(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    refused(await send(ask, child, who="colleague"), 409, "state_conflict")
    found = await ask.look_up("teacher", **by_everything(child))
    assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]


async def test_a_child_possibly_here_already_is_recorded_and_waits_for_the_team(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    no_numbers = {**child, "address": {"kind": "none_known"}}
    for number in ("nhs_number", "upn", "case_number"):
        del no_numbers[number]
    second = await ask.create(no_numbers)
    assert (await ask.shown("teacher", second))["name"]["family_name"]
    assert (await ask.holds())[second] == "doubtful"


async def test_two_records_of_one_child_at_once_are_not_both_clean(ask: Ask) -> None:
    """The bucket of the date of birth makes one sender wait for the other."""
    child = a_child()
    both = await asyncio.gather(send(ask, child), send(ask, child, who="colleague"))
    assert sorted(answer.status_code for answer in both) == [201, 409]


# Amending: main scenario


async def test_a_record_is_amended_by_whoever_has_read_it(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    moved = {"kind": "current", "house": "7", "street": "Quayside", "town": "Northmere"}
    tag = await etag_of(ask, child_id)
    answer = await ask.amend("social_worker", child_id, tag, address=moved, gender="not_specified")
    assert (answer.status_code, answer.content) == (204, b"")
    shown = await ask.shown("social_worker", child_id)
    assert shown["address"] == {**moved, "postcode": None}
    assert shown["gender"] == "not_specified"
    assert shown["name"]["family_name"] == child["name"]["family_name"]


async def test_an_amended_child_is_found_as_it_is_now(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    name = {"given_name": "Hestor", "family_name": "Nuthollow"}
    number = nhs_number(700_001)
    tag = await etag_of(ask, child_id)
    amended = await ask.amend("social_worker", child_id, tag, name=name, nhs_number=number)
    assert amended.status_code == 204
    for question in ({**by_name(child), **name}, {"nhs_number": number}):
        found = await ask.look_up("social_worker", **question)
        assert [each["child"]["child_id"] for each in found["matches"]] == [child_id]
    old = await ask.look_up("social_worker", nhs_number=child["nhs_number"])
    assert old["outcome"] == "none"


async def test_a_child_amended_to_another_name_is_found_by_the_former_one(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    name = {"given_name": "Isolde", "family_name": "Quarrington"}
    tag = await etag_of(ask, child_id)
    assert (await ask.amend("social_worker", child_id, tag, name=name)).status_code == 204
    question = by_name({**child, "name": {**child["name"]}})
    (match,) = (await ask.look_up("social_worker", **question))["matches"]
    assert match["child"]["child_id"] == child_id
    corrected = {"name": {**name, "family_name": "Quarringdon"}, "former_names": []}
    tag = await etag_of(ask, child_id)
    assert (await ask.amend("social_worker", child_id, tag, **corrected)).status_code == 204
    assert (await ask.look_up("social_worker", **question))["outcome"] == "none"


async def test_an_amendment_says_where_it_came_from_and_leaves_the_rest(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    before = (await ask.shown("manager", child_id))["provenance"]
    tag = await etag_of(ask, child_id, "manager")
    said = {"gender": "not_specified", "as_of": day(3)}
    assert (await ask.amend("manager", child_id, tag, **said)).status_code == 204
    after = (await ask.shown("manager", child_id))["provenance"]
    manager = ask.issuer.personas["manager"]
    assert after["gender"]["agency_id"] == str(manager.agency.id)
    assert (after["gender"]["as_of"], after["gender"]["by_person"]) == (day(3), True)
    assert {k: v for k, v in after.items() if k != "gender"} == {
        k: v for k, v in before.items() if k != "gender"
    }


async def test_null_takes_a_number_away_and_never_a_name(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    tag = await etag_of(ask, child_id)
    assert (await ask.amend("social_worker", child_id, tag, upn=None)).status_code == 204
    shown = await ask.shown("social_worker", child_id)
    assert shown["identifiers"]["upn"] is None
    assert (await ask.look_up("teacher", upn=child["upn"]))["outcome"] == "none"
    tag = await etag_of(ask, child_id)
    refused(await ask.amend("social_worker", child_id, tag, name=None), 422, "field_missing")


# 2a. The record has changed, or was never read by this account


async def test_a_record_that_changed_meanwhile_is_not_amended(ask: Ask) -> None:
    child_id = await ask.create(a_child(gender="female"))
    tag = await etag_of(ask, child_id)
    assert (await ask.amend("social_worker", child_id, tag, gender="male")).status_code == 204
    answer = await ask.amend("social_worker", child_id, tag, gender="not_specified")
    refused(answer, 412, "precondition_failed")
    assert (await ask.shown("teacher", child_id))["gender"] == "male"


async def test_a_tag_serves_the_account_it_was_given_to(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    tag = await etag_of(ask, child_id)
    refused(await ask.amend("colleague", child_id, tag, gender="male"), 412, "precondition_failed")


@pytest.mark.parametrize(
    ("tag", "status", "code"),
    [
        (None, 428, "precondition_missing"),
        ("*", 400, "header_invalid"),
        (f'W/"{"x" * 22}"', 400, "header_invalid"),
        (f'"{"x" * 22}", "{"y" * 22}"', 400, "header_invalid"),
    ],
)
async def test_an_amendment_names_one_tag(
    ask: Ask, tag: str | None, status: int, code: str
) -> None:
    child_id = await ask.create(a_child())
    headers = {} if tag is None else {"If-Match": tag}
    path, body = f"/v1/children/{child_id}", {"gender": "male"}
    refused(await ask("social_worker", "PATCH", path, body, headers=headers), status, code)


async def test_of_two_amendments_at_once_one_is_refused(ask: Ask) -> None:
    child_id = await ask.create(a_child(gender="not_specified"))
    tag = await etag_of(ask, child_id)
    both = await asyncio.gather(
        ask.amend("social_worker", child_id, tag, gender="male"),
        ask.amend("social_worker", child_id, tag, gender="female"),
    )
    assert sorted(answer.status_code for answer in both) == [204, 412]


# 2b. There is nothing to amend


async def test_a_record_nobody_has_is_not_amended(ask: Ask) -> None:
    not_shown(await ask.amend("social_worker", str(uuid4()), f'"{"x" * 22}"', gender="male"))


async def test_the_team_amends_for_the_index(ask: Ask) -> None:
    child_id = await ask.create(a_child(), who="manager")
    tag = await etag_of(ask, child_id, "manager")
    assert (await ask.amend("manager", child_id, tag, gender="male")).status_code == 204
