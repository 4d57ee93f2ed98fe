"""What an entry rests on instead of consent, a decision not to share, and what a family said."""

import pytest

from tests.stories.asking import Ask, not_shown, refused
from tests.stories.consent_said import (
    PARENT,
    about,
    aged,
    brokered,
    harm,
    once,
    read,
    recorded,
    said,
    tell,
    withdraw,
)
from tests.stories.made import Stated, contact, day, involvement

# 3. Another basis, and not sharing

SILENT = {"recipient_kind": "housing", "reason": "not_proportionate", "decided_on": day()}


def basis(**differs: object) -> Stated:
    """Return a basis of significant harm for a sensitive entry."""
    return {"kind": "significant_harm", "service": "mental_health", **harm(), **differs}


async def test_significant_harm_carries_an_entry_without_consent(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    entry = await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    assert (await ask("therapist", "GET", f"/v1/involvements/{entry}")).status_code == 200
    assert await brokered(ask, "social_worker", child_id)
    (shown,) = (await read(ask, "therapist", child_id))["bases"]
    assert (shown["kind"], shown["reason"]) == ("significant_harm", "is_likely_to_suffer")
    assert (shown["decided_on"], shown["review"], shown["ended"]) == (day(2), day(-60), None)
    path = f"{about(child_id, 'bases')}/{shown['basis_id']}/end"
    not_shown(await ask("social_worker", "POST", path))
    assert (await ask("therapist", "POST", path)).status_code == 204
    assert not await brokered(ask, "social_worker", child_id)
    refused(await ask("therapist", "POST", path), 409, "ended_already")


async def test_a_refusal_stands_beside_significant_harm(ask: Ask) -> None:
    await tell(ask.served, "social_care")
    child_id = await ask.create(aged(13))
    await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    await recorded(ask, "therapist", child_id, said("refused"))
    assert await brokered(ask, "social_worker", child_id)


@pytest.mark.parametrize(
    ("who", "differs", "field"),
    [
        ("therapist", {"consent": True, "significant_harm": harm()}, "significant_harm"),
        ("teacher", {"service": "school", "significant_harm": harm()}, "significant_harm"),
        ("therapist", {"significant_harm": harm(reason="ordered_by_court")}, None),
        ("therapist", {"significant_harm": harm(review=day(1))}, "significant_harm.review"),
        (
            "therapist",
            {"significant_harm": harm(decided_on=day(-1))},
            "significant_harm.decided_on",
        ),
    ],
)
async def test_an_entry_rests_on_one_basis_that_can_be(
    ask: Ask, who: str, differs: Stated, field: str | None
) -> None:
    child_id = await ask.create(aged(13))
    body = involvement(**{"service": "mental_health", **differs})
    answer = await ask(who, "POST", about(child_id, "involvements"), body, headers=once())
    assert answer.status_code == 422, answer.text
    assert field in (None, answer.json()["errors"][0]["field"])
    assert (await read(ask, who, child_id))["bases"] == []


async def test_what_was_refused_is_not_entered_as_consented(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    await recorded(ask, "therapist", child_id, said("refused"))
    body = involvement("mental_health", consent=True)
    answer = await ask("therapist", "POST", about(child_id, "involvements"), body, headers=once())
    refused(answer, 409, "consent_missing")
    await ask.begin("therapist", child_id, service="mental_health", significant_harm=harm())
    await recorded(ask, "therapist", child_id, said())
    await ask.begin("therapist", child_id, service="mental_health", consent=True)


@pytest.mark.parametrize(
    "differs",
    [
        {"reason": "serious_crime"},
        {"kind": "court_order"},
        {"kind": "public_interest", "reason": "serious_crime"},  # carries no entry
        {"service": "school"},
        {"decided_on": day(-1)},
        {"decided_on": day(400)},
        {"review": day()},
        {"review": day(-400)},
        {"kind": "consent"},
    ],
)
async def test_a_basis_that_cannot_be_is_refused(ask: Ask, differs: Stated) -> None:
    child_id = await ask.create(aged(13))
    who = "social_worker" if differs.get("service") == "school" else "therapist"
    path = about(child_id, "bases")
    answer = await ask(who, "POST", path, basis(**differs), headers=once())
    assert answer.status_code == 422, answer.text
    assert (await read(ask, who, child_id))["bases"] == []


async def test_a_decision_not_to_share_is_kept_with_its_reason(ask: Ask) -> None:
    child_id = await ask.create(aged(13))
    path, headers = about(child_id, "not-shared"), once()
    answers = [await ask("teacher", "POST", path, SILENT, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = {"kind": "court_order", "reason": "ordered_by_court", "decided_on": day()}
    body = {**other, "review": day(-9)}
    answer = await ask("teacher", "POST", about(child_id, "bases"), body, headers=once())
    assert answer.status_code == 201, answer.text
    shown = await read(ask, "teacher", child_id)
    (kept,) = shown["not_shared"]
    assert {key: kept[key] for key in SILENT} == SILENT
    assert len(shown["bases"]) == 1
    assert (await read(ask, "social_worker", child_id))["not_shared"] == []
    assert len((await read(ask, "manager", child_id))["not_shared"]) == 1


# 4. The common assessment


async def test_a_common_assessment_is_told_as_the_family_said(ask: Ask) -> None:
    await tell(ask.served)
    child_id = await ask.create(aged(9))
    path = about(child_id, "assessment")
    held = {"contact": contact(), "held_since": day(3)}
    assert (await ask("social_worker", "PUT", path, held)).status_code == 204
    caf = {"given_for": "caf", **PARENT}

    async def told(who: str) -> bool:
        return (await ask.shown(who, child_id))["assessment"] is not None

    assert await told("teacher")
    refused_id = await recorded(ask, "social_worker", child_id, {**caf, "state": "refused"})
    assert not await told("teacher")
    assert await told("social_worker")
    assert await told("manager")
    refused(await withdraw(ask, "social_worker", refused_id, PARENT), 409, "ended_already")
    given = await recorded(ask, "social_worker", child_id, {**caf, "state": "given"})
    assert await told("teacher")
    assert (await withdraw(ask, "social_worker", given, PARENT)).status_code == 204
    assert not await told("teacher")
