"""A practitioner's own involvements, and their agency's caseload for whoever keeps it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from index_service.services import caseloads
from tests.stories.asking import CARE, NO_WHY, Ask, Why, refused
from tests.stories.auditing import reference_of
from tests.stories.hidden import archive
from tests.stories.later import asking_at, on
from tests.stories.made import a_child, contact, day
from tests.stories.practising import (
    CASELOAD,
    DOUBTFUL,
    OWN,
    ids_on,
    page_of,
    practising,
    practitioner,
    rows_on,
)

PRACTITIONERS = f"{CASELOAD}/practitioners"
NOBODY = "6a1f4c1e-5a0a-4d0c-9a54-7b1f0c2d3e4f"
KEEPING = (CASELOAD, f"{CASELOAD}?due=overdue", f"{CASELOAD}?practitioner_id={NOBODY}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worker(ask: Ask) -> AsyncIterator[str]:
    """Let the social worker's account be a practitioner's; return their id."""
    yield await practising(ask, "social_worker", "Marit Quoyle")


async def working_with(ask: Ask, began: int = 30, who: str = "social_worker") -> tuple[str, str]:
    """Record a child somebody works with; return its id and the involvement's."""
    child_id = await ask.create(a_child())
    return child_id, await ask.begin(who, child_id, began=day(began))


# One's own


async def test_a_practitioner_is_shown_their_own_involvements(ask: Ask, worker: str) -> None:
    child = a_child()
    child_id = await ask.create(child)
    involvement_id = await ask.begin("social_worker", child_id, contact=contact())
    rows = {each["child_id"]: each for each in await rows_on(ask, "social_worker", OWN)}
    shown = rows[child_id]
    read = await ask("social_worker", "GET", f"/v1/involvements/{involvement_id}")
    assert shown["involvement"] == read.json()
    assert shown["name"]["family_name"] == child["name"]["family_name"]
    assert shown["date_of_birth"] == child["date_of_birth"]
    assert (shown["practitioner_id"], shown["practitioner"]) == (worker, "Marit Quoyle")
    assert (shown["confirm_by"], shown["overdue"]) == (day(-26 * 7), False)
    assert shown["contact_doubts"] == []


async def test_a_colleagues_involvement_is_not_ones_own(ask: Ask, worker: str) -> None:
    _, theirs = await working_with(ask, who="colleague")
    assert theirs not in await ids_on(ask, "social_worker", OWN)
    assert await ids_on(ask, "colleague", OWN) == []


async def test_those_to_confirm_come_first_and_confirming_moves_one_back(
    ask: Ask, worker: str
) -> None:
    async with asking_at(ask, on(days=150)) as later:
        _, newer = await working_with(later)
    _, older = await working_with(ask)
    async with asking_at(ask, on(days=200)) as later:
        found = await rows_on(later, "social_worker", OWN)
        ids = [each["involvement"]["involvement_id"] for each in found]
        assert ids.index(older) < ids.index(newer)
        days = [each["confirm_by"] for each in found]
        assert days == sorted(days)
        overdue = {each["involvement"]["involvement_id"]: each["overdue"] for each in found}
        assert (overdue[older], overdue[newer]) == (True, False)
        await later("social_worker", "POST", f"/v1/involvements/{older}/confirm")
        ids = await ids_on(later, "social_worker", OWN)
        assert ids.index(newer) < ids.index(older)


async def test_what_ceased_is_on_no_caseload(ask: Ask, worker: str) -> None:
    _, ended = await working_with(ask)
    await ask("social_worker", "POST", f"/v1/involvements/{ended}/cease", {})
    assert ended not in await ids_on(ask, "social_worker", OWN)
    assert ended not in await ids_on(ask, "supervisor", CASELOAD)


async def test_a_child_put_away_is_silently_on_no_caseload(ask: Ask, worker: str) -> None:
    child_id, gone = await working_with(ask)
    assert gone in await ids_on(ask, "social_worker", OWN)
    await archive(ask.served, UUID(child_id))
    assert gone not in await ids_on(ask, "social_worker", OWN)
    assert gone not in await ids_on(ask, "supervisor", CASELOAD)


async def test_of_a_shielded_child_ones_own_involvement_is_shown_and_no_whereabouts(
    ask: Ask, worker: str
) -> None:
    child_id, own = await working_with(ask)
    await ask.shield(child_id, day(-60))
    (row,) = [
        each
        for each in await rows_on(ask, "social_worker", OWN)
        if each["involvement"]["involvement_id"] == own
    ]
    assert row.keys() == {
        "child_id",
        "name",
        "date_of_birth",
        "involvement",
        "practitioner_id",
        "practitioner",
        "confirm_by",
        "overdue",
        "contact_doubts",
    }


async def test_without_consent_a_sensitive_involvement_falls_silent_for_its_own_worker(
    ask: Ask,
) -> None:
    await practising(ask, "therapist", "Idris Fenwick")
    child_id = await ask.create(a_child())
    own = await ask.begin("therapist", child_id, service="mental_health", consent=True)
    assert await ids_on(ask, "therapist", OWN) == [own]
    path, once = f"/v1/children/{child_id}/consents", {"Idempotency-Key": "fall-silent-for-all-0"}
    said = {
        "given_for": "sensitive_entry",
        "state": "refused",
        "giver": "child",
        "understanding": "sufficient",
        "service": "mental_health",
    }
    answer = await ask("therapist", "POST", path, said, headers=once)
    assert answer.status_code == 201, answer.text
    assert await ids_on(ask, "therapist", OWN) == []


async def test_one_entry_names_every_child_of_a_page(ask: Ask, worker: str) -> None:
    for _ in range(2):
        await working_with(ask)
    answer = await ask("social_worker", "GET", OWN)
    shown = {each["child_id"] for each in answer.json()["involvements"]}
    entry = await ask.entry(answer)
    assert len(shown) > 1
    assert {each["ref"] for each in entry["subjects"]} == {reference_of(ask, one) for one in shown}
    assert entry["action"] == "read_involvement"


async def test_pages_go_on_where_they_ended_and_serve_one_account(
    ask: Ask, worker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await working_with(ask)
    monkeypatch.setattr(caseloads, "PAGE_MAX", 2)
    for path, who in ((OWN, "social_worker"), (CASELOAD, "supervisor")):
        whole = await ids_on(ask, who, path)
        assert len(whole) > 2
        cursor = (await page_of(ask, who, path))["next"]
        other = await ask("second_supervisor", "GET", f"{path}?cursor={cursor}", why=CARE)
        refused(other, 400, "query_invalid")


@pytest.mark.parametrize("path", [OWN, DOUBTFUL])
async def test_whoever_lists_children_says_why(ask: Ask, path: str) -> None:
    refused(await ask("social_worker", "GET", path, why=NO_WHY), 400, "purpose_missing")
    refused(await ask("schools_feed", "GET", path), 403, "role_not_allowed")
    refused(await ask(None, "GET", path), 401, "not_authenticated")


async def test_an_account_without_a_practitioner_has_no_caseload(ask: Ask) -> None:
    await working_with(ask, who="teacher")
    assert await page_of(ask, "teacher", OWN) == {"involvements": [], "next": None}


# An agency's


async def test_a_keeper_sees_their_own_agencys_caseload_and_no_other(ask: Ask, worker: str) -> None:
    _, mine = await working_with(ask)
    _, unnamed = await working_with(ask, who="colleague")
    _, other = await working_with(ask, who="teacher")
    found = await rows_on(ask, "supervisor", CASELOAD)
    rows = {each["involvement"]["involvement_id"]: each for each in found}
    assert {mine, unnamed} <= rows.keys()
    assert other not in rows
    assert (rows[mine]["practitioner_id"], rows[mine]["practitioner"]) == (worker, "Marit Quoyle")
    assert rows[unnamed]["practitioner_id"] is None
    assert {each["involvement"]["agency"] for each in found} == {"Northmere Childrens Social Care"}


async def test_a_keeper_sees_one_practitioners_those_to_confirm_first(
    ask: Ask, worker: str
) -> None:
    _, unnamed = await working_with(ask, who="colleague")
    path = f"{CASELOAD}?practitioner_id={worker}"
    assert await ids_on(ask, "supervisor", path) == await ids_on(ask, "social_worker", OWN)
    assert unnamed not in await ids_on(ask, "supervisor", path)
    elsewhere = await practitioner(ask, "teacher", "Sorrel Ashdown")
    assert await ids_on(ask, "supervisor", f"{CASELOAD}?practitioner_id={elsewhere}") == []


async def test_a_caseload_is_narrowed_to_what_is_due(ask: Ask, worker: str) -> None:
    _, mine = await working_with(ask)
    for days, where in ((100, set()), (160, {"soon"}), (183, {"soon", "overdue"})):
        async with asking_at(ask, on(days=days)) as later:
            for due in ("soon", "overdue"):
                for more in ("", f"&practitioner_id={worker}"):
                    found = await ids_on(later, "supervisor", f"{CASELOAD}?due={due}{more}")
                    assert (mine in found) is (due in where)


@pytest.mark.parametrize("path", KEEPING)
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("social_worker", "supervision_not_granted"),
        ("auditor", "role_not_allowed"),
        ("schools_feed", "role_not_allowed"),
        ("suspended_supervisor", "account_suspended"),
    ],
)
async def test_nobody_else_keeps_a_caseload(ask: Ask, path: str, who: str, code: str) -> None:
    refused(await ask(who, "GET", path, why=CARE), 403, code)


async def test_a_keeper_says_why_and_may_not_say_anything(ask: Ask) -> None:
    refused(await ask("supervisor", "GET", CASELOAD, why=NO_WHY), 400, "purpose_missing")
    keeps = Why("keep_index", "review")
    refused(await ask("supervisor", "GET", CASELOAD, why=keeps), 403, "purpose_not_allowed")


async def test_a_keeper_sees_who_a_caseload_may_go_to(ask: Ask, worker: str) -> None:
    answer = await ask("supervisor", "GET", PRACTITIONERS)
    found: list[Any] = answer.json()["practitioners"]
    assert {"practitioner_id": worker, "name": "Marit Quoyle"} in found
    refused(
        await ask("social_worker", "GET", PRACTITIONERS, why=NO_WHY), 403, "supervision_not_granted"
    )
    theirs = await ask("schools_supervisor", "GET", PRACTITIONERS)
    assert worker not in {each["practitioner_id"] for each in theirs.json()["practitioners"]}
