"""Asking about many children at once: each as if asked alone, each with its own entry."""

from typing import Any

import pytest

from index_service.log.receipt import verify_receipt
from tests.stories.asking import NO_WHY, Answer, Ask, refused
from tests.stories.made import Stated, a_child, by_everything, by_name, day

BATCH = ("POST", "/v1/lookups/batch")


def subject(lookup: Stated, **differs: Any) -> Stated:
    """Return one question of a batch."""
    return {"purpose": "safeguard", "reason": "review", "lookup": lookup, **differs}


async def send(ask: Ask, *subjects: Stated, who: str | None = "teacher") -> Answer:
    """Send a batch; purpose and reason stand in its subjects."""
    return await ask(who, *BATCH, {"subjects": list(subjects)}, why=NO_WHY)


async def answers_to(ask: Ask, *subjects: Stated, who: str = "teacher") -> list[Stated]:
    """Return the answers of a batch, in order."""
    answer = await send(ask, *subjects, who=who)
    assert answer.status_code == 200, answer.text
    answers: list[Stated] = answer.json()["answers"]
    assert [each["position"] for each in answers] == list(range(len(subjects)))
    return answers


async def test_without_a_token_nothing_is_answered(ask: Ask) -> None:
    refused(await send(ask, subject(by_name(a_child())), who=None), 401, "not_authenticated")


async def test_a_role_that_looks_nobody_up_is_refused_each_question(ask: Ask) -> None:
    (answer,) = await answers_to(ask, subject(by_name(a_child())), who="schools_feed")
    assert (answer["code"], answer["answer"]) == ("role_not_allowed", None)


async def test_a_suspended_account_is_refused_the_whole(ask: Ask) -> None:
    answer = await send(ask, subject(by_name(a_child())), who="suspended_worker")
    refused(answer, 403, "account_suspended")


async def test_a_question_without_a_reason_is_no_question(ask: Ask) -> None:
    asked = subject(by_name(a_child()))
    del asked["reason"]
    answer = await send(ask, asked)
    refused(answer, 422, "field_missing")
    assert answer.json()["errors"] == [{"code": "field_missing", "field": "subjects[0].reason"}]


async def test_each_question_is_answered_as_if_asked_alone(ask: Ask) -> None:
    here, shielded = a_child(), a_child()
    await ask.create(here)
    await ask.shield(await ask.create(shielded), day(-90))
    questions = [by_everything(here), by_name(shielded), by_name(a_child())]
    answers = await answers_to(ask, *map(subject, questions))
    for question, answer in zip(questions, answers, strict=True):
        assert answer["code"] is None
        assert answer["answer"] == await ask.look_up("teacher", **question)
    assert [each["answer"]["outcome"] for each in answers] == ["found", "found", "none"]


async def test_a_number_not_for_the_asker_is_refused_once_among_others(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    asked = [subject({"nhs_number": child["nhs_number"]}), subject(by_name(child))]
    no, found = await answers_to(ask, *asked)
    assert (no["code"], no["answer"]) == ("number_not_allowed", None)
    assert found["answer"]["outcome"] == "found"
    codes = [each["code"] for each in (await ask.served.entries())[-3:]]
    assert sorted(codes) == ["batch", "found", "number_not_allowed"]


async def test_a_bad_question_spoils_no_other(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    answers = await answers_to(
        ask,
        subject({"gender": "female"}),
        subject({**by_name(child), "nhs_number": "9990000000"}),
        subject(by_name(child), purpose="keep_index"),
        subject(by_name(child), reason="admission_or_attendance"),
        subject(by_name(child), reference="RPT/9990000018"),
        subject(by_name(child)),
    )
    assert [each["code"] for each in answers] == [
        "too_few_facts",
        "identifier_invalid",
        "purpose_not_allowed",
        "reason_not_allowed",
        "reference_invalid",
        None,
    ]
    assert answers[-1]["answer"]["outcome"] == "found"
    assert all(each["answer"] is None for each in answers[:-1])


async def test_each_question_has_its_own_reason_and_its_own_entry(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    answer = await send(
        ask,
        subject(by_name(child), reference="RPT/10442"),
        subject(by_name(a_child()), purpose="promote_welfare", reason="planned_care"),
        subject({"gender": "male"}),
    )
    entries = await ask.served.entries(answer.headers["x-request-id"])
    by_id = {entry["entry_id"]: entry for entry in entries}
    keyring = ask.served.index.keyring
    public = keyring.receipt_key.public_key()
    of_each = [
        by_id.pop(str(verify_receipt(public, keyring.csa, each["receipt"]).entry_id))
        for each in answer.json()["answers"]
    ]
    assert [(e["outcome"], e["purpose"], e["reason"], e["reference"]) for e in of_each] == [
        ("shown", "safeguard", "review", "RPT/10442"),
        ("nothing", "promote_welfare", "planned_care", ""),
        ("invalid", "safeguard", "review", ""),
    ]
    teacher = str(ask.issuer.personas["teacher"].account.id)
    assert {entry["account"] for entry in entries} == {teacher}
    (whole,) = by_id.values()
    assert (whole["entry_id"], whole["count"]) == (ask.receipt_of(answer), 3)
    looked = [trace.entry_id.hex for trace in await ask.served.who_looked(child_id) if trace.shown]
    assert looked == [of_each[0]["entry_id"].replace("-", "")]


@pytest.mark.parametrize("count", [0, 401])
async def test_a_batch_has_1_to_400_questions(ask: Ask, count: int) -> None:
    answer = await send(ask, *[subject(by_name(a_child()))] * count)
    refused(answer, 422, "field_invalid")


async def test_four_hundred_questions_are_answered(ask: Ask) -> None:
    nobody = {"given_name": "Xanthippe", "family_name": "Zwyrtlebrook"}  # unlike any made name
    asked = [subject(by_name(a_child(name=nobody))) for _ in range(400)]
    answers = await answers_to(ask, *asked)
    assert {each["answer"]["outcome"] for each in answers} == {"none"}
