"""Supervision: a manager sees their own agency's use and open work, and signs samples off."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
import pytest_asyncio

from demo.personas import SOCIAL_CARE
from index_service.domain.clock import SystemClock
from index_service.domain.looks import month_of
from tests.stories.asking import CARE, NO_WHY, Answer, Ask, Why, not_shown, refused
from tests.stories.auditing import account_of, looks_at, reference_of
from tests.stories.hidden import archive, archived, held
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, by_address, by_name, day, key
from tests.stories.test_brokering import asked as contact_asked
from tests.stories.test_brokering import brokered
from tests.stories.test_holding import hold
from tests.stories.test_misuse import housed
from tests.stories.test_override import override
from tests.stories.test_override import read as read_overridden

USE, OPEN, SAMPLES = "/v1/supervision/use", "/v1/supervision/open-work", "/v1/supervision/samples"
READS = (USE, OPEN, SAMPLES, f"{SAMPLES}/{uuid4()}")
MONTH = month_of(SystemClock().now())
HALF_A_YEAR = 200
ZORVANE = {"family_name": "Zorvane", "postcode": "NM9 9ZZ", "house": "9999"}
IN_ORDER = "in_order"


@pytest_asyncio.fixture(loop_scope="session")
async def later(ask: Ask) -> AsyncIterator[Ask]:
    """Ask an hour later: what is asked meanwhile is over by then."""
    async with asking_at(ask, on(hours=1)) as asking:
        yield asking


async def got(ask: Ask, who: str, path: str) -> Stated:
    """Return what a supervisor is shown."""
    answer = await ask(who, "GET", path)
    assert answer.status_code == 200, answer.text
    shown: Stated = answer.json()
    return shown


async def use(ask: Ask, who: str = "supervisor") -> dict[str, Stated]:
    """Return this month's use by account."""
    shown = await got(ask, who, f"{USE}?month={MONTH}")
    assert shown["next"] is None
    return {each["account_id"]: each for each in shown["accounts"]}


def counts(account: Stated) -> dict[str, int]:
    """Return the plain counts of an account, or of one purpose."""
    return {name: account[name] for name in ("lookups", "reads", "overrides", "refusals", "misses")}


async def tally(later: Ask, who: str, supervisor: str = "supervisor") -> dict[str, int]:
    """Return somebody's counts as their supervisor sees them."""
    return counts((await use(later, supervisor))[account_of(later, who)])


def more(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Return what has been counted since, without zeros."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


async def opened(ask: Ask, who: str = "supervisor") -> list[Stated]:
    """Return everything open, all pages; nothing may come twice."""
    found: list[Stated] = []
    path: str | None = OPEN
    while path:
        page = await got(ask, who, path)
        found += page["open"]
        path = page["next"] and f"{OPEN}?cursor={page['next']}"
    assert len({orjson.dumps(each) for each in found}) == len(found)
    return found


async def opened_of(ask: Ask, child_id: str, who: str = "supervisor") -> list[str]:
    """Return what is open about one child, by kind."""
    return [each["kind"] for each in await opened(ask, who) if each["child_id"] == child_id]


async def every(ask: Ask, who: str | None, why: Why | None = None) -> list[Answer]:
    """Ask every route of supervision as somebody."""
    answers = [await ask(who, "GET", path, why=why) for path in READS]
    body = {"month": MONTH, "size": 3}
    headers = {"Idempotency-Key": key()}
    answers.append(await ask(who, "POST", SAMPLES, body, why=why, headers=headers))
    signed = {"findings": [{"entry_id": str(uuid4()), "finding": IN_ORDER}]}
    answers.append(await ask(who, "POST", f"{SAMPLES}/{uuid4()}/sign-off", signed, why=why))
    return answers


# Whoever may not


async def test_without_a_token_nothing_is_supervised(ask: Ask) -> None:
    for answer in await every(ask, None):
        refused(answer, 401, "not_authenticated")


@pytest.mark.parametrize("who", ["auditor", "schools_feed", "case_system"])
async def test_other_roles_supervise_nobody(ask: Ask, who: str) -> None:
    for answer in await every(ask, who, NO_WHY):
        refused(answer, 403, "role_not_allowed")


@pytest.mark.parametrize("who", ["social_worker", "manager", "override_holder"])
async def test_without_the_right_granted_nobody_supervises(ask: Ask, who: str) -> None:
    for answer in await every(ask, who, NO_WHY):
        refused(answer, 403, "supervision_not_granted")


async def test_a_suspended_supervisor_sees_nothing(ask: Ask) -> None:
    for answer in await every(ask, "suspended_supervisor"):
        refused(answer, 403, "account_suspended")


async def test_supervision_is_of_no_child_and_states_no_purpose_about_one(ask: Ask) -> None:
    for answer in await every(ask, "supervisor", CARE):
        refused(answer, 403, "purpose_not_allowed")


# Use


async def test_every_access_is_counted_once_and_by_purpose(ask: Ask, later: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    before = (await use(later))[account_of(ask, "colleague")]
    await ask.look_up("colleague", **by_name(child))
    await ask.look_up("colleague", **by_name(a_child()))
    assert (await ask.read("colleague", child_id)).status_code == 200
    not_shown(await ask.read("colleague", str(uuid4())))
    batch = {
        "subjects": [
            {"purpose": "safeguard", "reason": "review", "lookup": by_name(child)},
            {"purpose": "promote_welfare", "reason": "review", "lookup": by_name(child)},
        ]
    }
    answer = await ask("colleague", "POST", "/v1/lookups/batch", batch, why=NO_WHY)
    assert [each["code"] for each in answer.json()["answers"]] == [None, None]
    refused(
        await ask("colleague", "POST", "/v1/lookups", by_name(child), why=NO_WHY),
        400,
        "purpose_missing",
    )
    after = (await use(later))[account_of(ask, "colleague")]
    assert more(counts(before), counts(after)) == {
        "lookups": 4, "reads": 2, "refusals": 1, "misses": 2,
    }  # fmt: skip
    purposes = {each["purpose"]: counts(each) for each in after["by_purpose"]}
    assert purposes[None]["refusals"] >= 1
    assert purposes["promote_welfare"]["lookups"] >= 1
    for name, count in counts(after).items():
        assert sum(each[name] for each in purposes.values()) == count


async def test_an_override_is_counted_where_asked_for_and_its_read_as_a_read(
    ask: Ask, later: Ask
) -> None:
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    before = await tally(later, "social_worker")
    granted = await override(ask, child_id)
    assert granted.status_code == 201, granted.text
    answer = await read_overridden(ask, child_id, granted.json()["id"])
    assert answer.status_code == 200, answer.text
    assert more(before, await tally(later, "social_worker")) == {"overrides": 1, "reads": 1}


async def test_nobody_of_another_agency_and_no_child_is_named(ask: Ask, later: Ask) -> None:
    child = a_child()
    child_id = await ask.create(child)
    for who in ("colleague", "teacher"):
        await ask.look_up(who, **by_name(child))
    answer = await later("supervisor", "GET", f"{USE}?month={MONTH}")
    personas = ask.issuer.personas
    others = {
        str(persona.account.id)
        for persona in personas.values()
        if persona.agency.id != SOCIAL_CARE.id
    }
    shown = answer.json()
    told = {each["account_id"] for each in shown["accounts"]}
    assert told
    assert not told & others
    assert shown["agency_id"] == str(SOCIAL_CARE.id)
    name = child["name"]
    for told in (child_id, name["family_name"], name["given_name"], reference_of(ask, child_id)):
        assert told not in answer.text


async def test_neither_suppliers_nor_auditors_are_supervised(ask: Ask, later: Ask) -> None:
    roles = {each["role"] for each in (await use(later, "schools_supervisor")).values()}
    assert roles == {"practitioner"}
    team = await use(later, "team_supervisor")
    assert {each["role"] for each in team.values()} == {"management_team"}


async def test_practitioners_are_named_and_only_those_of_the_own_agency(
    ask: Ask, later: Ask
) -> None:
    await housed(ask, "override_holder", ZORVANE)
    shown = (await use(later, "schools_supervisor"))[account_of(ask, "override_holder")]
    assert shown["practitioner_name"] == "Marit Quoyle"


@pytest.mark.parametrize("hide", [held, archived])
async def test_what_is_withheld_counts_as_nobody(ask: Ask, later: Ask, hide: Any) -> None:
    child_id, child = await hide(ask)
    worlds = []
    for looked, read in ((child, child_id), (a_child(), str(uuid4()))):
        before = await tally(later, "teacher", "schools_supervisor")
        await ask.look_up("teacher", **by_name(looked))
        not_shown(await ask.read("teacher", read))
        worlds.append(more(before, await tally(later, "teacher", "schools_supervisor")))
    assert worlds[0] == worlds[1] == {"lookups": 1, "reads": 1, "misses": 2}


async def test_a_search_on_a_shielded_childs_address_counts_as_for_nobody(
    ask: Ask, later: Ask
) -> None:
    child = a_child()
    await ask.shield(await ask.create(child), day(-90))
    worlds = []
    for looked in (child, a_child()):
        before = await tally(later, "teacher", "schools_supervisor")
        await ask.look_up("teacher", **by_address(looked))
        worlds.append(more(before, await tally(later, "teacher", "schools_supervisor")))
    assert worlds[0] == worlds[1] == {"lookups": 1, "misses": 1}


async def test_an_entry_taken_out_is_told(ask: Ask, later: Ask) -> None:
    answer = await ask("case_system", "POST", "/v1/lookups", by_name(a_child()))
    before = (await use(later))[account_of(ask, "case_system")]["unreadable"]
    gone = UUID(ask.receipt_of(answer))
    rows = await ask.served.rows("select * from access_entry where entry_id = $1", gone)
    change = "update access_entry set leaf = $2 where entry_id = $1"
    await ask.served.rows(change, gone, bytes(32))
    after = (await use(later))[account_of(ask, "case_system")]["unreadable"]
    await ask.served.rows(change, gone, rows[0]["leaf"])
    assert (before, after) == (0, 1)


@pytest.mark.parametrize(
    "month", ["2026-13", "26-01", "0000-01", "1999-12", "2000-01", "9999-12", "now"]
)
async def test_a_month_that_cannot_be_read_is_refused(ask: Ask, month: str) -> None:
    refused(await ask("supervisor", "GET", f"{USE}?month={month}"), 400, "query_invalid")


async def test_accounts_come_page_by_page(later: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = list(await use(later))
    monkeypatch.setattr("index_service.services.auditing.supervising.PAGE_MAX", 3)
    found: list[str] = []
    path: str | None = USE
    while path:
        page = await got(later, "supervisor", path)
        found += [each["account_id"] for each in page["accounts"]]
        path = page["next"] and f"{USE}?cursor={page['next']}"
    assert found == everybody


async def test_looking_at_staff_is_an_entry_that_names_them(ask: Ask, later: Ask) -> None:
    answer = await later("supervisor", "GET", f"{USE}?month={MONTH}")
    (entry,) = await ask.served.entries(answer.headers["x-request-id"])
    assert (entry["action"], entry["outcome"]) == ("supervise", "shown")
    assert entry["result_commit"] == hashlib.sha256(answer.content).hexdigest()
    of_colleague = await looks_at(ask, account_of(ask, "colleague"))
    assert entry["entry_id"] in {each["entry_id"] for each in of_colleague}
    of_teacher = await looks_at(ask, account_of(ask, "teacher"))
    assert entry["entry_id"] not in {each["entry_id"] for each in of_teacher}


# Open work


async def test_an_involvement_nobody_confirmed_for_long_is_open_until_somebody_does(
    ask: Ask,
) -> None:
    child_id = await ask.create(a_child())
    involvement_id = await ask.begin("social_worker", child_id, service="social_care")
    assert await opened_of(ask, child_id) == []
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        (found,) = [each for each in await opened(later) if each["child_id"] == child_id]
        assert found["involvement_id"] == involvement_id
        assert (found["kind"], found["since"]) == ("involvement_not_confirmed", day())
        path = f"/v1/involvements/{involvement_id}/confirm"
        assert (await later("social_worker", "POST", path)).status_code == 204
        assert await opened_of(later, child_id) == []


async def test_an_involvement_that_ceased_is_not_open(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    begun = await ask.begin("social_worker", child_id, service="social_care", began=day(3))
    path = f"/v1/involvements/{begun}/cease"
    assert (await ask("social_worker", "POST", path, {"ceased": day(1)})).status_code == 204
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        assert await opened_of(later, child_id) == []


async def test_another_agencys_open_work_is_nowhere(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("teacher", child_id)
    await hold(ask, "teacher", child_id)
    request_id = await contact_asked(ask, "teacher", child_id=child_id)
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        own = await later("schools_supervisor", "GET", OPEN)
        assert request_id in own.text
        assert len(await opened_of(later, child_id, "schools_supervisor")) == 3
        for who in ("supervisor", "team_supervisor"):
            assert await opened_of(later, child_id, who) == []
            assert request_id not in (await later(who, "GET", OPEN)).text


async def test_of_a_shielded_child_the_own_entries_are_told(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("social_worker", child_id, service="social_care")
    await hold(ask, "social_worker", child_id)
    await ask.shield(child_id, day(-90))
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        assert sorted(await opened_of(later, child_id)) == [
            "assessment_past_review",
            "involvement_not_confirmed",
        ]


async def test_of_a_withheld_child_nothing_is_told(ask: Ask) -> None:
    child_id, _ = await archived(ask)
    other_id = await ask.create(a_child())
    request_id = await contact_asked(ask, child_id=child_id)
    nobodys = await contact_asked(ask, child_id=str(uuid4()))
    here = await contact_asked(ask, child_id=other_id)
    shown = {
        each["contact_request_id"]: each["child_id"]
        for each in await opened(ask)
        if each["kind"] == "contact_unanswered"
    }
    assert (shown[request_id], shown[nobodys], shown[here]) == (None, None, other_id)


async def test_an_own_involvement_with_a_record_put_away_is_not_told(ask: Ask) -> None:
    from_here, away = await ask.create(a_child()), await ask.create(a_child())
    for each in (from_here, away):
        await ask.begin("social_worker", each, service="social_care")
    await archive(ask.served, UUID(away))
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        assert await opened_of(later, from_here) == ["involvement_not_confirmed"]
        assert away not in (await later("supervisor", "GET", OPEN)).text
        assert await opened_of(later, away) == []


async def test_a_request_the_team_answered_is_open_no_more(ask: Ask) -> None:
    request_id = await contact_asked(ask)
    assert request_id in {each["contact_request_id"] for each in await opened(ask)}
    assert (await brokered(ask, request_id, "passed_on")).status_code == 204
    assert request_id not in {each["contact_request_id"] for each in await opened(ask)}


async def test_open_work_comes_page_by_page(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("social_worker", child_id, service="social_care")
    await hold(ask, "social_worker", child_id)
    await contact_asked(ask, child_id=child_id)
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        whole = await opened(later)
        assert len(whole) >= 3
        monkeypatch.setattr("index_service.services.auditing.open_work.PAGE_MAX", 1)
        assert await opened(later) == whole


async def test_open_work_is_an_entry_about_the_children_told_of(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await hold(ask, "social_worker", child_id)
    async with asking_at(ask, on(days=HALF_A_YEAR)) as later:
        answer = await later("supervisor", "GET", OPEN)
    (entry,) = await ask.served.entries(answer.headers["x-request-id"])
    (looked,) = [each for each in entry["subjects"] if each["ref"] == reference_of(ask, child_id)]
    assert (looked["shown"], looked["classes"]) == (True, ["assessment"])
