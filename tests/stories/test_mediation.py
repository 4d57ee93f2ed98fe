"""Mediated access: a requester's own grant, for 15 minutes, for one mediator; both in the entry."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.facts import AccessReason, Purpose
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.matters import open_matter
from index_service.services.mediation import GRANT_S, MediationGrant
from index_service.store.work import work_on
from tests.stories.asking import CARE, KEEP, NO_WHY, Answer, Ask, Why, not_shown, refused
from tests.stories.made import a_child, by_everything, by_name, day, key
from tests.stories.test_silence import outward

GRANT = ("POST", "/v1/mediations")
LOOKUPS = ("POST", "/v1/lookups")


def account(ask: Ask, who: str) -> str:
    """Return somebody's account id."""
    return str(ask.issuer.personas[who].account.id)


def agency(ask: Ask, who: str) -> str:
    """Return somebody's agency's id."""
    return str(ask.issuer.personas[who].agency.id)


async def granted(ask: Ask, requester: str, mediator: str, why: Why = CARE) -> str:
    """Return the id of a grant one has made for another."""
    body = {"mediator_account_id": account(ask, mediator)}
    answer = await ask(requester, *GRANT, body, why=why)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def under(grant_id: str) -> dict[str, str]:
    """Return the header by which a mediator states a grant."""
    return {"Access-Mediation": grant_id}


async def read(ask: Ask, who: str, child_id: str, grant_id: str, **more: Any) -> Answer:
    """Read a child's record under a grant."""
    return await ask(who, "GET", f"/v1/children/{child_id}", headers=under(grant_id), **more)


# Whoever may not grant


async def test_without_a_token_nothing_is_granted(ask: Ask) -> None:
    refused(await ask(None, *GRANT, {}), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system", "manager"])
async def test_roles_that_ask_for_themselves_grant_nothing(ask: Ask, who: str) -> None:
    body = {"mediator_account_id": account(ask, "teacher")}
    answer = await ask(who, *GRANT, body, why=KEEP if who == "manager" else None)
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_account_grants_nothing(ask: Ask) -> None:
    body = {"mediator_account_id": account(ask, "teacher")}
    refused(await ask("suspended_worker", *GRANT, body), 403, "account_suspended")


async def test_without_a_reason_nothing_is_granted(ask: Ask) -> None:
    body = {"mediator_account_id": account(ask, "teacher")}
    refused(await ask("social_worker", *GRANT, body, why=NO_WHY), 400, "purpose_missing")


# Main scenario


async def test_a_mediator_is_shown_what_the_requester_may_see(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    grant_id = await granted(ask, "social_worker", "teacher")
    own = (await ask.shown("teacher", child_id))["identifiers"]
    assert "case_number" not in own
    for_requester = (await read(ask, "teacher", child_id, grant_id)).json()["child"]
    assert for_requester == await ask.shown("social_worker", child_id)
    assert for_requester["identifiers"]["case_number"] == child["case_number"]
    question = {"case_number": child["case_number"]}
    found = await ask("teacher", *LOOKUPS, question, headers=under(grant_id))
    assert found.json()["outcome"] == "found"
    refused(await ask("teacher", *LOOKUPS, question), 403, "number_not_allowed")


async def test_a_mediators_own_rights_do_not_add_to_the_requesters(ask: Ask) -> None:
    """A school's numbers are the mediator's; the requester is a health visitor."""
    child_id = await ask.create(a_child())
    assert "upn" in (await ask.shown("teacher", child_id))["identifiers"]
    grant_id = await granted(ask, "health_visitor", "teacher")
    shown = (await read(ask, "teacher", child_id, grant_id)).json()["child"]
    assert "upn" not in shown["identifiers"]


async def test_the_requesters_own_sensitive_entry_is_theirs_through_a_mediator_too(
    ask: Ask,
) -> None:
    child_id = await ask.create(a_child())
    hidden = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    path = f"/v1/involvements/{hidden}"
    not_shown(await ask("teacher", "GET", path))
    own, other = [await granted(ask, who, "teacher") for who in ("therapist", "social_worker")]
    assert (await ask("teacher", "GET", path, headers=under(own))).status_code == 200
    not_shown(await ask("teacher", "GET", path, headers=under(other)))


async def test_both_stand_in_the_entry(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    grant_id = await granted(ask, "social_worker", "teacher")
    both = f"{grant_id}/{account(ask, 'social_worker')}"
    involvement_id = await ask.begin("teacher", child_id, service="school")
    batch = {
        "subjects": [{"purpose": CARE.purpose, "reason": CARE.reason, "lookup": by_name(a_child())}]
    }
    for method, path, body in (
        ("GET", f"/v1/children/{child_id}", None),
        ("GET", f"/v1/involvements/{involvement_id}", None),
        (*LOOKUPS, by_name(a_child())),
    ):
        answer = await ask("teacher", method, path, body, headers=under(grant_id))
        assert answer.status_code == 200
        entry = await ask.entry(answer)
        assert (entry["account"], entry["mediation"]) == (account(ask, "teacher"), both)
        assert (entry["agency"], entry["role"]) == (agency(ask, "teacher"), "practitioner")
    answer = await ask("teacher", "POST", "/v1/lookups/batch", batch, headers=under(grant_id))
    assert [each["code"] for each in answer.json()["answers"]] == [None]
    entries = await ask.served.entries(answer.headers["x-request-id"])
    assert sorted(each["mediation"] for each in entries) == sorted([grant_id, both])


async def test_a_grant_for_an_agency_serves_each_of_its_accounts(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    body = {"mediator_agency_id": agency(ask, "social_worker")}
    answer = await ask("teacher", *GRANT, body)
    grant_id = answer.json()["id"]
    for who in ("social_worker", "colleague"):
        assert (await read(ask, who, child_id, grant_id)).status_code == 200
    refused(await read(ask, "police_desk", child_id, grant_id), 403, "mediation_invalid")


async def test_a_grant_is_read_by_its_requester_and_its_mediator_alone(ask: Ask) -> None:
    body = {"mediator_account_id": account(ask, "teacher")}
    answer = await ask("social_worker", *GRANT, body)
    made = answer.json()
    path = answer.headers["location"]
    for who in ("social_worker", "teacher"):
        assert (await ask(who, "GET", path)).json() == {
            **made,
            **body,
            "mediator_agency_id": None,
            "purpose": CARE.purpose,
            "reason": CARE.reason,
        }
    absent = await ask("colleague", "GET", f"/v1/mediations/{uuid4()}")
    not_shown(absent)
    assert outward(await ask("colleague", "GET", path)) == outward(absent)


# 2. The grant does not hold


async def made_ago(ask: Ask, seconds: int) -> str:
    """Return the id of a grant by the social worker for the teacher, made so long ago."""
    index = ask.served.index
    people = ask.issuer.personas
    now_s = int(index.clock.now().timestamp())
    grant = MediationGrant(
        uuid4(),
        people["social_worker"].account.id,
        people["teacher"].account.id,
        None,
        Purpose(CARE.purpose),
        AccessReason(CARE.reason),
        now_s - seconds + GRANT_S,
    )
    async with work_on(index.api, index.csa, index.log) as work:
        matter = grant.matter(people["social_worker"].agency.id, now_s - seconds)
        await open_matter(index, work, matter, ())
        stamp = index.log.stamp()
        entry = AccessEntry(*stamp, action="mediate", route="tests", outcome=Outcome.RECORDED)
        await work.commit(index.log.prepare(entry))
    return str(grant.id)


async def test_a_grant_holds_for_fifteen_minutes(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    body = {"mediator_account_id": account(ask, "teacher")}
    until = (await ask("social_worker", *GRANT, body)).json()["until"]
    assert abs(until - ask.served.index.clock.now().timestamp() - GRANT_S) < 60
    still = await made_ago(ask, GRANT_S - 20)
    assert (await read(ask, "teacher", child_id, still)).status_code == 200
    ended = await made_ago(ask, GRANT_S)
    refused(await read(ask, "teacher", child_id, ended), 403, "mediation_invalid")


async def test_whatever_is_wrong_with_a_grant_is_one_answer_for_every_child(ask: Ask) -> None:
    """Nobody's, somebody else's, ended, a matter of another kind: and whoever the child is."""
    headers = {"Idempotency-Key": key()}
    asked = {
        "child_id": str(uuid4()),
        "urgency": "same_day",
        "call_back": {"name": "Northmere North Team", "phone": "+441632960111"},
    }
    other_kind = await ask("teacher", "POST", "/v1/contact-requests", asked, headers=headers)
    grants = [
        str(uuid4()),
        await granted(ask, "social_worker", "police_desk"),
        await made_ago(ask, GRANT_S + 1),
        other_kind.json()["id"],
        await granted(ask, "social_worker", "teacher", Why("promote_welfare", "planned_care")),
    ]
    ids = (await ask.create(a_child()), str(uuid4()))
    answers = {
        outward(await read(ask, "teacher", child_id, grant_id))
        for grant_id in grants
        for child_id in ids
    }
    ((status, body, _),) = answers
    assert status == 403
    assert b'"code":"mediation_invalid"' in body


async def test_who_states_an_invalid_grant_is_entered_with_it(ask: Ask) -> None:
    grant_id = str(uuid4())
    entry = await ask.entry(await read(ask, "teacher", str(uuid4()), grant_id))
    assert (entry["outcome"], entry["code"]) == ("refused", "mediation_invalid")
    assert (entry["account"], entry["mediation"]) == (account(ask, "teacher"), grant_id)


async def test_under_a_grant_a_purpose_is_stated_as_ever(ask: Ask) -> None:
    grant_id = await granted(ask, "social_worker", "teacher")
    answer = await read(ask, "teacher", str(uuid4()), grant_id, why=NO_WHY)
    refused(answer, 400, "purpose_missing")


# 3. Somebody is not in order


async def test_a_suspended_requester_ends_it_in_the_next_request(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    grant_id = await granted(ask, "colleague", "teacher")
    assert (await read(ask, "teacher", child_id, grant_id)).status_code == 200
    path = f"/v1/accounts/{account(ask, 'colleague')}"
    for state, expected in (("suspended", 403), ("active", 200)):
        changed = await ask("manager", "PATCH", path, {"state": state})
        assert changed.status_code == 204
        answer = await read(ask, "teacher", child_id, grant_id)
        assert answer.status_code == expected
        if expected == 403:
            refused(answer, 403, "account_suspended")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("lapsed_nurse", "check_lapsed"),
        ("untrained_worker", "training_missing"),
        ("unsigned_worker", "agreement_unsigned"),
        ("suspended_worker", "account_suspended"),
        ("club_leader", "employer_not_accredited"),
        ("case_system", "role_not_allowed"),
        ("schools_feed", "role_not_allowed"),
        ("auditor", "role_not_allowed"),
    ],
)
async def test_a_mediator_who_is_not_in_order_is_told_so_plainly(
    ask: Ask, who: str, code: str
) -> None:
    grant_id = await granted(ask, "social_worker", who)
    ids = (await ask.create(a_child()), str(uuid4()))
    answers = [await read(ask, who, child_id, grant_id) for child_id in ids]
    for answer in answers:
        refused(answer, 403, code)
    assert outward(answers[0]) == outward(answers[1])


async def test_the_requesters_purpose_must_be_open_to_the_requester(ask: Ask) -> None:
    """A teacher may not state section 47, whoever mediates."""
    why = Why("enquire_significant_harm", "strategy_discussion")
    body = {"mediator_account_id": account(ask, "social_worker")}
    refused(await ask("teacher", *GRANT, body, why=why), 403, "purpose_not_allowed")


# 4. Nothing but looking


async def test_with_what_a_mediator_was_shown_nobody_amends(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    grant_id = await granted(ask, "social_worker", "colleague")
    tag = (await read(ask, "colleague", child_id, grant_id)).headers["etag"]
    for who in ("social_worker", "colleague"):
        refused(await ask.amend(who, child_id, tag, gender="male"), 412, "precondition_failed")
    own = (await ask.read("social_worker", child_id)).headers["etag"]
    assert (await ask.amend("social_worker", child_id, own, gender="male")).status_code == 204


async def test_anywhere_else_a_grant_is_refused(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    grant_id = await granted(ask, "social_worker", "colleague")
    once = {"Idempotency-Key": key()}
    for method, path, body in (
        ("GET", "/v1/me", None),
        ("POST", "/v1/children", a_child()),
        ("PATCH", f"/v1/children/{child_id}", {"gender": "male"}),
        (*GRANT, {"mediator_account_id": account(ask, "teacher")}),
        ("GET", f"/v1/children/{child_id}/dissents", None),
        ("GET", "/v1/contact-requests", None),
        ("GET", f"/v1/decisions/{uuid4()}", None),
    ):
        headers = {**once, **under(grant_id), "If-Match": f'"{"x" * 22}"'}
        answer = await ask("colleague", method, path, body, headers=headers)
        refused(answer, 400, "header_invalid")
        assert answer.json()["errors"][0]["field"] == "Access-Mediation"


@pytest.mark.parametrize("stated", ["", "x", "6F9D2B1E-3C44-4A7E-9B57-0D2F8C5A1E90", "{}"])
async def test_a_grant_is_stated_in_one_spelling(ask: Ask, stated: str) -> None:
    refused(await read(ask, "teacher", str(uuid4()), stated), 400, "header_invalid")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "field_missing", "mediator_account_id"),
        ({"mediator_agency_id": str(uuid4())}, "field_invalid", "mediator_agency_id"),
    ],
)
async def test_one_mediator_is_named(ask: Ask, body: Any, code: str, field: str) -> None:
    answer = await ask("social_worker", *GRANT, body)
    refused(answer, 422, code)
    assert answer.json()["errors"] == [{"code": code, "field": field}]


async def test_nobody_mediates_for_themselves_or_for_two(ask: Ask) -> None:
    both = {
        "mediator_account_id": account(ask, "teacher"),
        "mediator_agency_id": agency(ask, "teacher"),
    }
    own = {"mediator_account_id": account(ask, "social_worker")}
    for body in (both, own):
        refused(await ask("social_worker", *GRANT, body), 422, "field_invalid")


async def test_two_accounts_of_one_practitioner_do_not_mediate_for_each_other(ask: Ask) -> None:
    named = {"mediator_account_id": account(ask, "same_worker")}
    answer = await ask("double_worker", *GRANT, named)
    refused(answer, 422, "field_invalid")
    assert answer.json()["errors"][0]["field"] == "mediator_account_id"
    child_id = await ask.create(a_child())
    made = await ask("double_worker", *GRANT, {"mediator_agency_id": agency(ask, "same_worker")})
    grant_id = made.json()["id"]
    for who in ("double_worker", "same_worker"):
        refused(await read(ask, who, child_id, grant_id), 403, "mediation_invalid")
    assert (await read(ask, "colleague", child_id, grant_id)).status_code == 200


async def test_an_account_that_is_not_there_is_granted_as_any_other(ask: Ask) -> None:
    answers = [
        await ask("social_worker", *GRANT, {"mediator_account_id": each})
        for each in (account(ask, "teacher"), str(UUID(int=7)))
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({len(answer.content) for answer in answers}) == 1


async def test_a_shielded_child_is_hidden_from_a_mediator_as_from_the_requester(ask: Ask) -> None:
    """The mediator is of the team, who sees all; the requester is not."""
    child = a_child()
    child_id = await ask.create(child)
    await ask.shield(child_id, day(-90))
    grant_id = await granted(ask, "social_worker", "manager")
    shown = (await read(ask, "manager", child_id, grant_id, why=CARE)).json()["child"]
    assert shown == await ask.shown("social_worker", child_id)
    assert "address" not in shown
    question = by_everything(child) | {"nhs_number": child["nhs_number"]}
    found = await ask("manager", *LOOKUPS, question, why=CARE, headers=under(grant_id))
    assert found.json()["matches"] == (await ask.look_up("social_worker", **question))["matches"]
