"""Asking for a shield: by whom, on what ground; refused with a reason, appealed, granted."""

from datetime import datetime
from uuid import uuid4

import pytest

from index_service.domain.clock import LONDON, next_working_day
from tests.stories.asking import NO_WHY, SHIELDING, Answer, Ask, Why, not_shown, refused
from tests.stories.hidden import archived, held
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, by_everything, day, key
from tests.stories.test_silence import outward

ASKING = Why("safeguard", "review")
ASKED: Stated = {
    "ground": "domestic_abuse",
    "asked_by": "parent_or_carer",
    "identity_checked": "documents_seen",
    "can_be_contacted": True,
}


async def asked(ask: Ask, child_id: str, who: str = "social_worker", **differs: object) -> Answer:
    """Ask for a shield."""
    path, why = f"/v1/children/{child_id}/shield-requests", ASKING
    if who == "manager":
        why = SHIELDING
    headers = {"Idempotency-Key": key()}
    return await ask(who, "POST", path, {**ASKED, **differs}, why=why, headers=headers)


async def refuse(
    ask: Ask, request_id: str, who: str = "manager", reason: str = "no_increased_risk"
) -> Answer:
    """Refuse a request."""
    path = f"/v1/shield-requests/{request_id}/refuse"
    return await ask(who, "POST", path, {"reason": reason}, why=SHIELDING)


async def appeal(ask: Ask, request_id: str, who: str = "social_worker") -> Answer:
    """Appeal against a refusal."""
    path = f"/v1/shield-requests/{request_id}/appeal"
    return await ask(who, "POST", path, why=ASKING)


async def grant(ask: Ask, child_id: str, request_id: str | None, who: str = "manager") -> Answer:
    """Grant a shield, in answer to a request if one is named."""
    said = {"ground": "domestic_abuse", "asked_by": "parent_or_carer", "review": day(-90)}
    if request_id:
        said["request_id"] = request_id
    headers = {"Idempotency-Key": key()}
    path = f"/v1/children/{child_id}/shield"
    return await ask(who, "POST", path, said, why=SHIELDING, headers=headers)


async def state(ask: Ask, request_id: str, who: str = "manager") -> str | None:
    """Return how far a request has come, or None if it is not told."""
    why = SHIELDING if who.endswith("manager") else ASKING
    answer = await ask(who, "GET", "/v1/shield-requests", why=why)
    assert answer.status_code == 200, answer.text
    found = {each["request_id"]: each["state"] for each in answer.json()["requests"]}
    told: str | None = found.get(request_id)
    return told


async def made(ask: Ask) -> tuple[str, str]:
    """Record a child and ask for a shield; return the child's id and the request's."""
    child_id = await ask.create(a_child())
    answer = await asked(ask, child_id)
    assert answer.status_code == 201, answer.text
    return child_id, answer.json()["id"]


async def test_without_a_token_nobody_asks_for_a_shield(ask: Ask) -> None:
    answer = await ask(None, "POST", f"/v1/children/{uuid4()}/shield-requests", ASKED)
    refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_suppliers_and_auditors_ask_for_no_shield(ask: Ask, who: str) -> None:
    refused(await asked(ask, str(uuid4()), who), 403, "role_not_allowed")


async def test_only_the_team_refuses(ask: Ask) -> None:
    _, request_id = await made(ask)
    refused(await refuse(ask, request_id, "social_worker"), 403, "role_not_allowed")


async def test_a_suspended_account_asks_for_no_shield(ask: Ask) -> None:
    refused(await asked(ask, str(uuid4()), "suspended_worker"), 403, "account_suspended")


async def test_without_a_reason_nobody_asks_for_a_shield(ask: Ask) -> None:
    path, headers = f"/v1/children/{uuid4()}/shield-requests", {"Idempotency-Key": key()}
    answer = await ask("teacher", "POST", path, ASKED, why=NO_WHY, headers=headers)
    refused(answer, 400, "purpose_missing")


@pytest.mark.parametrize(
    "wrong",
    [
        {"can_be_contacted": False},
        {"identity_checked": "not_checked"},
        {"ground": "a_long_story"},
    ],
)
async def test_who_cannot_be_reached_or_is_not_known_has_not_asked(ask: Ask, wrong: Stated) -> None:
    child_id = await ask.create(a_child())
    before = len((await _requests(ask))["requests"])
    refused(await asked(ask, child_id, **wrong), 422, "field_invalid")
    assert len((await _requests(ask))["requests"]) == before


async def _requests(ask: Ask) -> Stated:
    told: Stated = (await ask("manager", "GET", "/v1/shield-requests", why=SHIELDING)).json()
    return told


# Main scenario


async def test_a_request_is_granted_and_the_shield_names_it(ask: Ask) -> None:
    child_id, request_id = await made(ask)
    assert await state(ask, request_id) == "waiting"
    shield_id = (await grant(ask, child_id, request_id)).json()["id"]
    assert await state(ask, request_id) == "granted"
    assert await state(ask, request_id, "social_worker") == "granted"
    (shown,) = (await ask.shown("manager", child_id))["restriction"]["shields"]
    worker = ask.issuer.personas["social_worker"].account.id
    assert (shown["shield_id"], shown["request_id"]) == (shield_id, request_id)
    assert (shown["requested_by"], shown["appealed"]) == (str(worker), False)


async def test_a_request_tells_ground_asker_and_clock_to_the_team(ask: Ask) -> None:
    child_id, request_id = await made(ask)
    (shown,) = [r for r in (await _requests(ask))["requests"] if r["request_id"] == request_id]
    assert (shown["child_id"], shown["ground"]) == (child_id, "domestic_abuse")
    assert (shown["asked_by"], shown["identity_checked"]) == ("parent_or_carer", "documents_seen")
    assert shown["due"] > shown["asked_at"]


async def test_only_the_sender_and_the_team_are_told_of_a_request(ask: Ask) -> None:
    _, request_id = await made(ask)
    assert await state(ask, request_id, "colleague") is None
    assert await state(ask, request_id, "social_worker") == "waiting"


async def test_a_request_leaves_the_record_as_it_was(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    before = outward(await ask.read("teacher", child_id))
    assert (await asked(ask, child_id)).status_code == 201
    assert outward(await ask.read("teacher", child_id)) == before


# 2a. Refused, and appealed


async def test_a_refusal_has_a_reason_and_changes_no_record(ask: Ask) -> None:
    child_id, request_id = await made(ask)
    assert (await refuse(ask, request_id, reason="whereabouts_known")).status_code == 204
    assert await state(ask, request_id, "social_worker") == "refused"
    refused(await refuse(ask, request_id), 409, "state_conflict")
    refused(await grant(ask, child_id, request_id), 409, "state_conflict")
    assert (await ask.shown("teacher", child_id))["restricted"] is False


async def test_an_appeal_is_decided_by_somebody_else(ask: Ask) -> None:
    child_id, request_id = await made(ask)
    refused(await appeal(ask, request_id), 409, "state_conflict")
    await refuse(ask, request_id)
    assert (await appeal(ask, request_id)).status_code == 204
    assert await state(ask, request_id) == "appealed"
    refused(await refuse(ask, request_id), 409, "second_person_needed")
    refused(await grant(ask, child_id, request_id), 409, "second_person_needed")
    assert (await grant(ask, child_id, request_id, "second_manager")).status_code == 201
    (shown,) = (await ask.shown("manager", child_id))["restriction"]["shields"]
    assert shown["appealed"] is True


async def test_an_appeal_is_not_decided_by_the_refusers_other_account(ask: Ask) -> None:
    child_id, request_id = await made(ask)
    await refuse(ask, request_id, "double_manager")
    assert (await appeal(ask, request_id)).status_code == 204
    refused(await refuse(ask, request_id, "same_manager"), 409, "second_person_needed")
    refused(await grant(ask, child_id, request_id, "same_manager"), 409, "second_person_needed")
    assert (await grant(ask, child_id, request_id)).status_code == 201


async def test_an_appeal_is_heard_once_and_is_the_senders(ask: Ask) -> None:
    _, request_id = await made(ask)
    await refuse(ask, request_id)
    not_shown(await appeal(ask, request_id, "colleague"))
    not_shown(await appeal(ask, str(uuid4())))
    await appeal(ask, request_id)
    assert (await refuse(ask, request_id, "second_manager")).status_code == 204
    refused(await appeal(ask, request_id), 409, "ended_already")


# 3a. What a grant may name


async def test_a_grant_names_a_request_about_that_child(ask: Ask) -> None:
    child_id, request_id = await made(ask)
    other_id = await ask.create(a_child())
    refused(await grant(ask, other_id, request_id), 422, "field_invalid")
    refused(await grant(ask, other_id, str(uuid4())), 422, "field_invalid")
    assert (await ask.shown("teacher", other_id))["restricted"] is False
    assert (await grant(ask, child_id, request_id)).status_code == 201
    refused(await grant(ask, child_id, request_id), 409, "state_conflict")
    refused(await refuse(ask, request_id), 409, "state_conflict")


async def test_absent_held_and_archived_are_one_answer(ask: Ask) -> None:
    absent = await asked(ask, str(uuid4()))
    not_shown(absent)
    for child_id, _ in (await held(ask), await archived(ask)):
        assert outward(await asked(ask, child_id)) == outward(absent)


async def test_of_a_shielded_child_a_shield_may_be_asked_all_the_same(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    assert (await asked(ask, child_id)).status_code == 201


async def test_a_grant_with_a_request_and_one_without_leave_the_same_rows(ask: Ask) -> None:
    """Whoever stole the store must not see in a request's row that it was granted."""
    child_id, request_id = await made(ask)
    other_id = await ask.create(a_child())
    added = []
    for child, request in ((child_id, request_id), (other_id, None)):
        before = await _stored(ask)
        await grant(ask, child, request)
        added.append(_gone_and_new(before, await _stored(ask)))
    assert added == [(0, 0, 1, 3), (0, 0, 1, 3)]


async def _stored(ask: Ask) -> list[set[tuple[object, ...]]]:
    tables = ("matter", "case_row", "work_token")
    return [
        {tuple(row) for row in await ask.served.rows(f"select xmin::text, ctid::text from {table}")}
        for table in tables
    ]


def _gone_and_new(
    before: list[set[tuple[object, ...]]], after: list[set[tuple[object, ...]]]
) -> tuple[int, int, int, int]:
    (matters, _, _), (matters_now, _, _) = before, after
    return (
        len(matters - matters_now),
        len(matters_now - matters),
        len(after[1] - before[1]),
        len(after[2] - before[2]),
    )


# 4a. Reviewed


async def review(ask: Ask, child_id: str, shield_id: str, on_day: str) -> Answer:
    """Look at a shield again."""
    path = f"/v1/children/{child_id}/shield/review"
    said = {"shield_id": shield_id, "review": on_day}
    return await ask("manager", "POST", path, said, why=SHIELDING)


async def test_a_review_sets_the_next_and_says_who_looked(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    shield_id = await ask.shield(child_id, day(-90))
    assert (await review(ask, child_id, shield_id, day(-200))).status_code == 204
    (shown,) = (await ask.shown("manager", child_id))["restriction"]["shields"]
    assert (shown["review"], shown["reviewed"]) == (day(-200), day())
    assert (await ask.shown("teacher", child_id))["restricted"] is True


@pytest.mark.parametrize("wrong", [day(), day(1), day(-400)])
async def test_a_review_is_to_come_within_a_year(ask: Ask, wrong: str) -> None:
    child_id = await ask.create(a_child())
    shield_id = await ask.shield(child_id, day(-90))
    refused(await review(ask, child_id, shield_id, wrong), 422, "date_out_of_range")
    refused(await review(ask, child_id, str(uuid4()), day(-90)), 409, "state_conflict")
    not_shown(await review(ask, str(uuid4()), shield_id, day(-90)))


async def test_a_review_long_past_changes_nothing(ask: Ask) -> None:
    """Expiry tells the team; only a decision unshields."""
    child = a_child()
    child_id = await ask.create(child)
    await ask.shield(child_id, day(-1))
    async with asking_at(ask, on(days=300)) as later:
        for who in ("teacher", "police_desk"):
            shown = await later.shown(who, child_id)
            assert (shown["restricted"], "address" in shown) == (True, False)
        found = await later.look_up("social_worker", nhs_number=child["nhs_number"])
        assert found["outcome"] == "none"
        (match,) = (await later.look_up("manager", **by_everything(child)))["matches"]
        assert match["child"]["child_id"] == child_id


def test_the_clock_runs_by_working_days_in_london() -> None:
    """A request of a Friday is due on Monday at the same time, summer or winter."""

    for asked_at, due in (
        ("2026-11-20T15:30", "2026-11-23T15:30"),
        ("2026-11-21T09:00", "2026-11-23T09:00"),
        ("2026-11-24T09:00", "2026-11-25T09:00"),
        ("2026-03-27T15:30", "2026-03-30T15:30"),  # the clocks change in between
    ):
        moment = datetime.fromisoformat(asked_at).replace(tzinfo=LONDON)
        assert next_working_day(moment) == datetime.fromisoformat(due).replace(tzinfo=LONDON)
