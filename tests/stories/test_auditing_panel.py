"""A panel: one child, one case, one reader, until it ends; who was involved and who looked."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from index_service.domain.clock import FixedClock
from index_service.services.auditing.panels import frozen_children
from index_service.store.reading import snapshot
from tests.stories.asking import NO_WHY, Answer, Ask, not_shown, refused
from tests.stories.auditing import CASE, PANELS, account_of, inspect, looks_at
from tests.stories.hidden import held
from tests.stories.later import asking_at, on
from tests.stories.made import Stated, a_child, by_name, day, key
from tests.stories.test_override import override, shielded
from tests.stories.test_override import read as read_overriding

READER = "second_auditor"


async def panel_of(ask: Ask, child_id: str, **differs: Any) -> str:
    """Open a panel for a case, to be read by another auditor; return its id."""
    body = {"child_id": child_id, "account_id": account_of(ask, READER), "days": 30, **differs}
    answer = await inspect(ask, PANELS, body)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def read(ask: Ask, panel_id: str, who: str = READER, case: str | None = CASE) -> Answer:
    """Read a panel for a case."""
    return await inspect(ask, f"{PANELS}/{panel_id}", who=who, case=case)


async def told(ask: Ask, panel_id: str) -> Stated:
    """Return what a panel's reader is told."""
    answer = await read(ask, panel_id)
    assert answer.status_code == 200, answer.text
    shown: Stated = answer.json()
    return shown


# Whoever may not


async def test_without_a_token_there_is_no_panel(ask: Ask) -> None:
    body = {"child_id": str(uuid4()), "account_id": str(uuid4()), "days": 3}
    refused(await ask(None, "POST", PANELS, body), 401, "not_authenticated")
    refused(await ask(None, "GET", f"{PANELS}/{uuid4()}"), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("social_worker", "role_not_allowed"),
        ("manager", "role_not_allowed"),
        ("schools_auditor", "role_not_allowed"),
        ("suspended_auditor", "account_suspended"),
    ],
)
async def test_whoever_may_not_opens_and_reads_none(ask: Ask, who: str, code: str) -> None:
    panel_id = await panel_of(ask, str(uuid4()))
    body = {"child_id": str(uuid4()), "account_id": account_of(ask, READER), "days": 3}
    headers = {"Access-Reference": CASE, "Idempotency-Key": key()}
    refused(await ask(who, "POST", PANELS, body, why=NO_WHY, headers=headers), 403, code)
    path = f"{PANELS}/{panel_id}"
    refused(await ask(who, "GET", path, why=NO_WHY, headers=headers), 403, code)


async def test_without_its_case_a_panel_is_neither_opened_nor_read(ask: Ask) -> None:
    panel_id = await panel_of(ask, str(uuid4()))
    body = {"child_id": str(uuid4()), "account_id": account_of(ask, READER), "days": 3}
    refused(await inspect(ask, PANELS, body, case=None), 400, "case_missing")
    for case in (None, "ANOTHER/9"):
        refused(await read(ask, panel_id, case=case), 400, "case_missing")


async def test_a_panel_is_its_readers_alone(ask: Ask) -> None:
    panel_id = await panel_of(ask, str(uuid4()))
    not_shown(await read(ask, panel_id, who="auditor"))
    not_shown(await read(ask, str(uuid4())))


@pytest.mark.parametrize("who", ["teacher", "manager", "schools_auditor", "suspended_auditor"])
async def test_nobody_is_named_who_may_read_none(ask: Ask, who: str) -> None:
    body = {"child_id": str(uuid4()), "account_id": account_of(ask, who), "days": 3}
    answer = await inspect(ask, PANELS, body)
    refused(answer, 422, "field_invalid")
    assert answer.json()["errors"][0]["field"] == "account_id"
    refused(await inspect(ask, PANELS, {**body, "account_id": str(uuid4())}), 422, "field_invalid")


@pytest.mark.parametrize(
    ("opener", "reader"),
    [
        ("auditor", "auditor"),
        ("double_auditor", "double_auditor"),
        ("double_auditor", "same_auditor"),
    ],
)
async def test_nobody_opens_a_panel_for_themselves_by_any_account(
    ask: Ask, opener: str, reader: str
) -> None:
    body = {"child_id": str(uuid4()), "account_id": account_of(ask, reader), "days": 3}
    refused(await inspect(ask, PANELS, body, who=opener), 409, "second_person_needed")
    body["account_id"] = account_of(ask, READER)
    assert (await inspect(ask, PANELS, body, who=opener)).status_code == 201


@pytest.mark.parametrize("days", [0, 91, -1])
async def test_a_panel_lasts_ninety_days_at_most(ask: Ask, days: int) -> None:
    body = {"child_id": str(uuid4()), "account_id": account_of(ask, READER), "days": days}
    refused(await inspect(ask, PANELS, body), 422, "field_invalid")


# Main scenario


async def test_a_panel_is_told_who_was_involved_and_who_looked(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("teacher", child_id)
    reads = [ask.receipt_of(await ask.read(who, child_id)) for who in ("teacher", "police_desk")]
    shown = await told(ask, await panel_of(ask, child_id))
    assert shown["child_id"] == child_id
    (involved,) = shown["involved"]
    teacher = ask.issuer.personas["teacher"]
    assert (involved["agency_kind"], involved["agency_id"]) == ("school", str(teacher.agency.id))
    assert involved["began"]
    looked = {each["entry_id"]: each for each in shown["looked"]}
    assert set(reads) <= set(looked)
    said = looked[reads[1]]["said"]
    police = ask.issuer.personas["police_desk"]
    assert (said["agency_kind"], said["account_id"]) == ("police", str(police.account.id))
    assert said["shown"]
    assert "identity" in said["classes"]
    (row,) = await ask.served.rows(
        "select leaf from access_entry where entry_id = $1::text::uuid", reads[1]
    )
    assert looked[reads[1]]["leaf"] == row["leaf"].hex()


async def test_a_panel_is_told_of_no_other_child(ask: Ask) -> None:
    """Of a lookup that showed two, what it showed of its own child alone."""
    twin = a_child(nhs_number=None, upn=None, case_number=None)
    ids = [
        await ask.create({**twin, "name": {**twin["name"], "given_name": given}})
        for given in ("Fenwick", "Galdra")
    ]
    question = {"family_name": twin["name"]["family_name"], "date_of_birth": twin["date_of_birth"]}
    answer = await ask("teacher", "POST", "/v1/lookups", question)
    assert len(answer.json()["matches"]) == 2
    panel = await read(ask, await panel_of(ask, ids[0]))
    assert ids[1] not in panel.text
    assert ask.receipt_of(answer) in panel.text


async def test_reading_a_panel_is_an_entry_about_the_child_and_no_look(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    panel_id = await panel_of(ask, child_id)
    first = await read(ask, panel_id)
    entry = await ask.entry(first)
    assert (entry["action"], entry["reference"]) == ("read_panel", CASE)
    assert entry["entry_id"] in {each["entry_id"] for each in await looks_at(ask, child_id)}
    assert (await told(ask, panel_id))["looked"] == []


async def test_a_panel_opened_twice_by_one_key_is_one(ask: Ask) -> None:
    body = {"child_id": str(uuid4()), "account_id": account_of(ask, READER), "days": 3}
    headers = {"Access-Reference": CASE, "Idempotency-Key": key()}
    made = [
        (await ask("auditor", "POST", PANELS, body, headers=headers)).json()["id"] for _ in range(2)
    ]
    assert made[0] == made[1]


async def test_a_panel_of_nobody_here_says_so_by_saying_nothing(ask: Ask) -> None:
    shown = await told(ask, await panel_of(ask, str(uuid4())))
    assert shown["involved"] == []
    assert shown["looked"] == []


async def test_pages_of_a_panel_go_on(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index_service.services.auditing.panels.PAGE_MAX", 2)
    child_id = await ask.create(a_child())
    reads = [ask.receipt_of(await ask.read("teacher", child_id)) for _ in range(4)]
    panel_id = await panel_of(ask, child_id)
    found: list[str] = []
    path: str | None = f"{PANELS}/{panel_id}"
    while path:
        page = (await inspect(ask, path, who=READER)).json()
        found += [each["entry_id"] for each in page["looked"]]
        path = page["next"] and f"{PANELS}/{panel_id}?cursor={page['next']}"
    assert [each for each in found if each in reads] == reads
    refused(
        await inspect(ask, f"{PANELS}/{panel_id}?cursor={'x' * 90}", who=READER),
        400,
        "query_invalid",
    )


# What a panel is not told


async def test_a_sensitive_service_is_not_among_who_was_involved(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("therapist", child_id, service="mental_health", consent=True)
    await ask.read("therapist", child_id)
    answer = await read(ask, await panel_of(ask, child_id))
    therapist = ask.issuer.personas["therapist"]
    assert answer.json()["involved"] == []
    for word in (therapist.agency.id, therapist.account.id, "mental_health"):
        assert str(word) not in answer.text


async def in_a_world(ask: Ask, *, sensitive: bool) -> str:
    """Return all pages a panel is told of a child, of two worlds; what is drawn anew set alike."""
    child = a_child()
    child_id = await ask.create(child)
    await ask.begin("teacher", child_id)
    await ask.shown("teacher", child_id)
    if sensitive:
        began = await ask.begin("therapist", child_id, service="mental_health", consent=True)
        await ask.shown("therapist", child_id)
        await ask.look_up("therapist", **by_name(child))
        path = f"/v1/involvements/{began}"
        assert (await ask("therapist", "GET", path)).status_code == 200
        assert (await ask("manager", "GET", path)).status_code == 200  # that the team looked
        path = f"/v1/children/{child_id}/consents"
        assert (await ask("therapist", "GET", path)).status_code == 200
    else:
        await ask.shown("manager", child_id)
    await ask.look_up("police_desk", **by_name(child))
    await ask.shown("manager", child_id)
    await ask.shown("health_visitor", child_id)
    panel, pages = f"{PANELS}/{await panel_of(ask, child_id)}", list[str]()
    following: str | None = ""
    while following is not None:
        answer = await inspect(ask, f"{panel}{following and '?cursor='}{following}", who=READER)
        assert answer.status_code == 200, answer.text
        following = answer.json()["next"]
        pages.append(answer.text)
    text = re.sub(r'"(entry_id|panel_id|child_id|leaf|next)":"[^"]+"', r'"\1":"-"', "".join(pages))
    return re.sub(r'"(at|ends_at|shard|leaf_index)":(\d+|null)', r'"\1":0', text)


@pytest.mark.parametrize("page_max", [200, 2])
async def test_a_panel_reads_the_same_whether_or_not_a_sensitive_service_was_involved(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, page_max: int
) -> None:
    monkeypatch.setattr("index_service.services.auditing.panels.PAGE_MAX", page_max)
    with_one, without = [await in_a_world(ask, sensitive=each) for each in (True, False)]
    assert "police" in without
    assert with_one == without


async def test_only_looks_are_told_and_of_the_team_no_more_than_that(ask: Ask) -> None:
    """Creating, shielding and opening the panel are no looks; what the team read is not said."""
    child_id = await ask.create(a_child())
    await ask.shield(child_id, day(-90))
    read_by_team = ask.receipt_of(await ask.read("manager", child_id))
    (look,) = (await told(ask, await panel_of(ask, child_id)))["looked"]
    assert look["entry_id"] == read_by_team
    said = look["said"]
    assert (said["agency_kind"], said["action"], said["purpose"]) == ("authority", None, None)
    assert said["classes"] == []


async def test_a_read_under_an_override_is_told_as_a_read_by_a_kind(ask: Ask) -> None:
    child_id, _ = await shielded(ask)
    override_id = (await override(ask, child_id)).json()["id"]
    answer = await read_overriding(ask, child_id, override_id)
    assert answer.status_code == 200, answer.text
    looked = (await told(ask, await panel_of(ask, child_id)))["looked"]
    (said,) = [each["said"] for each in looked if each["entry_id"] == ask.receipt_of(answer)]
    assert (said["agency_kind"], said["agency_id"]) == ("social_care", None)
    assert said["action"] == "read_child"
    assert "override" not in str(looked)


async def test_of_a_shielded_child_kinds_of_agency_alone(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.begin("teacher", child_id)
    await ask.shield(child_id, day(-90))
    await ask.read("police_desk", child_id)
    answer = await read(ask, await panel_of(ask, child_id))
    (involved,) = answer.json()["involved"]
    assert involved == {
        "agency_kind": "school",
        "service": involved["service"],
        "agency_id": None,
        "began": None,
        "ceased": None,
    }
    for who in ("teacher", "police_desk"):
        assert str(ask.issuer.personas[who].agency.id) not in answer.text
    assert "police" in {each["said"]["agency_kind"] for each in answer.json()["looked"]}


async def test_of_a_record_in_doubt_nobody_involved_is_told(ask: Ask) -> None:
    hidden, _ = await held(ask)
    assert (await told(ask, await panel_of(ask, hidden)))["involved"] == []


# Its end, and what it freezes


LATER = {"days": 1, "hours": 1}


async def frozen(ask: Ask, **later: float) -> frozenset[UUID]:
    """Return whom nothing may be removed of, now or so much later."""
    index = replace(ask.served.index, clock=FixedClock(on(**later)))
    async with snapshot(index.reading, index.csa) as reading:
        return await frozen_children(index, reading)


async def test_a_panel_ends_by_itself_and_then_is_refused(ask: Ask) -> None:
    child_id = str(uuid4())
    panel_id = await panel_of(ask, child_id, days=1)
    assert (await read(ask, panel_id)).status_code == 200
    async with asking_at(ask, on(**LATER)) as later:
        refused(await read(later, panel_id), 409, "ended_already")


async def test_a_panel_freezes_its_childs_record_until_it_ends(ask: Ask) -> None:
    once, twice = uuid4(), uuid4()
    for child_id, days in ((once, 1), (twice, 1), (twice, 2)):
        await panel_of(ask, str(child_id), days=days)
    assert {once, twice} <= await frozen(ask)
    later = await frozen(ask, **LATER)
    assert once not in later
    assert twice in later
