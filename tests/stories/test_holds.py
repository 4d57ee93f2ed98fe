"""What waits: since when and until when; released by one who checked, at once by two."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from index_service.domain.clock import next_working_day
from tests.stories.asking import KEEP, NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.later import asking_at, on
from tests.stories.made import (
    Stated,
    a_child,
    begin_line,
    by_everything,
    by_name,
    child_line,
    day,
    involvement,
    key,
    next_line,
    reference,
    upn,
)
from tests.stories.test_silence import outward

CHECKED: Stated = {"decision": "another_child", "checked_with": "supplier"}
AT_ONCE: Stated = {"decision": "another_child", "emergency": True}


async def release(ask: Ask, child_id: str, said: Stated = CHECKED, who: str = "manager") -> Answer:
    """Release a record that waits."""
    return await ask(who, "POST", f"/v1/holds/{child_id}/release", said, why=KEEP)


async def approve(ask: Ask, child_id: str, release_id: str, who: str = "second_manager") -> Answer:
    """Agree to a release as the second person."""
    path = f"/v1/holds/{child_id}/release/approve"
    return await ask(who, "POST", path, {"release_id": release_id}, why=KEEP)


def same(survivor_id: str) -> Stated:
    """Return the decision that a record is of a child who has another."""
    return {"decision": "same_child", "checked_with": "family", "survivor_id": survivor_id}


async def shielded(ask: Ask, **differs: object) -> tuple[str, Stated]:
    """Record a child and shield it; return id and facts."""
    child = a_child(**differs)
    child_id = await ask.create(child)
    await ask.shield(child_id, day(-90))
    return child_id, child


async def held_by_name(ask: Ask) -> tuple[str, Stated]:
    """Record another child who resembles a shielded one by name; return it, held."""
    _, child = await shielded(ask)
    other = {**a_child(), "name": child["name"], "date_of_birth": child["date_of_birth"]}
    return await ask.create(other), other


async def held_by_number(ask: Ask) -> tuple[str, Stated]:
    """Record another child under a shielded one's number; return it, held."""
    _, child = await shielded(ask)
    other = {**a_child(), "nhs_number": child["nhs_number"]}
    return await ask.create(other), other


async def listed(ask: Ask, child_id: str) -> Stated:
    """Return how a record is listed among what waits."""
    answer = await ask("manager", "GET", "/v1/holds", why=NO_WHY)
    (one,) = [each for each in answer.json()["holds"] if each["child_id"] == child_id]
    found: Stated = one
    return found


async def test_without_a_token_nothing_is_released(ask: Ask) -> None:
    answer = await ask(None, "POST", f"/v1/holds/{uuid4()}/release", CHECKED)
    refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize("who", ["social_worker", "schools_feed", "auditor"])
async def test_only_the_team_releases(ask: Ask, who: str) -> None:
    answer = await release(ask, str(uuid4()), who=who)
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_account_releases_nothing(ask: Ask) -> None:
    answer = await release(ask, str(uuid4()), who="suspended_manager")
    refused(answer, 403, "account_suspended")


async def test_without_a_reason_nothing_is_released(ask: Ask) -> None:
    answer = await ask("manager", "POST", f"/v1/holds/{uuid4()}/release", CHECKED, why=NO_WHY)
    refused(answer, 400, "purpose_missing")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"decision": "another_child"}, "field_missing"),
        ({"decision": "same_child", "checked_with": "family"}, "field_missing"),
        ({**CHECKED, "survivor_id": str(uuid4())}, "field_invalid"),
        ({**same(str(uuid4())), "emergency": True}, "field_invalid"),
        ({"decision": "perhaps", "checked_with": "family"}, "field_invalid"),
    ],
)
async def test_a_decision_whose_parts_do_not_fit_is_refused(
    ask: Ask, said: Stated, code: str
) -> None:
    child_id, _ = await held_by_name(ask)
    refused(await release(ask, child_id, said), 422, code)
    assert (await listed(ask, child_id))["outcome"] == "held"


# Main scenario


async def test_every_guard_hit_is_before_the_team_at_once_with_its_clock(ask: Ask) -> None:
    before = int(datetime.now(UTC).timestamp())
    child_id, _ = await held_by_name(ask)
    told = await listed(ask, child_id)
    assert told["outcome"] == "held"
    assert before <= told["held_since"] <= before + 60
    since = datetime.fromtimestamp(told["held_since"], UTC)
    assert told["due"] == int(next_working_day(since).timestamp())


async def test_another_child_is_released_and_seen_as_any(ask: Ask) -> None:
    child_id, child = await held_by_name(ask)
    not_shown(await ask.read("teacher", child_id))
    answer = await release(ask, child_id)
    assert (answer.status_code, answer.json()) == (200, {"state": "released", "release_id": None})
    shown = await ask.shown("teacher", child_id)
    assert (shown["restricted"], shown["address"]) == (False, child["address"])
    (match,) = [
        each
        for each in (await ask.look_up("teacher", **by_everything(child)))["matches"]
        if each["child"]["child_id"] == child_id
    ]
    assert match["grade"] == "certain"
    assert child_id not in await ask.holds()
    refused(await release(ask, child_id), 409, "state_conflict")


async def test_a_released_record_stays_released_when_amended(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    await release(ask, child_id)
    tag = (await ask.read("social_worker", child_id)).headers["etag"]
    answer = await ask.amend("social_worker", child_id, tag, gender="not_specified")
    assert answer.status_code == 204
    assert (await ask.shown("teacher", child_id))["gender"] == "not_specified"
    assert child_id not in await ask.holds()


async def test_a_released_record_guards_nobody(ask: Ask) -> None:
    """While it waited, whatever had a number of its waited too; now it is as any other."""
    (first, one), (second, other) = await held_by_name(ask), await held_by_name(ask)
    await release(ask, second)
    waits = await ask.create({**a_child(), "upn": one["upn"]})
    stands = await ask.create({**a_child(), "upn": other["upn"]})
    holds = await ask.holds()
    assert (holds[first], holds[waits]) == ("held", "held")
    assert holds.get(stands) != "held"


async def test_a_release_lifts_no_shield(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    await ask.shield(child_id, day(-90))
    assert (await release(ask, child_id)).status_code == 200
    shown = await ask.shown("teacher", child_id)
    assert (shown["restricted"], "address" in shown) == (True, False)


async def test_a_doubtful_record_is_cleared(ask: Ask) -> None:
    child = a_child()
    await ask.create(child)
    again = {**child, "nhs_number": None, "upn": None, "case_number": None}
    again["address"] = {"kind": "none_known"}
    await ask.feed(child_line(reference(), {k: v for k, v in again.items() if v is not None}))
    doubtful = [
        child_id
        for child_id in (await ask.holds())
        if (await ask.shown("manager", child_id))["name"]["family_name"]
        == child["name"]["family_name"]
    ]
    (child_id,) = doubtful
    assert (await listed(ask, child_id))["outcome"] == "doubtful"
    assert (await release(ask, child_id)).status_code == 200
    assert child_id not in await ask.holds()
    assert (await ask.shown("teacher", child_id))["restricted"] is False


async def test_what_does_not_wait_is_not_released(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    refused(await release(ask, child_id), 409, "state_conflict")
    not_shown(await release(ask, str(uuid4())))


# 2a. At once, by two


async def test_an_emergency_takes_a_second_person(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    waiting = (await release(ask, child_id, AT_ONCE)).json()
    assert waiting["state"] == "waiting"
    not_shown(await ask.read("teacher", child_id))
    release_id = waiting["release_id"]
    refused(await approve(ask, child_id, release_id, "manager"), 409, "second_person_needed")
    assert (await approve(ask, child_id, release_id)).status_code == 204
    assert (await ask.shown("teacher", child_id))["restricted"] is False
    refused(await approve(ask, child_id, release_id), 409, "ended_already")


async def test_one_person_with_two_accounts_is_not_two(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    waiting = (await release(ask, child_id, AT_ONCE, "double_manager")).json()
    again = await approve(ask, child_id, waiting["release_id"], "same_manager")
    refused(again, 409, "second_person_needed")
    not_shown(await ask.read("teacher", child_id))
    assert (await approve(ask, child_id, waiting["release_id"])).status_code == 204


async def test_a_shielded_childs_own_number_is_not_released_by_one(ask: Ask) -> None:
    child_id, _ = await held_by_number(ask)
    refused(await release(ask, child_id), 409, "second_person_needed")
    not_shown(await ask.read("teacher", child_id))
    release_id = (await release(ask, child_id, AT_ONCE)).json()["release_id"]
    assert (await approve(ask, child_id, release_id)).status_code == 204
    assert (await ask.shown("teacher", child_id))["restricted"] is False


async def test_a_closed_identitys_number_is_not_released_by_one(ask: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    path = f"/v1/children/{child_id}/close-identity"
    assert (await ask("second_manager", "POST", path, {"cause": "adoption"})).status_code == 204
    fresh = await ask.create({**a_child(), "upn": child["upn"]})
    refused(await release(ask, fresh), 409, "second_person_needed")


async def test_a_release_waits_for_its_second_person_a_day(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    release_id = (await release(ask, child_id, AT_ONCE)).json()["release_id"]
    async with asking_at(ask, on(hours=25)) as later:
        refused(await approve(later, child_id, release_id), 409, "ended_already")
    not_shown(await ask.read("teacher", child_id))


async def test_a_release_is_of_one_record(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    other_id, _ = await held_by_name(ask)
    release_id = (await release(ask, child_id, AT_ONCE)).json()["release_id"]
    absent = outward(await approve(ask, other_id, str(uuid4())))
    assert outward(await approve(ask, other_id, release_id)) == absent
    not_shown(await ask.read("teacher", other_id))


# 3a. The same child


async def joined(ask: Ask) -> tuple[str, str, Stated, str]:
    """Join a supplier's held record to a shielded child's; return both ids, facts, reference."""
    survivor, child = await shielded(ask)
    ref, begun = reference(), reference("I")
    sent = {**child, "case_number": None}
    sent = {name: fact for name, fact in sent.items() if fact is not None}
    before = await ask.holds()
    await ask.feed(child_line(ref, sent), begin_line(begun, ref))
    (held,) = (await ask.holds()).keys() - before.keys()
    answer = await release(ask, held, same(survivor))
    assert answer.status_code == 200, answer.text
    return survivor, held, sent, ref


async def test_the_same_child_has_one_record_and_its_shield(ask: Ask) -> None:
    survivor, held, child, _ = await joined(ask)
    assert held not in await ask.holds()
    not_shown(await ask.read("teacher", held))
    for who in ("social_worker", "police_desk"):
        shown = await ask.shown(who, survivor)
        assert (shown["restricted"], "address" in shown) == (True, False)
        found = await ask.look_up(who, **by_name(child))
        assert [each["child"]["child_id"] for each in found["matches"]] == [survivor]


async def test_what_stood_in_the_record_that_waited_goes_over(ask: Ask) -> None:
    survivor, _, _, _ = await joined(ask)
    (moved,) = (await ask.shown("manager", survivor))["involvements"]
    assert moved["service"] == "school"
    one = await ask("teacher", "GET", f"/v1/involvements/{moved['involvement_id']}")
    assert one.status_code == 200
    (own,) = (await ask.shown("teacher", survivor))["involvements"]
    assert own["involvement_id"] == moved["involvement_id"]


async def test_the_suppliers_next_lines_reach_the_survivor(ask: Ask) -> None:
    survivor, child = await shielded(ask, upn=None)
    ref, begun, pupil = reference(), reference("I"), upn(710_002)
    before = await ask.holds()
    await ask.feed(child_line(ref, child), begin_line(begun, ref))
    (held,) = (await ask.holds()).keys() - before.keys()
    assert (await release(ask, held, same(survivor))).status_code == 200
    waiting = await ask.holds()
    status = await ask.feed(
        child_line(ref, {**child, "upn": pupil}, day(0)),
        next_line("change", begun, ref, service="special_needs"),
    )
    assert (status["accepted"], status["invalid"]) == (2, 0)
    assert await ask.holds() == waiting
    whole = await ask.shown("manager", survivor)
    assert whole["identifiers"]["upn"] == pupil
    assert [each["service"] for each in whole["involvements"]] == ["special_needs"]


async def test_a_shield_over_either_is_a_shield_over_the_one_left(ask: Ask) -> None:
    """The record that waited was shielded by itself; the child's own record was not."""
    child_id, child = await held_by_name(ask)
    await ask.shield(child_id, day(-90))
    own = await ask.create(a_child())
    assert (await ask.shown("teacher", own))["restricted"] is False
    assert (await release(ask, child_id, same(own))).status_code == 200
    shown = await ask.shown("teacher", own)
    assert (shown["restricted"], "address" in shown) == (True, False)
    shields = (await ask.shown("manager", own))["restriction"]["shields"]
    assert [each["lifted"] for each in shields] == [None]
    path = f"/v1/children/{own}/shield/lift"
    lifted = await ask("manager", "POST", path, {"shield_id": shields[0]["shield_id"]}, why=KEEP)
    assert lifted.status_code == 204
    assert child["name"]["family_name"] not in (await ask.read("manager", own)).text


async def test_the_survivor_must_be_another_record_that_stands(ask: Ask) -> None:
    child_id, _ = await held_by_name(ask)
    other_id, _ = await held_by_name(ask)
    refused(await release(ask, child_id, same(child_id)), 422, "field_invalid")
    refused(await release(ask, child_id, same(other_id)), 409, "state_conflict")
    not_shown(await release(ask, child_id, same(str(uuid4()))))
    assert (await listed(ask, child_id))["outcome"] == "held"


async def test_a_joined_record_is_no_ones_candidate(ask: Ask) -> None:
    """A later line about the child finds the survivor, not the record that was joined."""
    child = a_child()
    own = await ask.create(child)
    again = {**child, "nhs_number": None, "upn": None, "case_number": None}
    again["address"] = {"kind": "none_known"}
    before = await ask.holds()
    await ask.feed(child_line(reference(), {k: v for k, v in again.items() if v is not None}))
    (doubtful,) = (await ask.holds()).keys() - before.keys()
    assert (await release(ask, doubtful, same(own))).status_code == 200
    await ask.feed(child_line(reference(), child), who="health_feed")
    assert await ask.holds() == before
    found = await ask.look_up("teacher", **by_everything(child))
    assert [each["child"]["child_id"] for each in found["matches"]] == [own]
    not_shown(await ask.read("teacher", doubtful))
    path, headers = f"/v1/children/{doubtful}/involvements", {"Idempotency-Key": key()}
    not_shown(await ask("social_worker", "POST", path, involvement(), headers=headers))
