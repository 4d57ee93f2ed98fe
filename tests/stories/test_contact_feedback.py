"""Whether a contact worked: said by whoever is shown it, told to its supplier and the team."""

from uuid import UUID, uuid4

import pytest

from index_service.domain.clock import SystemClock
from index_service.domain.looks import month_of
from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.hidden import archive
from tests.stories.later import asking_at, on
from tests.stories.made import a_child, begin_line, child_line, contact, day, next_line, reference
from tests.stories.practising import CASELOAD, DOUBTFUL, OWN, ids_on, practising, rows_on

FIGURES = "/v1/supervision/contacts"
FAILED = ("no_answer", "wrong_number", "no_longer_there", "no_longer_involved")


async def said(ask: Ask, who: str, involvement_id: str, outcome: str = "wrong_number") -> Answer:
    """Say whether a contact worked."""
    path = f"/v1/involvements/{involvement_id}/feedback"
    return await ask(who, "POST", path, {"outcome": outcome})


async def working(ask: Ask, who: str = "health_visitor") -> tuple[str, str]:
    """Record a child somebody works with; return its id and the involvement's."""
    child_id = await ask.create(a_child())
    return child_id, await ask.begin(who, child_id, service="health_visiting")


async def doubted(ask: Ask) -> tuple[str, str]:
    """Record an involvement whose contact two people say does not work."""
    child_id, involvement_id = await working(ask)
    for who in ("teacher", "social_worker"):
        assert (await said(ask, who, involvement_id)).status_code == 204
    return child_id, involvement_id


async def in_doubt(ask: Ask, involvement_id: str, who: str = "health_visitor") -> bool:
    """Say whether somebody is told that a contact is in doubt."""
    return involvement_id in await ids_on(ask, who, DOUBTFUL, "contacts")


# In doubt, or not


async def test_what_two_people_say_fails_is_in_doubt_to_its_agency_and_the_team(ask: Ask) -> None:
    _, involvement_id = await working(ask)
    assert (await said(ask, "teacher", involvement_id)).status_code == 204
    assert not await in_doubt(ask, involvement_id)
    assert (await said(ask, "social_worker", involvement_id, "no_answer")).status_code == 204
    for who in ("health_visitor", "manager"):
        (row,) = [
            each
            for each in await rows_on(ask, who, DOUBTFUL, "contacts")
            if each["involvement"]["involvement_id"] == involvement_id
        ]
        assert row["contact_doubts"] == ["no_answer", "wrong_number"]
    for who in ("teacher", "social_worker", "police_desk"):
        assert not await in_doubt(ask, involvement_id, who)


async def test_one_person_alone_puts_no_contact_in_doubt(ask: Ask) -> None:
    _, involvement_id = await working(ask)
    for outcome in FAILED:
        assert (await said(ask, "teacher", involvement_id, outcome)).status_code == 204
    assert not await in_doubt(ask, involvement_id)


async def test_one_persons_two_accounts_are_one_person(ask: Ask) -> None:
    _, involvement_id = await working(ask)
    for who in ("double_worker", "same_worker"):
        assert (await said(ask, who, involvement_id)).status_code == 204
    assert not await in_doubt(ask, involvement_id)


async def test_somebody_reached_lifts_the_doubt(ask: Ask) -> None:
    _, involvement_id = await doubted(ask)
    assert await in_doubt(ask, involvement_id)
    assert (await said(ask, "police_desk", involvement_id, "reached")).status_code == 204
    assert not await in_doubt(ask, involvement_id)
    assert (await said(ask, "teacher", involvement_id)).status_code == 204
    assert not await in_doubt(ask, involvement_id)
    assert (await said(ask, "social_worker", involvement_id)).status_code == 204
    assert await in_doubt(ask, involvement_id)


async def test_another_contact_lifts_the_doubt(ask: Ask) -> None:
    _, involvement_id = await doubted(ask)
    body = {"contact": contact("Northmere West Team")}
    path = f"/v1/involvements/{involvement_id}"
    assert (await ask("health_visitor", "PATCH", path, body)).status_code == 204
    assert not await in_doubt(ask, involvement_id)


@pytest.mark.parametrize("phone", ["+441632960333", None])
async def test_a_feed_lifts_the_doubt_by_another_contact_and_not_by_the_same(
    ask: Ask, phone: str | None
) -> None:
    ref, line, child = reference(), reference("I"), a_child()
    await ask.feed(child_line(ref, child), begin_line(line, ref), who="schools_feed")
    facts = {**child["name"], "date_of_birth": child["date_of_birth"]}
    (match,) = (await ask.look_up("police_desk", **facts))["matches"]
    (shown,) = match["child"]["involvements"]
    for who in ("police_desk", "social_worker"):
        assert (await said(ask, who, shown["involvement_id"])).status_code == 204
    says = {"team_name": "Northmere Primary Office", "team_phone": phone} if phone else {}
    await ask.feed(next_line("change", line, ref, **says), who="schools_feed")
    assert await in_doubt(ask, shown["involvement_id"], "teacher") is (phone is None)


async def test_a_doubt_stands_on_its_own_workers_caseload_and_names_nobody(ask: Ask) -> None:
    await practising(ask, "social_worker", "Marit Quoyle")
    child_id = await ask.create(a_child())
    involvement_id = await ask.begin("social_worker", child_id)
    for who in ("teacher", "health_visitor"):
        assert (await said(ask, who, involvement_id, "no_longer_there")).status_code == 204
    for who, path in (("social_worker", OWN), ("supervisor", CASELOAD)):
        rows = {each["child_id"]: each for each in await rows_on(ask, who, path)}
        assert rows[child_id]["contact_doubts"] == ["no_longer_there"]
    shown = str(await rows_on(ask, "manager", DOUBTFUL, "contacts"))
    for who in ("teacher", "health_visitor"):
        persona = ask.issuer.personas[who]
        assert str(persona.account.id) not in shown
    read = await ask("police_desk", "GET", f"/v1/involvements/{involvement_id}")
    assert "doubt" not in read.text


# Silent, or plain


async def test_whoever_is_not_shown_a_contact_says_nothing_of_it(ask: Ask) -> None:
    child_id, involvement_id = await working(ask)
    nobodys = await said(ask, "teacher", str(uuid4()))
    not_shown(nobodys)
    sensitive = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    hidden = await said(ask, "teacher", sensitive)
    await ask.shield(child_id, day(-60))
    shielded = await said(ask, "teacher", involvement_id)
    gone, put_away = await working(ask)
    await archive(ask.served, UUID(gone))
    away = await said(ask, "teacher", put_away)
    for answer in (hidden, shielded, away):
        not_shown(answer)
        assert answer.content == nobodys.content
    assert (await said(ask, "health_visitor", involvement_id)).status_code == 204


async def test_a_doubtful_contact_of_a_child_put_away_is_listed_to_nobody(ask: Ask) -> None:
    child_id, involvement_id = await doubted(ask)
    await archive(ask.served, UUID(child_id))
    for who in ("health_visitor", "manager"):
        assert not await in_doubt(ask, involvement_id, who)


async def test_of_what_ceased_nothing_is_said(ask: Ask) -> None:
    _, involvement_id = await doubted(ask)
    path = f"/v1/involvements/{involvement_id}/cease"
    assert (await ask("health_visitor", "POST", path, {})).status_code == 204
    refused(await said(ask, "teacher", involvement_id), 409, "state_conflict")
    assert not await in_doubt(ask, involvement_id)


async def test_what_is_said_is_a_word_of_the_vocabulary(ask: Ask) -> None:
    _, involvement_id = await working(ask)
    answer = await said(ask, "teacher", involvement_id, "rude")
    assert answer.status_code == 422
    assert (await ask("teacher", "GET", DOUBTFUL, why=NO_WHY)).status_code == 400


# Counted, without a child


async def test_contacts_that_work_are_counted_by_kind_and_small_cells_left_out(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    path = f"{FIGURES}?month={month_of(SystemClock().now())}"
    ids = [await ask.begin("health_visitor", child_id, service="health_visiting") for _ in range(7)]
    for involvement_id in ids:
        for _ in range(2):  # said twice by one person: counted once
            assert (await said(ask, "teacher", involvement_id, "reached")).status_code == 204
    refused(await ask("supervisor", "GET", path), 400, "query_invalid")
    async with asking_at(ask, on(days=40)) as later:
        answer = await later("supervisor", "GET", path)
        kinds = {each["agency_kind"]: each for each in answer.json()["kinds"]}
        shown = kinds["health_visiting"]
        assert shown["said"] >= len(ids)
        counts = {each["outcome"]: each["count"] for each in shown["outcomes"]}
        assert counts["reached"] is None or counts["reached"] >= len(ids)
        assert None in counts.values()
        assert child_id not in answer.text
        refused(
            await later("social_worker", "GET", path, why=NO_WHY), 403, "supervision_not_granted"
        )
