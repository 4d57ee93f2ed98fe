"""Whose word a consent is: who may give one, for which days, and whose word prevails."""

import pytest

from tests.stories.asking import Ask, refused
from tests.stories.consent_said import (
    CHILD,
    PARENT,
    aged,
    brokered,
    harm,
    read,
    record,
    recorded,
    renew,
    said,
    tell,
    withdraw,
)
from tests.stories.made import TODAY, Stated, day

# 1a. Not theirs to say


@pytest.mark.parametrize(
    ("years", "words", "code"),
    [
        (13, {"giver": "parental_responsibility", "understanding": "sufficient"}, None),
        (13, {"giver": "child", "understanding": "insufficient"}, None),
        (13, {"giver": "child", "understanding": "not_needed"}, None),
        (13, {"giver": "child"}, "field_missing"),
        (16, {"giver": "parental_responsibility"}, None),
        (17, {"giver": "parental_responsibility", "understanding": "sufficient"}, None),
        (18, PARENT, None),
        (18, {"giver": "parental_responsibility"}, None),
    ],
)
async def test_consent_by_somebody_who_may_not_give_it_changes_nothing(
    ask: Ask, years: int, words: Stated, code: str | None
) -> None:
    child_id = await ask.create(aged(years))
    body = {key: word for key, word in said().items() if key not in CHILD} | words
    answer = await record(ask, "therapist", child_id, body)
    refused(answer, 422, code or "consent_giver_not_allowed")
    entry = await ask.entry(answer)
    assert (entry["outcome"], entry["code"]) == ("invalid", code or "consent_giver_not_allowed")
    assert (await read(ask, "therapist", child_id))["consents"] == []


@pytest.mark.parametrize(
    ("years", "words"),
    [
        (13, PARENT),
        (16, {"giver": "child"}),
        (17, PARENT),
        (18, {"giver": "child"}),
        (20, {"giver": "child", "understanding": "not_needed"}),
    ],
)
async def test_consent_by_whoever_may_give_it_is_recorded(
    ask: Ask, years: int, words: Stated
) -> None:
    child_id = await ask.create(aged(years))
    body = {key: word for key, word in said().items() if key not in CHILD} | words
    await recorded(ask, "therapist", child_id, body)


async def test_a_childs_word_prevails_over_a_parents(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    parents = await recorded(ask, "therapist", child_id, said(**PARENT))
    assert await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said("refused"))
    assert not await brokered(ask, "social_worker", child_id)
    for answer in (
        await renew(ask, "therapist", parents, PARENT),
        await withdraw(ask, "therapist", parents, PARENT),
    ):
        refused(answer, 409, "ended_already")
    answer = await record(ask, "therapist", child_id, said(**PARENT))
    refused(answer, 422, "consent_giver_not_allowed")
    assert not await brokered(ask, "social_worker", child_id)
    await recorded(ask, "therapist", child_id, said())
    assert await brokered(ask, "social_worker", child_id)


async def test_a_parent_withdraws_nothing_a_child_gave(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    consent_id = await recorded(ask, "therapist", child_id, said())
    answer = await withdraw(ask, "therapist", consent_id, PARENT)
    refused(answer, 422, "consent_giver_not_allowed")
    refused(await renew(ask, "therapist", consent_id, PARENT), 422, "consent_giver_not_allowed")
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    assert shown["state"] == "given"


# 1b. Days


@pytest.mark.parametrize(
    "days",
    [
        {"begins": day(1)},
        {"begins": day(-400)},
        {"until": day(1)},
        {"begins": day(-20), "until": day(-10)},
        {"until": day(-3 * 365 - 9)},
        {"until": "2199-01-01"},
        {"until": "2031-02-30"},
    ],
)
async def test_no_consent_is_backdated_or_lasts_for_ever(ask: Ask, days: Stated) -> None:
    child_id = await ask.create(aged(13))
    answer = await record(ask, "therapist", child_id, said(**days))
    refused(answer, 422, "date_out_of_range")
    assert (await read(ask, "therapist", child_id))["consents"] == []


async def test_a_consent_to_begin_later_does_not_count_yet(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    await recorded(ask, "therapist", child_id, said(begins=day(-3)))
    (shown,) = (await read(ask, "therapist", child_id))["consents"]
    assert not shown["in_force"]
    refused(await renew(ask, "therapist", shown["consent_id"]), 409, "ended_already")
    assert (await withdraw(ask, "therapist", shown["consent_id"])).status_code == 204


async def test_to_stay_past_18_is_asked_of_the_young_person_at_17(ask: Ask) -> None:
    stay = {"given_for": "stay_past_18", "state": "given", "giver": "child"}
    young, old = await ask.create(aged(16)), await ask.create(aged(17))
    answer = await record(ask, "social_worker", young, {**stay, "until": day(-900)})
    refused(answer, 422, "consent_giver_not_allowed")
    answer = await record(ask, "social_worker", old, {**stay, **PARENT})
    refused(answer, 422, "consent_giver_not_allowed")
    await recorded(ask, "social_worker", old, stay)
    (shown,) = (await read(ask, "social_worker", old))["consents"]
    assert int(shown["until"][:4]) - TODAY.year >= 7
