"""Misuse: noticed among the accesses, told to named officers by reference, worked to an outcome."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from index_service.domain.clock import FixedClock, SystemClock
from index_service.domain.matter import Matter, MatterKind, MatterState
from index_service.log.entry import AccessEntry, Outcome
from index_service.services.directory_rows import seal_account
from index_service.services.index import Index
from index_service.services.matters import open_matter
from index_service.services.misuse.detecting import MATTERS_A_RUN, misuse_noticed
from index_service.services.misuse.lists import ALERTED
from index_service.store.work import work_on
from tests.jobs.conftest import beside
from tests.stories.asking import NO_WHY, Ask, not_shown, refused
from tests.stories.made import Stated, a_child, by_name, contact, key
from tests.stories.test_notices import alerts as teams_alerts

ALERTS, MARKS, RATES = "/v1/misuse/alerts", "/v1/misuse/marks", "/v1/misuse/rates"
READS = (ALERTS, MARKS, RATES)


def later(days: int) -> FixedClock:
    """Return a clock that is so many days on: what may still be recorded was, or was not."""
    return FixedClock(SystemClock().now() + timedelta(days=days))


async def noticed(ask: Ask, days: int = 20) -> int:
    """Run the job as its own duty, so many days on."""
    async with beside(ask.served, "audit", later(days)) as index:
        return await misuse_noticed(index)


@pytest_asyncio.fixture(loop_scope="session")
async def settled(ask: Ask) -> AsyncIterator[None]:
    """Tell all that earlier stories gave cause for, so that what comes is this one's."""
    while await noticed(ask) == MATTERS_A_RUN:
        continue
    yield


async def listed(ask: Ask, who: str = "auditor") -> dict[str, Stated]:
    """Return the officers' alerts by id."""
    answer = await ask(who, "GET", ALERTS, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    return {each["id"]: each for each in answer.json()["alerts"]}


async def fresh(ask: Ask, known: dict[str, Stated], rule: str) -> list[Stated]:
    """Return the alerts that were not there before and that a rule spoke for.

    Others may be there too: by night some are out of hours, and stories add up.
    """
    found = await listed(ask)
    return [
        each for alert_id, each in found.items() if alert_id not in known and rule in rules_of(each)
    ]


def rules_of(alert: Stated) -> set[str]:
    """Return which rules spoke."""
    return {each["rule"] for each in alert["rules"]}


def account(ask: Ask, who: str) -> str:
    """Return somebody's account's id."""
    return str(ask.issuer.personas[who].account.id)


async def housed(ask: Ask, who: str, home: Stated) -> UUID:
    """Let the team add a practitioner with a home, and somebody's account be theirs."""
    persona = ask.issuer.personas[who]
    said = {
        "agency_id": str(persona.agency.id),
        "name": "Marit Quoyle",
        "team": contact()["team"],
        "home": home,
    }
    headers = {"Idempotency-Key": key()}
    answer = await ask("manager", "POST", "/v1/practitioners", said, headers=headers)
    assert answer.status_code == 201, answer.text
    who_id = UUID(answer.json()["id"])
    index = ask.served.index
    async with work_on(index.api, index.csa, index.log) as work:
        sealed = seal_account(index.keyring, replace(persona.account, practitioner_id=who_id))
        await work.directory.replace_account(persona.account.id, sealed)
        await work.commit(index.log.prepare(_entry(index)))
    return who_id


def _entry(index: Index) -> AccessEntry:
    stamp = index.log.stamp()
    return AccessEntry(*stamp, action="change", route="tests", outcome=Outcome.RECORDED)


def home_of(child: Stated) -> Stated:
    """Return where a child lives, as a practitioner would state it."""
    address = child["address"]
    return {
        "family_name": child["name"]["family_name"],
        "postcode": address["postcode"],
        "house": address["house"],
    }


async def mark(ask: Ask, child_id: str, what: str = "canary", who: str = "auditor") -> Any:
    """Mark a record."""
    said = {"child_id": child_id, "mark": what}
    return await ask(who, "POST", MARKS, said, why=NO_WHY, headers={"Idempotency-Key": key()})


async def canary_alert(ask: Ask) -> tuple[str, str]:
    """Let a teacher look a canary up; return the alert's id, and the child's."""
    known = await listed(ask)
    child = a_child()
    child_id = await ask.create(child, who="manager")
    assert (await mark(ask, child_id)).status_code == 201
    await ask.look_up("teacher", **by_name(child))
    await noticed(ask)
    (alert,) = await fresh(ask, known, "canary_touched")
    return alert["id"], child_id


# Whoever may not


@pytest.mark.parametrize("path", READS)
async def test_without_a_token_nothing_is_shown(ask: Ask, path: str) -> None:
    refused(await ask(None, "GET", path), 401, "not_authenticated")


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("who", ["manager", "social_worker", "schools_auditor"])
async def test_alerts_on_misuse_are_the_named_officers(ask: Ask, path: str, who: str) -> None:
    refused(await ask(who, "GET", path, why=NO_WHY), 403, "role_not_allowed")


@pytest.mark.parametrize("who", ["manager", "social_worker"])
async def test_nobody_else_takes_concludes_or_marks(ask: Ask, who: str) -> None:
    path = f"{ALERTS}/{uuid4()}"
    for answer in (
        await ask(who, "POST", f"{path}/take", why=NO_WHY),
        await ask(who, "POST", f"{path}/conclude", {"outcome": "explained"}, why=NO_WHY),
        await mark(ask, str(uuid4()), who=who),
    ):
        refused(answer, 403, "role_not_allowed")


@pytest.mark.parametrize("path", READS)
async def test_a_suspended_officer_is_shown_nothing(ask: Ask, path: str) -> None:
    refused(await ask("suspended_auditor", "GET", path, why=NO_WHY), 403, "account_suspended")


async def test_what_is_no_alert_or_mark_is_not_there(ask: Ask) -> None:
    path = f"{ALERTS}/{uuid4()}"
    not_shown(await ask("auditor", "GET", path, why=NO_WHY))
    not_shown(await ask("auditor", "POST", f"{path}/take", why=NO_WHY))
    said = {"outcome": "explained"}
    not_shown(await ask("auditor", "POST", f"{path}/conclude", said, why=NO_WHY))
    not_shown(await ask("auditor", "POST", f"{MARKS}/{uuid4()}/end", why=NO_WHY))


# What is noticed


async def test_a_look_at_ones_own_household_is_told_without_naming_the_child(
    ask: Ask, settled: None
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await housed(ask, "teacher", home_of(child))
    known = await listed(ask)
    answer = await ask("teacher", "POST", "/v1/lookups", by_name(child))
    await noticed(ask)
    (alert,) = await fresh(ask, known, "own_household")
    assert alert["account_id"] == account(ask, "teacher")
    assert "own_family_name" in rules_of(alert)
    assert all(each["version"] == 1 for each in alert["rules"])
    read = await ask("auditor", "GET", f"{ALERTS}/{alert['id']}", why=NO_WHY)
    assert read.json()["entries"] == [ask.receipt_of(answer)]
    assert read.json()["explained"] == [{"by": None, "version": 1}]
    for told in (child_id, child["name"]["family_name"], child["name"]["given_name"], "Quoyle"):
        assert told not in read.text
    # An alert is no entry about the child, and suspends nobody.
    assert (await ask.read("teacher", child_id)).status_code == 200


async def test_work_that_an_involvement_explains_is_not_told(ask: Ask, settled: None) -> None:
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("health_visitor", child_id)
    address = {**home_of(child), "family_name": "Zorvane", "house": "9999"}
    await housed(ask, "health_visitor", address)  # a neighbour, which work explains
    for _ in range(3):
        assert (await ask.read("health_visitor", child_id)).status_code == 200
    await noticed(ask)
    alerted = {each["account_id"] for each in (await listed(ask)).values()}
    assert account(ask, "health_visitor") not in alerted


async def test_a_neighbours_child_is_told_once_it_is_clear_that_nothing_came_of_it(
    ask: Ask, settled: None
) -> None:
    child = a_child()
    await ask.create(child)
    address = {**home_of(child), "family_name": "Zorvane", "house": "9999"}
    await housed(ask, "police_desk", address)
    known = await listed(ask)
    await ask.look_up("police_desk", **by_name(child))
    await noticed(ask)
    (alert,) = await fresh(ask, known, "neighbours_child")
    assert "no_later_involvement" in rules_of(alert)


async def test_an_involvement_recorded_later_explains_a_neighbours_child(
    ask: Ask, settled: None
) -> None:
    child = a_child()
    child_id = await ask.create(child)
    address = {**home_of(child), "family_name": "Zorvane", "house": "9999"}
    await housed(ask, "police_desk", address)
    await ask.look_up("police_desk", **by_name(child))
    await ask.begin("police_desk", child_id, service="police")
    known = await listed(ask)
    await noticed(ask)
    assert await fresh(ask, known, "neighbours_child") == []


async def test_any_access_to_a_canary_is_told(ask: Ask, settled: None) -> None:
    _, child_id = await canary_alert(ask)
    marks = await ask("auditor", "GET", MARKS, why=NO_WHY)
    (marked,) = [each for each in marks.json()["marks"] if each["child_id"] == child_id]
    ended = await ask("auditor", "POST", f"{MARKS}/{marked['id']}/end", why=NO_WHY)
    assert ended.status_code == 204
    marks = await ask("auditor", "GET", MARKS, why=NO_WHY)
    assert child_id not in marks.text


async def test_a_mark_is_made_alike_whether_or_not_there_is_a_record(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    here, nowhere = await mark(ask, child_id), await mark(ask, str(uuid4()))
    assert here.status_code == nowhere.status_code == 201
    assert len(here.content) == len(nowhere.content)


async def test_a_mark_sent_again_is_made_once(ask: Ask) -> None:
    said, headers = {"child_id": str(uuid4()), "mark": "well_known"}, {"Idempotency-Key": key()}
    first = await ask("auditor", "POST", MARKS, said, why=NO_WHY, headers=headers)
    again = await ask("auditor", "POST", MARKS, said, why=NO_WHY, headers=headers)
    assert first.json() == again.json()


# How it is told


async def test_a_run_leaves_as_many_rows_whatever_it_found(ask: Ask, settled: None) -> None:
    counted = "select count(*) as n, count(distinct length(sealed)) as sizes from matter"
    before = (await ask.served.rows(counted))[0]["n"]
    assert await noticed(ask) < MATTERS_A_RUN
    nothing = (await ask.served.rows(counted))[0]
    assert nothing["n"] - before == MATTERS_A_RUN
    child = a_child()
    child_id = await ask.create(child, who="manager")
    await mark(ask, child_id)
    await ask.look_up("teacher", **by_name(child))
    before = (await ask.served.rows(counted))[0]["n"]
    assert 1 <= await noticed(ask) < MATTERS_A_RUN
    found = (await ask.served.rows(counted))[0]
    assert found["n"] - before == MATTERS_A_RUN
    assert found["sizes"] == 1


async def test_a_run_has_one_entry_that_names_no_child(ask: Ask, settled: None) -> None:
    before = len(await ask.served.entries())
    await noticed(ask)
    (entry,) = (await ask.served.entries())[before:]
    assert (entry["action"], entry["route"], entry["subjects"]) == ("misuse", "job", [])


async def test_what_was_told_is_not_told_again(ask: Ask, settled: None) -> None:
    alert_id, _ = await canary_alert(ask)
    assert await noticed(ask) == 0
    assert (await conclude(ask, alert_id)).status_code == 204
    assert await noticed(ask) == 0


async def test_the_teams_alerts_do_not_show_it(ask: Ask, settled: None) -> None:
    alert_id, _ = await canary_alert(ask)
    assert alert_id not in await teams_alerts(ask)
    said = {"outcome": "explained"}
    path = f"/v1/alerts/{alert_id}/conclude"
    not_shown(await ask("manager", "POST", path, said, why=NO_WHY))


# How it is worked


async def conclude(ask: Ask, alert_id: str, who: str = "auditor") -> Any:
    """Conclude an alert."""
    said = {"outcome": "raised_with_agency"}
    return await ask(who, "POST", f"{ALERTS}/{alert_id}/conclude", said, why=NO_WHY)


async def test_an_alert_is_taken_and_concluded_with_an_outcome(ask: Ask, settled: None) -> None:
    alert_id, _ = await canary_alert(ask)
    path = f"{ALERTS}/{alert_id}"
    assert (await ask("auditor", "POST", f"{path}/take", why=NO_WHY)).status_code == 204
    assert (await listed(ask))[alert_id]["state"] == "taken"
    assert (await conclude(ask, alert_id, "second_auditor")).status_code == 204
    assert alert_id not in await listed(ask)
    read = (await ask("auditor", "GET", path, why=NO_WHY)).json()
    assert (read["state"], read["outcome"]) == ("ended", "raised_with_agency")
    assert [(step["account_id"], step["step"]) for step in read["steps"]] == [
        (account(ask, "auditor"), "taken"),
        (account(ask, "second_auditor"), "raised_with_agency"),
    ]
    refused(await conclude(ask, alert_id), 409, "ended_already")


@pytest.mark.parametrize(
    ("on_whom", "own"),
    [("auditor", ("auditor",)), ("double_auditor", ("double_auditor", "same_auditor"))],
)
async def test_nobody_works_an_alert_on_their_own_use_by_any_account(
    ask: Ask, on_whom: str, own: tuple[str, ...]
) -> None:
    index = ask.served.index
    matter = Matter(
        uuid4(),
        MatterKind.MISUSE,
        MatterState.WAITING,
        opened_s=int(index.clock.now().timestamp()),
        account=account(ask, on_whom),
        agency=str(ask.issuer.personas[on_whom].agency.id),
        details={"since": "2026-11-02", "rules": [], "explained": [], "entries": [], "accesses": 1},
    )
    async with work_on(index.api, index.csa, index.log) as work:
        await open_matter(index, work, matter, (ALERTED,))
        await work.commit(index.log.prepare(_entry(index)))
    path = f"{ALERTS}/{matter.id}"
    for who in own:
        assert str(matter.id) not in await listed(ask, who)
        not_shown(await ask(who, "GET", path, why=NO_WHY))
        not_shown(await ask(who, "POST", f"{path}/take", why=NO_WHY))
        not_shown(await conclude(ask, str(matter.id), who))
    assert str(matter.id) in await listed(ask, "second_auditor")
    assert (await conclude(ask, str(matter.id), "second_auditor")).status_code == 204
    for who in own:
        not_shown(await ask(who, "GET", path, why=NO_WHY))
        not_shown(await conclude(ask, str(matter.id), who))


async def test_rates_leave_small_groups_out(ask: Ask, settled: None) -> None:
    child = a_child()
    await ask.create(child)
    await housed(ask, "teacher", home_of(child))
    await ask.look_up("teacher", **by_name(child))
    await noticed(ask)
    answer = await ask("auditor", "GET", RATES, why=NO_WHY)
    assert answer.status_code == 200, answer.text
    groups = answer.json()["groups"]
    assert groups
    assert all(each["accounts"] is None and each["alerted"] is None for each in groups)


async def test_a_home_is_kept_as_digests_and_shown_to_nobody(ask: Ask) -> None:
    child = a_child()
    who_id = await housed(ask, "teacher", home_of(child))
    answer = await ask("manager", "GET", f"/v1/practitioners/{who_id}", why=NO_WHY)
    assert answer.status_code == 200
    address = child["address"]
    for told in ("home", address["postcode"], child["name"]["family_name"]):
        assert told not in answer.text
