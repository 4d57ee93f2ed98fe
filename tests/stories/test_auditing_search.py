"""Auditors search the log: by whom, about whom, when and why; each search an entry itself."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from demo.postgres import SUPERUSER
from index_service.domain.inspection import DAY_S
from index_service.log.entry import AccessEntry, Outcome, SubjectShown
from index_service.services.auditing import finding
from tests.stories.asking import CARE, NO_WHY, Ask, Why, not_shown, refused
from tests.stories.auditing import (
    CASE,
    SEARCHES,
    account_of,
    every,
    inspect,
    lately,
    looks_at,
    reference_of,
    searched,
)
from tests.stories.made import Stated, a_child, by_name

# Whoever may not


async def test_without_a_token_nothing_is_found(ask: Ask) -> None:
    refused(await inspect(ask, SEARCHES, lately(ask), who=None), 401, "not_authenticated")  # type: ignore[arg-type]  # nobody


@pytest.mark.parametrize("who", ["social_worker", "manager", "schools_feed", "case_system"])
async def test_only_auditors_search(ask: Ask, who: str) -> None:
    answer = await ask(
        who, "POST", SEARCHES, lately(ask), why=NO_WHY, headers={"Access-Reference": CASE}
    )
    refused(answer, 403, "role_not_allowed")
    entry = f"/v1/log/entries/{uuid4()}"
    answer = await ask(who, "GET", entry, why=NO_WHY, headers={"Access-Reference": CASE})
    refused(answer, 403, "role_not_allowed")


async def test_an_auditor_of_another_agency_searches_nothing(ask: Ask) -> None:
    answer = await inspect(ask, SEARCHES, lately(ask), who="schools_auditor")
    refused(answer, 403, "role_not_allowed")


async def test_a_suspended_auditor_searches_nothing(ask: Ask) -> None:
    answer = await inspect(ask, SEARCHES, lately(ask), who="suspended_auditor")
    refused(answer, 403, "account_suspended")


async def test_without_a_case_number_nothing_is_found(ask: Ask) -> None:
    child_id = str(uuid4())
    answer = await inspect(ask, SEARCHES, {**lately(ask), "child_id": child_id}, case=None)
    refused(answer, 400, "case_missing")
    refused(await inspect(ask, f"/v1/log/entries/{uuid4()}", case=None), 400, "case_missing")
    # Whom it was about is entered all the same.
    (entry,) = await looks_at(ask, child_id)
    assert (entry["outcome"], entry["code"]) == ("refused", "case_missing")


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"until": 1}, "until"),
        ({"since": 1}, "since"),
        ({"cursor": "x" * 100}, "cursor"),
    ],
)
async def test_times_and_cursors_of_nonsense_are_refused(
    ask: Ask, differs: Stated, field: str
) -> None:
    answer = await inspect(ask, SEARCHES, {**lately(ask), **differs})
    refused(answer, 422, "field_invalid")
    assert answer.json()["errors"][0]["field"] == field


async def test_another_searchs_cursor_is_refused(ask: Ask, small_pages: None) -> None:
    for _ in range(3):
        await ask.look_up("teacher", **by_name(a_child()))
    sought = {**lately(ask), "account_id": account_of(ask, "teacher")}
    cursor = (await searched(ask, **sought))["next"]
    other = {**sought, "outcome": "shown", "cursor": cursor}
    refused(await inspect(ask, SEARCHES, other), 422, "field_invalid")
    again = {**sought, "cursor": cursor}
    assert (await inspect(ask, SEARCHES, again)).status_code == 200
    other_auditor = await inspect(ask, SEARCHES, again, who="second_auditor")
    refused(other_auditor, 422, "field_invalid")


# Main scenario


async def test_an_access_is_found_by_child_and_says_who_when_and_why(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    read = await ask.read("teacher", child_id)
    (entry,) = await every(ask, child_id=child_id, action="read_child")
    assert entry["entry_id"] == ask.receipt_of(read)
    assert entry["state"] == "open"
    said = entry["said"]
    teacher = ask.issuer.personas["teacher"]
    assert (said["account"], said["agency"]) == (str(teacher.account.id), str(teacher.agency.id))
    assert (said["agency_kind"], said["role"]) == ("school", "practitioner")
    assert (said["purpose"], said["reason"]) == (CARE.purpose, CARE.reason)
    assert (said["outcome"], said["code"], said["mediation"]) == ("shown", None, None)
    (child,) = said["children"]
    assert child["child_id"] == child_id
    assert child["shown"]
    assert "whereabouts" in child["classes"]


async def test_a_child_nobody_asked_about_is_a_reference(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    read = await ask.read("teacher", child_id)
    found = {each["entry_id"]: each for each in await every(ask, action="read_child")}
    (child,) = found[ask.receipt_of(read)]["said"]["children"]
    assert (child["child_id"], child["reference"]) == (None, reference_of(ask, child_id))
    answer = await inspect(ask, SEARCHES, {**lately(ask), "action": "read_child"})
    assert child_id not in answer.text


async def test_of_an_entry_about_two_the_other_stays_a_reference(ask: Ask) -> None:
    twin = a_child(nhs_number=None, upn=None, case_number=None)
    ids = [
        await ask.create({**twin, "name": {**twin["name"], "given_name": given}})
        for given in ("Fenwick", "Galdra")
    ]
    question = {"family_name": twin["name"]["family_name"], "date_of_birth": twin["date_of_birth"]}
    await ask("teacher", "POST", "/v1/lookups", question)
    (entry,) = await every(ask, child_id=ids[0], action="lookup")
    told = {each["reference"]: each["child_id"] for each in entry["said"]["children"]}
    assert told == {reference_of(ask, ids[0]): ids[0], reference_of(ask, ids[1]): None}


async def test_a_search_is_an_entry_that_others_find(ask: Ask) -> None:
    """Who looked at how the auditors looked: by the child, and by the account looked into."""
    child_id, teacher = await ask.create(a_child()), account_of(ask, "teacher")
    body = {**lately(ask), "child_id": child_id, "account_id": teacher}
    answer = await inspect(ask, SEARCHES, body)
    entry = await ask.entry(answer)
    assert (entry["action"], entry["reference"], entry["route"]) == ("inspect_log", CASE, SEARCHES)
    assert len(entry["query_commit"]) == len(entry["result_commit"]) == 64
    for looked_into in (child_id, teacher):
        assert entry["entry_id"] in {each["entry_id"] for each in await looks_at(ask, looked_into)}
    found = await every(ask, child_id=child_id, action="inspect_log")
    assert entry["entry_id"] in {each["entry_id"] for each in found}


async def kinds_of_access(ask: Ask) -> dict[str, str]:
    """Make one access of every kind that is looked for; return their entries by what they are."""
    child = a_child()
    child_id = await ask.create(child)
    made = {
        "read": await ask.read("teacher", child_id),
        "lookup": await ask("police_desk", "POST", "/v1/lookups", by_name(child)),
        "refused": await ask.read("lapsed_nurse", child_id),
        "harm": await ask(
            "police_desk",
            "GET",
            f"/v1/children/{child_id}",
            why=Why("enquire_significant_harm", "strategy_discussion"),
        ),
        "absent": await ask.read("teacher", str(uuid4())),
    }
    mediator = {"mediator_account_id": account_of(ask, "manager")}
    grant = (await ask("social_worker", "POST", "/v1/mediations", mediator)).json()["id"]
    path, headers = f"/v1/children/{child_id}", {"Access-Mediation": grant}
    made["mediated"] = await ask("manager", "GET", path, why=CARE, headers=headers)
    assert made["mediated"].status_code == 200
    asked = {"ground": "immediate_danger", "warning_read": True}
    headers = {"Idempotency-Key": str(uuid4())}
    made["override"] = await ask(
        "override_holder", "POST", f"{path}/override", asked, headers=headers
    )
    assert made["override"].status_code in (404, 409)
    return {what: ask.receipt_of(answer) for what, answer in made.items()}


SOUGHT: dict[str, tuple[Stated, set[str]]] = {
    "by purpose": ({"purpose": "enquire_significant_harm"}, {"harm"}),
    "by outcome": ({"outcome": "refused"}, {"refused"}),
    "by code": ({"code": "check_lapsed"}, {"refused"}),
    "by action": ({"action": "lookup"}, {"lookup"}),
    "by kind of agency": ({"agency_kind": "police"}, {"lookup", "harm"}),
    "mediated": ({"mediated": True, "action": "read_child"}, {"mediated"}),
    "not mediated": (
        {"mediated": False, "role": "management_team", "action": "read_child"},
        set(),
    ),
    "override": ({"override": True}, {"override"}),
    "federated": ({"federated": True}, set()),
    "not disclosed": ({"outcome": "not_disclosed"}, {"absent"}),
}


@pytest.mark.parametrize("what", SOUGHT)
async def test_what_is_looked_for_is_found_and_nothing_else(ask: Ask, what: str) -> None:
    differs, expected = SOUGHT[what]
    made = await kinds_of_access(ask)
    found = {each["entry_id"] for each in await every(ask, **differs)}
    assert {name for name, entry_id in made.items() if entry_id in found} == expected


async def test_an_accounts_and_an_agencys_entries_are_found(ask: Ask) -> None:
    made = await kinds_of_access(ask)
    police = ask.issuer.personas["police_desk"]
    by_account = {e["entry_id"] for e in await every(ask, account_id=str(police.account.id))}
    by_agency = {e["entry_id"] for e in await every(ask, agency_id=str(police.agency.id))}
    for found in (by_account, by_agency):
        assert {name for name, entry_id in made.items() if entry_id in found} == {"lookup", "harm"}
    assert by_account == by_agency


# Pages


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two entries, so that a few requests fill several."""
    monkeypatch.setattr("index_service.services.auditing.inspecting.PAGE_MAX", 2)


async def test_pages_neither_repeat_nor_lose_while_others_append(
    ask: Ask, small_pages: None
) -> None:
    child_id = await ask.create(a_child())
    reads = [ask.receipt_of(await ask.read("teacher", child_id)) for _ in range(7)]
    for sought in ({"child_id": child_id}, {"account_id": account_of(ask, "teacher")}, {}):
        body = {**lately(ask), **sought, "action": "read_child", "cursor": None}
        found: list[str] = []
        while True:
            page, _ = await asyncio.gather(
                inspect(ask, SEARCHES, body), ask.read("teacher", child_id)
            )
            told = page.json()
            found += [each["entry_id"] for each in told["entries"]]
            if told["next"] is None:
                break
            body["cursor"] = told["next"]
        assert [each for each in found if each in reads] == reads
        assert len(set(found)) == len(found)


async def test_an_entry_committed_late_comes_neither_between_nor_is_it_lost(
    ask: Ask, small_pages: None
) -> None:
    """Its moment lies before the pages shown; its transaction ended after the first."""
    child_id = await ask.create(a_child())
    for _ in range(4):
        await ask.read("teacher", child_id)
    sought = {**lately(ask), "child_id": child_id, "action": "read_child"}
    late = await Late.begun(ask, child_id)
    first = await searched(ask, **sought)
    await late.end()
    rest = await every(ask, **sought, cursor=first["next"]) if first["next"] else []
    ids = {each["entry_id"] for each in (*first["entries"], *rest)}
    assert late.entry_id not in ids
    assert late.entry_id in {each["entry_id"] for each in await every(ask, **sought)}


class Late:
    """An entry of now, in a transaction that is not over yet."""

    def __init__(self, connection: Any, entry_id: str) -> None:
        """Hold the open connection."""
        self.connection = connection
        self.entry_id = entry_id

    @classmethod
    async def begun(cls, ask: Ask, child_id: str) -> "Late":
        """Write a copy of the newest read of a child, sealed as its own, and do not commit."""
        index = ask.served.index
        subjects = (SubjectShown(UUID(child_id), shown=True),)
        entry = AccessEntry(
            *index.log.stamp(),
            action="read_child",
            route="tests",
            outcome=Outcome.SHOWN,
            subjects=subjects,
        )
        row = index.log.prepare(entry).row
        connection: Any = await asyncpg.connect(
            ask.served.postgres.url(SUPERUSER, ask.served.database)
        )
        await connection.execute("begin")
        await connection.execute(
            "insert into access_entry values ('northmere', $1, $2, $3, $4)",
            row.entry_id,
            row.at,
            row.leaf,
            row.sealed,
        )
        for ref, sealed in row.subjects:
            await connection.execute(
                "insert into access_subject values ('northmere', $1, $2)", ref, sealed
            )
        return cls(connection, str(row.entry_id))

    async def end(self) -> None:
        """Commit it."""
        await self.connection.execute("commit")
        await self.connection.close()


async def test_a_search_by_time_goes_on_past_what_does_not_fit(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page goes through so many entries and no more; it may be empty and not the last."""
    monkeypatch.setattr(finding, "SCANNED_MAX", 4)
    monkeypatch.setattr(finding, "_AT_ONCE", 2)
    begun = lately(ask)
    for _ in range(6):
        await ask("teacher", "GET", "/v1/me", why=NO_WHY)
    child_id = await ask.create(a_child())
    read = await ask.read("police_desk", child_id)
    found = await every(ask, **begun, action="read_child", agency_kind="police")
    assert found[-1]["entry_id"] == ask.receipt_of(read)


async def test_only_the_time_asked_about_is_searched(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    now_s = int(ask.served.index.clock.now().timestamp())
    for differs in ({}, {"child_id": child_id}, {"account_id": account_of(ask, "teacher")}):
        past = {"since": now_s - 30 * DAY_S, "until": now_s - 3600}
        assert (await searched(ask, **past, **differs))["entries"] == []


async def test_more_days_are_asked_about_for_one_child_only(ask: Ask) -> None:
    now_s = int(ask.served.index.clock.now().timestamp())
    years = {"since": now_s - 3 * 366 * DAY_S, "until": now_s}
    refused(await inspect(ask, SEARCHES, years), 422, "field_invalid")
    answer = await inspect(ask, SEARCHES, {**years, "child_id": str(uuid4())})
    assert answer.status_code == 200
    assert answer.json()["closed_years"] == []


async def test_nothing_found_is_said_and_entered_as_nothing(ask: Ask) -> None:
    answer = await inspect(ask, SEARCHES, {**lately(ask), "child_id": str(uuid4())})
    assert answer.json()["entries"] == []
    assert (await ask.entry(answer))["outcome"] == "nothing"


async def test_an_entry_that_is_not_there_is_the_one_answer(ask: Ask) -> None:
    not_shown(await inspect(ask, f"/v1/log/entries/{uuid4()}"))
