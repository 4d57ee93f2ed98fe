"""Telling a family who looked: recorded, refused or released by the team, kinds and months only."""

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.stories.asking import NO_WHY, Ask, not_shown, refused
from tests.stories.auditing import searched
from tests.stories.hidden import archived, held
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, by_name, day, key
from tests.stories.telling import (
    CHILD,
    MONTH_LATER,
    PARENT,
    REQUESTS,
    a_month_later,
    asked,
    kinds,
    of_then,
    refuse,
    release,
    reported,
    told,
    waits,
)
from tests.stories.test_mediation import granted, under
from tests.stories.test_silence import outward

ASKS = ("POST", f"/v1/children/{uuid4()}/who-looked-requests", CHILD)
ALL = [
    ASKS,
    ("GET", REQUESTS, None),
    ("POST", f"{REQUESTS}/{uuid4()}/refuse", {"reason": "harm_possible"}),
    ("POST", f"{REQUESTS}/{uuid4()}/release", None),
]


# Whoever may not


async def test_without_a_token_nobody_is_told(ask: Ask) -> None:
    for asks in ALL:
        refused(await ask(None, *asks), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("social_worker", "role_not_allowed"),
        ("auditor", "role_not_allowed"),
        ("schools_feed", "role_not_allowed"),
        ("case_system", "role_not_allowed"),
        ("suspended_manager", "account_suspended"),
    ],
)
async def test_only_the_team_tells_who_looked(ask: Ask, who: str, code: str) -> None:
    for asks in ALL:
        once = {"Idempotency-Key": key()}
        refused(await ask(who, *asks, why=NO_WHY, headers=once), 403, code)


async def test_who_asks_and_why_stands_in_the_request_and_must(ask: Ask) -> None:
    """No purpose of a practitioner's fits a family's question: its own words are asked for."""
    for name in CHILD:
        without = {each: word for each, word in CHILD.items() if each != name}
        answer = await asked(ask, str(uuid4()), without)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, name)


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"competence": "not_judged"}, "judged_by"),
        ({"judged_by": None}, "judged_by"),
        ({"judged_on": day(-1)}, "judged_on"),
        ({"wish": "not_asked"}, "unasked_because"),
        ({"unasked_because": "too_young"}, "unasked_because"),
        ({"detail": "agencies"}, "detail_ground"),
        ({"detail_ground": "complaint"}, "detail_ground"),
        ({"orders": "perhaps"}, "orders"),
    ],
)
async def test_what_does_not_fit_together_is_not_recorded(
    ask: Ask, differs: Stated, field: str
) -> None:
    answer = await asked(ask, str(uuid4()), {**CHILD, **differs})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_of_nobody_there_is_nothing_to_tell(ask: Ask) -> None:
    not_shown(await asked(ask, str(uuid4()), CHILD))
    for act in (release, refuse):
        not_shown(await act(ask, str(uuid4())))
    panel_or_other = await ask.create(a_child())
    not_shown(await release(ask, panel_or_other))


# Main scenario


async def test_a_family_is_told_who_saw_what_in_which_month_for_which_purpose(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    for _ in range(3):
        await ask.shown("teacher", child_id)
    assert (await ask.look_up("health_visitor", **by_name(child)))["matches"]
    answer = await reported(ask, child_id)
    report = answer.json()
    assert [(line["agency_kind"], line["purpose"]) for line in report["looks"]] == [
        ("health_visiting", "safeguard"),
        ("school", "safeguard"),
    ]
    now = ask.served.index.clock.today().strftime("%Y-%m")
    assert {line["month"] for line in report["looks"]} == {now}
    teachers = report["looks"][1]
    assert {"identity", "whereabouts", "settings"} <= set(teachers["classes"])
    assert {line["agency"] for line in report["looks"]} == {None}
    assert {line["practitioner"] for line in report["looks"]} == {None}
    assert report["detail"] == "kinds"


async def test_a_request_and_its_report_stand_in_the_log(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    answer = await reported(ask, child_id)
    entry = await ask.entry(answer)
    assert (entry["action"], entry["outcome"]) == ("tell_who_looked", "shown")
    assert entry["result_commit"] == hashlib.sha256(answer.content).hexdigest()
    (subject,) = entry["subjects"]
    assert subject["shown"] is False  # the family saw who looked, not the record
    assert await told(ask, child_id) == []


async def test_the_month_that_runs_is_not_told(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shown("teacher", child_id)
    answer = await release(ask, await waits(ask, child_id, CHILD))
    assert answer.json()["looks"] == []
    assert kinds(await told(ask, child_id)) == ["school"]


async def test_what_was_asked_and_not_shown_is_no_look(ask: Ask) -> None:
    child_id, _ = await archived(ask)
    not_shown(await ask.read("teacher", child_id))
    assert await told(ask, child_id) == []


async def test_feeds_and_auditors_do_not_look_and_the_team_is_told_as_a_kind(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await searched(ask, child_id=child_id)
    assert await told(ask, child_id) == []
    await ask.shown("manager", child_id)
    (line,) = await told(ask, child_id)
    assert (line["agency_kind"], line["classes"], line["purpose"]) == ("authority", [], None)


async def test_who_was_shown_it_through_another_is_told_too(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    grant_id = await granted(ask, "social_worker", "teacher")
    answer = await ask("teacher", "GET", f"/v1/children/{child_id}", headers=under(grant_id))
    assert answer.status_code == 200, answer.text
    assert kinds(await told(ask, child_id)) == ["school", "social_care"]


async def test_a_request_sent_again_is_one_request(ask: Ask) -> None:
    child_id, once = await ask.create(a_child()), {"Idempotency-Key": key()}
    first = await asked(ask, child_id, PARENT, **once)
    again = await asked(ask, child_id, PARENT, **once)
    assert outward(first)[1] == outward(again)[1]
    answer = await ask("manager", "GET", REQUESTS, why=NO_WHY)
    found = [each for each in answer.json()["requests"] if each["child_id"] == child_id]
    (shown,) = found
    assert {name: shown[name] for name in PARENT} == PARENT


# The gate


@pytest.mark.parametrize(
    ("differs", "refusal"),
    [
        ({"wish": "objects"}, "child_objects"),
        ({"competence": "sufficient"}, "child_is_competent"),
        ({"orders": "no_contact"}, "order_forbids"),
        ({"harm": "likely"}, "harm_likely"),
        ({"harm": "possible"}, "harm_possible"),
        ({"right": "not_shown"}, "right_not_shown"),
        ({"judged_on": day(91)}, "competence_not_judged"),
    ],
)
async def test_a_parent_is_refused_unless_everything_is_in_order(
    ask: Ask, differs: Stated, refusal: str
) -> None:
    child_id = await ask.create(a_child())
    answer = await asked(ask, child_id, {**PARENT, **differs})
    made = answer.json()
    assert (answer.status_code, made["state"], made["refusals"]) == (201, "refused", [refusal])
    entry = await ask.entry(answer)
    assert (entry["outcome"], entry["code"]) == ("recorded", refusal)
    refused(await release(ask, made["id"], "second_manager"), 409, "ended_already")
    waiting = await ask("manager", "GET", REQUESTS, why=NO_WHY)
    assert made["id"] not in waiting.text


async def test_a_request_is_refused_by_anybody_of_the_team_and_told_once(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    request_id = await waits(ask, child_id, PARENT)
    assert (await refuse(ask, request_id, "second_manager")).status_code == 204
    refused(await release(ask, request_id), 409, "ended_already")
    another = await waits(ask, child_id, PARENT)
    assert (await release(ask, another)).status_code == 200
    refused(await release(ask, another), 409, "ended_already")
    refused(await refuse(ask, another), 409, "ended_already")


async def test_a_report_whose_answer_was_lost_is_made_again_for_whoever_released_it(
    ask: Ask,
) -> None:
    """A lost answer used the report up, and the family got none."""
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    async with a_month_later(ask) as later:
        request_id, once = await waits(later, child_id, of_then(CHILD)), key()
        first = await release(later, request_id, sent_as=once)
        again = await release(later, request_id, sent_as=once)
        assert first.json()["looks"]
        assert (again.status_code, again.content) == (200, first.content)
        entries = [await later.entry(each) for each in (first, again)]
        assert [each["code"] for each in entries] == ["", "replayed"]
        for entry in entries:
            assert entry["result_commit"] == hashlib.sha256(first.content).hexdigest()
            assert [each["shown"] for each in entry["subjects"]] == [False]
        for who, sent_as in (("manager", key()), ("second_manager", once)):
            answer = await release(later, request_id, who, sent_as)
            refused(answer, 409, "ended_already")
        another = await waits(later, child_id, of_then(CHILD))
        refused(await release(later, another, sent_as=once), 422, "idempotency_key_reused")
    ask.answers += later.answers


async def test_a_report_sent_for_again_is_decided_again(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    request_id, once = await waits(ask, child_id, CHILD), key()
    assert (await release(ask, request_id, sent_as=once)).status_code == 200
    await ask.shield(child_id, day(-20))
    refused(await release(ask, request_id, "manager", once), 409, "second_person_needed")


async def test_a_report_sent_for_again_tells_no_look_made_since(ask: Ask) -> None:
    """Else whoever released it once could go on asking who looks."""
    child_id = await ask.create(a_child())
    request_id, once = await waits(ask, child_id, CHILD), key()
    first = await release(ask, request_id, sent_as=once)
    assert (first.status_code, first.json()["looks"]) == (200, [])  # this month is not over
    await ask.shown("teacher", child_id)
    for later, status in (({"days": 27}, 200), (MONTH_LATER, 409)):
        async with asking_at(ask, on(**later)) as then:
            again = await release(then, request_id, sent_as=once)
            assert again.status_code == status
            assert status != 200 or again.content == first.content
        ask.answers += then.answers


async def test_a_request_lapses(ask: Ask) -> None:
    request_id = await waits(ask, await ask.create(a_child()), PARENT)
    async with a_month_later(ask) as later:
        refused(await release(later, request_id), 409, "ended_already")
    ask.answers += later.answers


async def test_the_gate_decides_anew_at_the_release(ask: Ask) -> None:
    """What was judged of a child's understanding was good for ninety days."""
    found = {**PARENT, "judged_on": day(80)}
    request_id = await waits(ask, await ask.create(a_child()), found)
    async with asking_at(ask, on(days=11)) as later:
        refused(await release(later, request_id), 409, "state_conflict")
    ask.answers += later.answers


# A shielded child, or one a sensitive service is known to


async def guarded(ask: Ask, how: str) -> str:
    """Return a child who is guarded, looked at by a teacher."""
    if how == "held":
        child_id, _ = await held(ask)
        return child_id
    child_id = await ask.create(a_child())
    await ask.shown("teacher", child_id)
    if how == "shielded":
        await ask.shield(child_id, day(-90))
    if how == "sensitive":
        await ask.begin("therapist", child_id, service="mental_health", consent=True)
    if how == "looked_at":
        await ask.shown("therapist", child_id)
    return child_id


@pytest.mark.parametrize("how", ["shielded", "sensitive", "looked_at", "held"])
async def test_a_guarded_child_takes_a_second_person_and_kinds_only(ask: Ask, how: str) -> None:
    child_id = await guarded(ask, how)
    more = {**of_then(CHILD), "detail": "names", "detail_ground": "child_asked"}
    async with a_month_later(ask) as later:
        request_id = await waits(later, child_id, more)
        refused(await release(later, request_id), 409, "second_person_needed")
        answer = await release(later, request_id, "second_manager")
    ask.answers += later.answers
    report = answer.json()
    assert (answer.status_code, report["detail"]) == (200, "kinds")
    assert kinds(report["looks"]) == ([] if how == "held" else ["school"])
    assert {(line["agency"], line["practitioner"]) for line in report["looks"]} <= {(None, None)}


async def test_another_account_is_not_another_person(ask: Ask) -> None:
    child_id = await guarded(ask, "shielded")
    answer = await asked(ask, child_id, CHILD, "double_manager")
    request_id = answer.json()["id"]
    refused(await release(ask, request_id, "same_manager"), 409, "second_person_needed")
    assert (await release(ask, request_id, "manager")).status_code == 200


# More than kinds


async def test_agencies_are_named_on_a_ground_by_two(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shown("teacher", child_id)
    more = {**CHILD, "detail": "agencies", "detail_ground": "complaint"}
    refused(await release(ask, await waits(ask, child_id, more)), 409, "second_person_needed")
    (line,) = await told(ask, child_id, more)
    assert (line["agency"], line["practitioner"]) == ("Northmere Primary School", None)


async def named_teacher(ask: Ask, **differs: object) -> str:
    """Return a new teacher who has a name on the index, known by it to the issuer."""
    teacher = ask.issuer.personas["teacher"]
    body = {"agency_id": str(teacher.agency.id), "name": "Marit Quoyle"}
    hours = [{"days": ["mon"], "opens": "08:30", "closes": "17:30"}]
    team: Stated = {"name": "Larkfield Office", "phone": "+441632960120", "hours": hours}
    once = {"Idempotency-Key": key()}
    made = await ask("manager", "POST", "/v1/practitioners", {**body, "team": team}, headers=once)
    assert made.status_code == 201, made.text
    who = f"teacher-{key()}"
    cleared = {name: day(30) for name in ("checked_on", "trained_on", "signed_on")}
    account = {
        "issuer": ask.issuer.url,
        "subject": who,
        "agency_id": str(teacher.agency.id),
        "role": "practitioner",
        "practitioner_id": made.json()["id"],
        **cleared,
    }
    once = {"Idempotency-Key": key()}
    answer = await ask("manager", "POST", "/v1/accounts", account, headers=once)
    assert answer.status_code == 201, answer.text
    ask.issuer.personas[who] = replace(teacher, name=who, subject=who)
    if differs:
        path = f"/v1/practitioners/{made.json()['id']}"
        assert (await ask("manager", "PATCH", path, differs)).status_code == 204
    return who


async def test_practitioners_are_named_on_a_ground_by_two(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shown(await named_teacher(ask), child_id)
    await ask.shown("health_visitor", child_id)
    more = {**CHILD, "detail": "names", "detail_ground": "court_direction"}
    lines = await told(ask, child_id, more)
    assert [line["practitioner"] for line in lines] == [None, "Marit Quoyle"]


async def test_a_practitioner_whose_contact_is_shielded_is_not_named(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shown(await named_teacher(ask, contact_shielded=True), child_id)
    more = {**CHILD, "detail": "names", "detail_ground": "complaint"}
    (line,) = await told(ask, child_id, more)
    assert (line["agency"], line["practitioner"]) == ("Northmere Primary School", None)
