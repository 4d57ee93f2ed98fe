"""Brokering: asking reads no child; the team answers with a clock; nobody is named unasked."""

from typing import Any
from uuid import uuid4

import pytest

from tests.stories.asking import KEEP, NO_WHY, Answer, Ask, Why, not_shown, refused
from tests.stories.hidden import archived, held
from tests.stories.made import DUTY, Stated, a_child, by_name, contact, day, key
from tests.stories.test_silence import outward

ALL = "/v1/contact-requests"
CALL_BACK = {"name": "Northmere Emergency Department", "phone": DUTY}
HOUR_S = 3600


def once() -> dict[str, str]:
    """Return the header of a request that is sent once."""
    return {"Idempotency-Key": key()}


def asking(**differs: Any) -> Stated:
    """Return a request for contact; without a child it is described by search facts."""
    said: Stated = {"urgency": "same_day", "call_back": CALL_BACK, "service": None, **differs}
    return said if "child_id" in said else {"lookup": by_name(a_child()), **said}


async def asked(ask: Ask, who: str = "social_worker", **differs: Any) -> str:
    """Return the id of a request somebody made."""
    answer = await ask(who, "POST", ALL, asking(**differs), headers=once())
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def told(ask: Ask, who: str, request_id: str, **more: Any) -> Stated:
    """Return what somebody is shown of a request."""
    answer = await ask(who, "GET", f"{ALL}/{request_id}", **more)
    assert answer.status_code == 200, answer.text
    shown: Stated = answer.json()
    return shown


async def brokered(ask: Ask, request_id: str, outcome: str, **agreed: str) -> Answer:
    """Answer a request as the team."""
    body = {"outcome": outcome, **agreed}
    return await ask("manager", "POST", f"{ALL}/{request_id}/answer", body)


def account(ask: Ask, who: str) -> str:
    """Return somebody's account id."""
    return str(ask.issuer.personas[who].account.id)


async def hidden_service(ask: Ask, child_id: str) -> dict[str, str]:
    """Record a sensitive involvement; return what the team states when it agreed."""
    said = contact("Northmere Listening Team", name="Marit Quoyle", phone=DUTY)
    involvement_id = await ask.begin(
        "therapist", child_id, service="mental_health", consent=True, contact=said
    )
    return {
        "involvement_id": involvement_id,
        "agreed_by": account(ask, "therapist"),
        "agreed_on": day(),
    }


async def listed(ask: Ask, who: str, path: str = ALL) -> list[Stated]:
    """Return every request on somebody's list, page by page."""
    answer = (await ask(who, "GET", path)).json()
    found: list[Stated] = answer["requests"]
    while answer["next"]:
        answer = (await ask(who, "GET", f"{path}?cursor={answer['next']}")).json()
        assert answer["requests"][0] not in found, "a page begins where another did"
        found += answer["requests"]
    return found


# Whoever may not


async def test_without_a_token_nothing_is_asked(ask: Ask) -> None:
    refused(await ask(None, "POST", ALL, asking(), headers=once()), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_roles_that_work_with_no_child_ask_for_no_contact(ask: Ask, who: str) -> None:
    answer = await ask(who, "POST", ALL, asking(), headers=once())
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_account_asks_for_no_contact(ask: Ask) -> None:
    answer = await ask("suspended_worker", "POST", ALL, asking(), headers=once())
    refused(answer, 403, "account_suspended")


async def test_without_a_reason_no_contact_is_asked_for(ask: Ask) -> None:
    answer = await ask("teacher", "POST", ALL, asking(), why=NO_WHY, headers=once())
    refused(answer, 400, "purpose_missing")


@pytest.mark.parametrize("step", ["take", "answer"])
async def test_only_the_team_brokers(ask: Ask, step: str) -> None:
    request_id = await asked(ask)
    body = {"outcome": "passed_on"} if step == "answer" else None
    for who, code in (("social_worker", "role_not_allowed"), ("auditor", "role_not_allowed")):
        refused(await ask(who, "POST", f"{ALL}/{request_id}/{step}", body), 403, code)
    answer = await ask("suspended_manager", "POST", f"{ALL}/{request_id}/{step}", body)
    refused(answer, 403, "account_suspended")


# Main scenario


async def test_the_team_is_asked_handles_it_and_the_asker_hears(ask: Ask) -> None:
    child = a_child()
    facts = by_name(child)
    answer = await ask("teacher", "POST", ALL, asking(lookup=facts), headers=once())
    made = answer.json()
    assert made["broker"]["out_of_hours_phone"]
    now_s = ask.served.index.clock.now().timestamp()
    assert abs(made["due"] - now_s - 8 * HOUR_S) < 60
    request_id = made["id"]
    assert (await told(ask, "teacher", request_id))["state"] == "waiting"
    for who in ("manager", "second_manager"):
        path = f"{ALL}/{request_id}/take"
        assert (await ask(who, "POST", path, why=KEEP)).status_code == 204
    shown = await told(ask, "manager", request_id)
    assert shown["team"]["lookup"] == facts
    assert shown["team"]["call_back"] == {**CALL_BACK, "hours": []}
    assert shown["team"]["account_id"] == account(ask, "teacher")
    assert not shown["team"]["overdue"]
    assert (await brokered(ask, request_id, "passed_on")).status_code == 204
    steps = (await told(ask, "manager", request_id))["team"]["steps"]
    assert [(step["step"], step["account_id"]) for step in steps] == [
        ("taken", account(ask, "manager")),
        ("taken", account(ask, "second_manager")),
        ("passed_on", account(ask, "manager")),
    ]
    heard = await told(ask, "teacher", request_id)
    assert (heard["state"], heard["answer"]) == ("answered", "you_will_be_called")
    assert heard["contact"] is None
    assert "team" not in heard


@pytest.mark.parametrize(
    ("urgency", "hours"), [("emergency", 1), ("same_day", 8), ("three_days", 72)]
)
async def test_each_urgency_has_its_clock(ask: Ask, urgency: str, hours: int) -> None:
    answer = await ask("teacher", "POST", ALL, asking(urgency=urgency), headers=once())
    now_s = ask.served.index.clock.now().timestamp()
    assert abs(answer.json()["due"] - now_s - hours * HOUR_S) < 60


async def test_each_step_is_an_entry_of_its_own(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await ask("teacher", "POST", ALL, asking(child_id=child_id), headers=once())
    path = f"{ALL}/{answer.json()['id']}"
    answers = [
        answer,
        await ask("manager", "POST", f"{path}/take"),
        await ask("manager", "POST", f"{path}/answer", {"outcome": "nobody_to_broker"}),
        await ask("teacher", "GET", path),
    ]
    entries = [await ask.entry(each) for each in answers]
    assert [(entry["action"], entry["outcome"], entry["code"]) for entry in entries] == [
        ("ask_contact", "recorded", ""),
        ("broker", "recorded", "taken"),
        ("broker", "recorded", "nobody_to_broker"),
        ("ask_contact", "shown", ""),
    ]
    looked = {str(trace.entry_id) for trace in await ask.served.who_looked(child_id)}
    assert {entry["entry_id"] for entry in entries} <= looked


async def test_what_was_asked_and_answered_is_done_with(ask: Ask) -> None:
    request_id = await asked(ask)
    assert request_id in {each["id"] for each in await listed(ask, "manager")}
    assert (await brokered(ask, request_id, "not_agreed")).status_code == 204
    assert request_id not in {each["id"] for each in await listed(ask, "manager")}
    assert request_id in {each["id"] for each in await listed(ask, "social_worker")}
    refused(await brokered(ask, request_id, "passed_on"), 409, "state_conflict")
    again = await ask("manager", "POST", f"{ALL}/{request_id}/take")
    refused(again, 409, "state_conflict")


async def test_a_request_taken_on_many_times_still_has_room_for_its_answer(ask: Ask) -> None:
    request_id = await asked(ask, call_back={**CALL_BACK, "name": "N" * 60})
    for turn in range(12):
        who = ("manager", "second_manager")[turn % 2]
        answer = await ask(who, "POST", f"{ALL}/{request_id}/take", why=KEEP)
        assert answer.status_code == 204
    assert (await brokered(ask, request_id, "passed_on")).status_code == 204
    assert (await told(ask, "social_worker", request_id))["answer"] == "you_will_be_called"
    steps = (await told(ask, "manager", request_id))["team"]["steps"]
    assert [step["step"] for step in steps] == ["taken"] * 5 + ["passed_on"]


# 1. Nothing is told of any child


async def rows(ask: Ask) -> dict[str, Any]:
    """Return what storage shows: how many rows each table has, and how big sealed ones are."""
    found = {}
    for table, column in (("matter", "sealed"), ("work_token", "pointer"), ("child", "policy")):
        sql = f"select count(*) as rows, max(length({column})) as size from {table}"
        found[table] = tuple((await ask.served.rows(sql))[0])
    sql = "select length(sealed) as size from access_entry order by at desc, ctid desc limit 1"
    found["entry"] = (await ask.served.rows(sql))[0]["size"]
    return found


async def test_asking_is_the_same_whoever_the_child_is(ask: Ask) -> None:
    """Here, held, archived, shielded, of a sensitive service, or nobody."""
    here, shielded, sensitive = [await ask.create(a_child()) for _ in range(3)]
    await ask.shield(shielded, day(-90))
    await hidden_service(ask, sensitive)
    doubtful, gone = (await held(ask))[0], (await archived(ask))[0]
    seen = set()
    for child_id in (here, shielded, sensitive, doubtful, gone, str(uuid4())):
        before = await rows(ask)
        answer = await ask("teacher", "POST", ALL, asking(child_id=child_id), headers=once())
        after = await rows(ask)
        added = tuple(
            (table, after[table][0] - before[table][0], after[table][1])
            for table in ("matter", "work_token", "child")
        )
        status, body, headers = outward(answer)
        made = answer.json()
        place = ("location", f"{ALL}/{made['id']}")
        assert place in headers
        said = body.replace(made["id"].encode(), b"").replace(str(made["due"]).encode(), b"")
        heard = await told(ask, "teacher", made["id"])
        heard = {name: heard[name] for name in ("state", "answer", "contact", "service")}
        kept = tuple(pair for pair in headers if pair != place)
        seen.add((status, said, kept, added, after["entry"], str(heard)))
    assert len(seen) == 1


async def test_that_there_is_nobody_and_that_nobody_agreed_are_one_answer(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    heard = []
    for outcome in ("nobody_to_broker", "not_agreed"):
        request_id = await asked(ask, child_id=child_id)
        assert (await brokered(ask, request_id, outcome)).status_code == 204
        shown = await told(ask, "social_worker", request_id)
        heard.append({**shown, "id": "", "opened": 0, "due": 0})
    assert heard[0] == heard[1]
    assert heard[0]["answer"] == "no_contact_can_be_made"


async def test_a_request_that_is_not_there_and_anothers_are_one_answer(ask: Ask) -> None:
    request_id = await asked(ask)
    absent = await ask("teacher", "GET", f"{ALL}/{uuid4()}")
    not_shown(absent)
    assert outward(await ask("teacher", "GET", f"{ALL}/{request_id}")) == outward(absent)
    # A colleague of the same agency did not ask either.
    assert outward(await ask("colleague", "GET", f"{ALL}/{request_id}")) == outward(absent)
    for step, body in (("take", None), ("answer", {"outcome": "passed_on"})):
        not_shown(await ask("manager", "POST", f"{ALL}/{uuid4()}/{step}", body))
    assert request_id not in {each["id"] for each in await listed(ask, "colleague")}


async def test_a_matter_of_another_kind_is_no_request(ask: Ask) -> None:
    body = {"mediator_account_id": account(ask, "teacher")}
    grant_id = (await ask("social_worker", "POST", "/v1/mediations", body)).json()["id"]
    not_shown(await ask("social_worker", "GET", f"{ALL}/{grant_id}"))
    not_shown(await ask("manager", "POST", f"{ALL}/{grant_id}/take"))


# 3. Sent again, and nonsense


async def test_a_request_sent_twice_is_asked_once(ask: Ask) -> None:
    headers, said = once(), asking()
    answers = [await ask("teacher", "POST", ALL, said, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    other = await ask("teacher", "POST", ALL, asking(), headers=headers)
    refused(other, 422, "idempotency_key_reused")
    # The same key of somebody else is another one.
    answer = await ask("social_worker", "POST", ALL, said, headers=headers)
    assert answer.json()["id"] != answers[0].json()["id"]


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"urgency": "same_day", "call_back": CALL_BACK}, "field_missing", "child_id"),
        (asking(lookup={"family_name": "Quoyle"}), "too_few_facts", "lookup"),
        (
            {**asking(), "child_id": str(uuid4())},
            "field_invalid",
            "lookup",
        ),
        (asking(call_back={"name": "North", "phone": "12"}), "field_invalid", "call_back.phone"),
        (asking(urgency="now"), "field_invalid", "urgency"),
    ],
)
async def test_a_request_names_the_child_in_one_way(
    ask: Ask, said: Stated, code: str, field: str
) -> None:
    answer = await ask("teacher", "POST", ALL, said, headers=once())
    refused(answer, 422, code)
    assert answer.json()["errors"] == [{"code": code, "field": field}]


async def test_what_was_agreed_goes_with_a_contact_given_and_nothing_else(ask: Ask) -> None:
    request_id = await asked(ask)
    refused(await brokered(ask, request_id, "contact_given"), 422, "field_missing")
    answer = await brokered(ask, request_id, "passed_on", agreed_on=day())
    refused(answer, 422, "field_invalid")


async def test_texts_too_long_for_a_row_are_refused_and_nothing_is_kept(ask: Ask) -> None:
    """Letters of four bytes, as many as every shape allows."""
    letter = "\U00010330"
    facts = {
        "given_name": letter * 35,
        "middle_names": letter * 35,
        "family_name": letter * 35,
        "date_of_birth": day(3000),
    }
    said = asking(lookup=facts, call_back={**CALL_BACK, "name": letter * 60})
    before = (await rows(ask))["matter"]
    refused(await ask("teacher", "POST", ALL, said, headers=once()), 413, "body_too_large")
    assert (await rows(ask))["matter"] == before


# 4. Lists


async def test_the_most_urgent_stands_first_and_pages_go_on(ask: Ask) -> None:
    slow = await asked(ask, "police_desk", urgency="three_days")
    soon = await asked(ask, "police_desk", urgency="emergency")
    day_ = await asked(ask, "police_desk")
    own = [each["id"] for each in await listed(ask, "police_desk")]
    assert own == [soon, day_, slow]
    waiting = await listed(ask, "manager")
    dues = [each["due"] for each in waiting]
    assert dues == sorted(dues)
    assert {slow, soon, day_} <= {each["id"] for each in waiting}


async def test_a_long_list_comes_page_by_page(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index_service.services.listed.PAGE_MAX", 2)
    made = [await asked(ask, "health_visitor") for _ in range(5)]
    first = (await ask("health_visitor", "GET", ALL)).json()
    assert len(first["requests"]) == 2
    assert sorted(each["id"] for each in await listed(ask, "health_visitor")) == sorted(made)
    for who in ("teacher", "manager"):
        answer = await ask(who, "GET", f"{ALL}?cursor={first['next']}")
        refused(answer, 400, "query_invalid")


async def test_under_a_purpose_the_agreement_does_not_open_nothing_is_asked(ask: Ask) -> None:
    why = Why("enquire_significant_harm", "strategy_discussion")
    answer = await ask("teacher", "POST", ALL, asking(), why=why, headers=once())
    refused(answer, 403, "purpose_not_allowed")
