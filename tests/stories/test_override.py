"""Overriding a shield: by right, one record, one read, loud, and seen by nobody else."""

import asyncio
from uuid import uuid4

import pytest

from index_service.domain.override import OVERRIDE_S, WARNING
from tests.stories.asking import NO_WHY, SHIELDING, Answer, Ask, Why, not_shown, refused
from tests.stories.hidden import archived, held
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, day, key
from tests.stories.test_silence import outward

S47 = Why("enquire_significant_harm", "strategy_discussion")
SAFEGUARD = Why("safeguard", "strategy_discussion")
ASKED: Stated = {"ground": "section_47_enquiry", "warning_read": True}
NEVER_SHOWN = {"address", "settings", "involvements"}


def asks(child_id: str, **differs: object) -> tuple[str, str, Stated]:
    """Return the request for an override."""
    return "POST", f"/v1/children/{child_id}/override", {**ASKED, **differs}


async def override(
    ask: Ask, child_id: str, who: str = "social_worker", why: Why = S47, **differs: object
) -> Answer:
    """Ask for an override, by the statutory route unless told."""
    return await ask(who, *asks(child_id, **differs), why=why, headers={"Idempotency-Key": key()})


async def read(
    ask: Ask, child_id: str, override_id: str, who: str = "social_worker", why: Why = S47
) -> Answer:
    """Read a record under an override."""
    path = f"/v1/children/{child_id}/override/read"
    return await ask(who, "POST", path, {"override_id": override_id}, why=why)


async def approve(ask: Ask, override_id: str, who: str = "manager", **said: bool) -> Answer:
    """Approve an override, or not."""
    path = f"/v1/overrides/{override_id}/approve"
    return await ask(who, "POST", path, said or {"approved": True}, why=NO_WHY)


async def conclude(ask: Ask, override_id: str, who: str = "manager") -> Answer:
    """Conclude an override's investigation."""
    path = f"/v1/overrides/{override_id}/conclude"
    return await ask(who, "POST", path, {"outcome": "in_order"}, why=NO_WHY)


async def investigated(ask: Ask, override_id: str) -> Stated:
    """Return an override as it stands under investigation."""
    answer = await ask("manager", "GET", "/v1/overrides", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    found: list[Stated] = answer.json()["overrides"]
    (one,) = [each for each in found if each["override_id"] == override_id]
    return one


async def alerts(ask: Ask, child_id: str) -> list[str]:
    """Return what the team was told of overrides of a record."""
    answer = await ask("manager", "GET", "/v1/alerts", why=NO_WHY)
    assert answer.status_code == 200, answer.text
    told = [each for each in answer.json()["alerts"] if each["child_id"] == child_id]
    return sorted(each["what"] for each in told)


async def shielded(ask: Ask) -> tuple[str, Stated]:
    """Record a child with an involvement, shield it; return its id and facts."""
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("teacher", child_id, service="school")
    await ask.shield(child_id, day(-90))
    return child_id, child


async def test_without_a_token_nothing_is_overridden(ask: Ask) -> None:
    refused(await ask(None, *asks(str(uuid4()))), 401, "not_authenticated")


@pytest.mark.parametrize("who", ["schools_feed", "auditor", "case_system"])
async def test_only_people_who_work_with_children_override(ask: Ask, who: str) -> None:
    refused(await override(ask, str(uuid4()), who), 403, "role_not_allowed")


async def test_a_suspended_account_overrides_nothing(ask: Ask) -> None:
    refused(await override(ask, str(uuid4()), "suspended_worker"), 403, "account_suspended")


async def test_without_a_reason_nothing_is_overridden(ask: Ask) -> None:
    answer = await override(ask, str(uuid4()), "override_holder", NO_WHY)
    refused(answer, 400, "purpose_missing")


async def test_without_the_right_nothing_is_overridden(ask: Ask) -> None:
    refused(await override(ask, str(uuid4()), "teacher", SAFEGUARD), 403, "override_not_granted")


async def test_the_warning_must_have_been_read(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    refused(await override(ask, child_id, warning_read=False), 422, "field_invalid")


# Main scenario: a section 47 enquiry, approved after the fact


async def test_a_statutory_override_shows_the_record_once(ask: Ask) -> None:
    child_id, child = await shielded(ask)
    made = await override(ask, child_id)
    assert made.status_code == 201
    told = made.json()
    assert (told["state"], told["warning"]) == ("granted", WARNING)
    answer = await read(ask, child_id, told["id"])
    assert answer.status_code == 200, answer.text
    shown = answer.json()["child"]
    assert shown["address"] == child["address"]
    assert [each["service"] for each in shown["involvements"]] == ["school"]
    assert shown["restricted"] is True
    assert "provenance" not in shown
    assert "etag" not in answer.headers
    refused(await read(ask, child_id, told["id"]), 409, "ended_already")
    assert NEVER_SHOWN.isdisjoint(await ask.shown("social_worker", child_id))


async def test_every_grant_and_every_read_alerts_the_team_at_once(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    assert await alerts(ask, child_id) == ["override_asked"]
    await read(ask, child_id, override_id)
    assert await alerts(ask, child_id) == ["override_asked", "override_read"]


async def test_an_override_is_investigated_without_presuming_anything(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    standing = await investigated(ask, override_id)
    worker = ask.issuer.personas["social_worker"]
    assert standing["account_id"] == str(worker.account.id)
    assert (standing["child_id"], standing["state"]) == (child_id, "granted")
    assert (standing["second_person"], standing["approved"]) == ("after", None)
    refused(await conclude(ask, override_id), 409, "state_conflict")
    await read(ask, child_id, override_id)
    refused(await conclude(ask, override_id), 409, "state_conflict")
    assert (await approve(ask, override_id)).status_code == 204
    refused(await approve(ask, override_id), 409, "ended_already")
    assert (await investigated(ask, override_id))["approved"] is True
    assert (await conclude(ask, override_id)).status_code == 204
    refused(await conclude(ask, override_id), 409, "ended_already")
    listed = (await ask("manager", "GET", "/v1/overrides", why=NO_WHY)).json()["overrides"]
    assert override_id not in {each["override_id"] for each in listed}


async def test_a_read_under_an_override_stands_in_the_log_as_one(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    entry = await ask.entry(await read(ask, child_id, override_id))
    assert (entry["action"], entry["outcome"]) == ("override", "shown")
    (subject,) = entry["subjects"]
    assert {"whereabouts", "settings", "involvements"} <= set(subject["classes"])
    assert subject["shown"] is True
    assert len(entry["result_commit"]) == 64


# 2a. Not the statutory task: a second person first


async def test_a_granted_right_waits_for_a_second_person(ask: Ask) -> None:
    child_id, child = await shielded(ask)
    who, why = "override_holder", SAFEGUARD
    told = (await override(ask, child_id, who, why)).json()
    assert (told["state"], told["ends_at"]) == ("waiting", None)
    override_id = told["id"]
    refused(await read(ask, child_id, override_id, who, why), 409, "second_person_needed")
    assert await alerts(ask, child_id) == ["override_asked"]
    assert (await approve(ask, override_id)).status_code == 204
    answer = await read(ask, child_id, override_id, who, why)
    assert answer.json()["child"]["address"] == child["address"]
    assert (await conclude(ask, override_id)).status_code == 204


async def test_nobody_approves_or_concludes_their_own_override(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    account = ask.issuer.personas["manager"].account.id
    grant = {"may_override": True}
    path = f"/v1/accounts/{account}"
    assert (await ask("second_manager", "PATCH", path, grant, why=NO_WHY)).status_code == 204
    override_id = (await override(ask, child_id, "manager", SHIELDING)).json()["id"]
    refused(await approve(ask, override_id), 409, "second_person_needed")
    refused(await conclude(ask, override_id), 409, "second_person_needed")
    refused(await approve(ask, override_id, "social_worker"), 403, "role_not_allowed")
    assert (await approve(ask, override_id, "second_manager")).status_code == 204


async def test_by_another_account_nobody_approves_or_concludes_their_own(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id, "double_manager", SHIELDING)).json()["id"]
    refused(await approve(ask, override_id, "same_manager"), 409, "second_person_needed")
    refused(await conclude(ask, override_id, "same_manager"), 409, "second_person_needed")
    assert (await approve(ask, override_id, "second_manager")).status_code == 204


async def test_what_is_not_approved_is_never_shown(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    who, why = "override_holder", SAFEGUARD
    override_id = (await override(ask, child_id, who, why)).json()["id"]
    assert (await approve(ask, override_id, approved=False)).status_code == 204
    refused(await read(ask, child_id, override_id, who, why), 409, "ended_already")
    refused(await approve(ask, override_id), 409, "ended_already")


async def test_a_no_after_the_fact_ends_what_was_not_used(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    assert (await approve(ask, override_id, approved=False)).status_code == 204
    refused(await read(ask, child_id, override_id), 409, "ended_already")
    assert (await investigated(ask, override_id))["approved"] is False


# 3a. Time


async def test_an_override_lapses_after_fifteen_minutes(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    async with asking_at(ask, on(seconds=OVERRIDE_S + 1)) as later:
        refused(await read(later, child_id, override_id), 409, "ended_already")
        assert (await investigated(later, override_id))["state"] == "lapsed"
    assert (await read(ask, child_id, override_id)).status_code == 200


async def test_an_approval_counts_from_when_it_was_given_and_not_the_next_day(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    who, why = "override_holder", SAFEGUARD
    first, second = [(await override(ask, child_id, who, why)).json()["id"] for _ in range(2)]
    async with asking_at(ask, on(hours=2)) as later:
        assert (await approve(later, first)).status_code == 204
        assert (await read(later, child_id, first, who, why)).status_code == 200
    async with asking_at(ask, on(hours=25)) as later:
        refused(await approve(later, second), 409, "ended_already")
        assert (await conclude(later, second)).status_code == 204


async def test_two_reads_at_once_are_one(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    answers = await asyncio.gather(*(read(ask, child_id, override_id) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]


# 4a. Nobody else, and no other record


async def test_an_override_is_one_actors_and_one_records(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    other_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    absent = outward(await read(ask, child_id, str(uuid4())))
    assert outward(await read(ask, child_id, override_id, "colleague")) == absent
    assert outward(await read(ask, other_id, override_id)) == absent
    not_shown(await read(ask, child_id, str(uuid4())))
    assert (await read(ask, child_id, override_id)).status_code == 200


async def test_others_see_nothing_of_an_override(ask: Ask) -> None:
    child_id, child = await shielded(ask)
    before = {who: outward(await ask.read(who, child_id)) for who in ("colleague", "teacher")}
    found = await ask.look_up("police_desk", **child["name"], date_of_birth=child["date_of_birth"])
    override_id = (await override(ask, child_id)).json()["id"]
    for step in range(2):
        for who, answer in before.items():
            assert outward(await ask.read(who, child_id)) == answer, (who, step)
        again = await ask.look_up(
            "police_desk", **child["name"], date_of_birth=child["date_of_birth"]
        )
        assert again == found
        await read(ask, child_id, override_id)


async def test_a_record_that_is_not_shielded_needs_no_override(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    refused(await override(ask, child_id), 409, "state_conflict")


async def test_absent_held_and_archived_are_one_answer(ask: Ask) -> None:
    absent = await override(ask, str(uuid4()))
    not_shown(absent)
    for child_id, _ in (await held(ask), await archived(ask)):
        assert outward(await override(ask, child_id)) == outward(absent)


async def test_a_request_sent_again_is_the_same_override(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    once = {"Idempotency-Key": key()}
    first = await ask("social_worker", *asks(child_id), why=S47, headers=once)
    again = await ask("social_worker", *asks(child_id), why=S47, headers=once)
    assert first.json() == again.json()
    assert await alerts(ask, child_id) == ["override_asked"]


async def test_an_override_ends_with_what_it_was_of(ask: Ask) -> None:
    """What may not be shown any more is not shown under an override granted before."""
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    path = f"/v1/children/{child_id}/close-identity"
    closed = await ask("manager", "POST", path, {"cause": "protection"}, why=SHIELDING)
    assert closed.status_code == 204
    not_shown(await read(ask, child_id, override_id))


async def test_the_rows_of_an_override_are_as_many_whichever_way_it_goes(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    added = []
    for who, why in (("social_worker", S47), ("override_holder", SAFEGUARD)):
        before = await _rows(ask)
        await override(ask, child_id, who, why)
        added.append([now - then for now, then in zip(await _rows(ask), before, strict=True)])
    assert added == [[2, 6, 0], [2, 6, 0]]


async def _rows(ask: Ask) -> list[int]:
    (row,) = await ask.served.rows(
        "select (select count(*) from matter), (select count(*) from work_token),"
        " (select count(*) from case_row)"
    )
    return list(row)
