"""After a breach: which children, classes and askers; counts that give nobody away; samples."""

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest

from index_service.services.auditing.sampling import rank
from tests.stories.asking import NO_WHY, Ask, refused
from tests.stories.auditing import (
    BREACHES,
    CASE,
    SAMPLES,
    account_of,
    every,
    inspect,
    lately,
    looks_at,
    reference_of,
)
from tests.stories.made import Stated, a_child, by_name, day

PATHS = pytest.mark.parametrize(
    ("path", "more"), [(BREACHES, {"form": "children"}), (SAMPLES, {"size": 3})]
)


async def reached(ask: Ask, form: str = "children", **sought: Any) -> Stated:
    """Return how far what is looked for reached."""
    answer = await inspect(ask, BREACHES, {**lately(ask), "form": form, **sought})
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()
    return told


async def drawn(ask: Ask, **sought: Any) -> Stated:
    """Return a sample."""
    answer = await inspect(ask, SAMPLES, {**lately(ask), "size": 3, **sought})
    assert answer.status_code == 200, answer.text
    told: Stated = answer.json()
    return told


# Whoever may not


@PATHS
async def test_without_a_token_or_a_case_nothing_is_told(ask: Ask, path: str, more: Stated) -> None:
    body = {**lately(ask), **more}
    refused(await ask(None, "POST", path, body), 401, "not_authenticated")
    refused(await inspect(ask, path, body, case=None), 400, "case_missing")


@PATHS
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("teacher", "role_not_allowed"),
        ("manager", "role_not_allowed"),
        ("suspended_auditor", "account_suspended"),
    ],
)
async def test_whoever_may_not_is_told_nothing(
    ask: Ask, path: str, more: Stated, who: str, code: str
) -> None:
    body, headers = {**lately(ask), **more}, {"Access-Reference": CASE}
    refused(await ask(who, "POST", path, body, why=NO_WHY, headers=headers), 403, code)


@PATHS
async def test_too_much_at_once_is_refused_plainly(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, path: str, more: Stated
) -> None:
    monkeypatch.setattr("index_service.services.auditing.finding.RANGE_MAX", 2)
    for _ in range(3):
        await ask("teacher", "GET", "/v1/me", why=NO_WHY)
    answer = await inspect(ask, path, {**lately(ask), **more})
    refused(answer, 413, "export_too_large")


# The reach of a breach


async def test_the_children_an_account_was_shown_are_named_with_their_classes(ask: Ask) -> None:
    children = [a_child() for _ in range(3)]
    ids = [await ask.create(child) for child in children]
    await ask.shield(ids[1], day(-90))
    await ask.read("therapist", ids[0])
    await ask.read("therapist", ids[1])
    await ask("therapist", "POST", "/v1/lookups", by_name(children[0]))
    await ask.read("police_desk", ids[2])
    told = await reached(ask, account_id=account_of(ask, "therapist"))
    found = {each["child_id"]: each for each in told["children"]}
    assert set(found) == set(ids[:2])
    assert found[ids[1]]["classes"] == ["identity"]
    assert {"identity", "involvements"} <= set(found[ids[0]]["classes"])
    assert found[ids[0]]["accounts"] == [account_of(ask, "therapist")]
    assert found[ids[0]]["references"] == [reference_of(ask, ids[0])]
    assert found[ids[0]]["first"] <= found[ids[0]]["last"]
    assert told["counts"] is None


async def test_an_agencys_askers_are_all_named(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    for who in ("social_worker", "colleague", "teacher"):
        await ask.read(who, child_id)
    agency = str(ask.issuer.personas["social_worker"].agency.id)
    told = await reached(ask, agency_id=agency)
    (one,) = [each for each in told["children"] if each["child_id"] == child_id]
    assert set(one["accounts"]) == {account_of(ask, "social_worker"), account_of(ask, "colleague")}
    everybody = await reached(ask)
    (one,) = [each for each in everybody["children"] if each["child_id"] == child_id]
    assert account_of(ask, "teacher") in one["accounts"]


async def test_who_asked_and_was_shown_nothing_reached_nobody(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("lapsed_nurse", child_id)
    told = await reached(ask, account_id=account_of(ask, "lapsed_nurse"))
    assert told["children"] == []


async def test_whom_an_auditor_looked_for_was_not_shown_to_them(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await every(ask, child_id=child_id)
    told = await reached(ask, account_id=account_of(ask, "auditor"))
    assert child_id not in {each["child_id"] for each in told["children"]}


async def test_every_child_named_is_entered_as_looked_into(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("override_holder", child_id)
    await reached(ask, account_id=account_of(ask, "override_holder"))
    entries = [e for e in await looks_at(ask, child_id) if e["action"] == "inspect_log"]
    assert [e["route"] for e in entries] == [BREACHES]


async def test_a_child_no_longer_on_the_index_is_a_reference(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("housing_officer", child_id)
    taken = await ask.served.rows("select * from child where child_id = $1", UUID(child_id))
    await ask.served.rows("delete from child where child_id = $1", UUID(child_id))
    try:
        told = await reached(ask, account_id=account_of(ask, "housing_officer"))
    finally:
        places = ", ".join(f"${n + 1}" for n in range(len(taken[0])))
        await ask.served.rows(f"insert into child values ({places})", *taken[0].values())
    (one,) = told["children"]
    assert (one["child_id"], one["references"]) == (None, [reference_of(ask, child_id)])


async def test_small_counts_are_left_out(ask: Ask) -> None:
    ids = [await ask.create(a_child()) for _ in range(6)]
    for child_id in ids:
        await ask.read("emergency_nurse", child_id)
    told = await reached(ask, form="counts", account_id=account_of(ask, "emergency_nurse"))
    assert told["children"] is None
    assert told["counts"]["children"] == 6
    nurse = str(ask.issuer.personas["emergency_nurse"].agency.id)
    assert told["counts"]["by_agency"] == [{"agency_id": nurse, "children": 6}]
    assert not any(child_id in json.dumps(told) for child_id in ids)
    few = await reached(ask, form="counts", account_id=account_of(ask, "override_holder"))
    assert few["counts"]["children"] is None
    assert {each["children"] for each in few["counts"]["by_class"]} <= {None}


async def test_counts_name_no_child_in_their_entry(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    await ask.read("teacher", child_id)
    await reached(ask, form="counts")
    assert not [e for e in await looks_at(ask, child_id) if e["action"] == "inspect_log"]


# Samples


async def test_a_sample_is_of_its_cohort_and_drawn_again_by_its_seed(ask: Ask) -> None:
    child_id = await ask.create(a_child())
    for _ in range(8):
        await ask.read("health_visitor", child_id)
    cohort = {**lately(ask), "agency_kind": "health_visiting", "action": "read_child"}
    told = await drawn(ask, **cohort)
    everybody = {each["entry_id"] for each in await every(ask, **cohort)}
    ids = [each["entry_id"] for each in told["entries"]]
    assert len(set(ids)) == 3
    assert set(ids) <= everybody
    assert told["cohort"] == len(everybody)
    again = await drawn(ask, **cohort, seed=told["seed"])
    assert [each["entry_id"] for each in again["entries"]] == ids
    seeds = {(await drawn(ask, **cohort))["seed"] for _ in range(3)}
    assert len(seeds | {told["seed"]}) == 4
    # Anybody can draw it: the lowest lots of the cohort, by the seed alone.
    seed = bytes.fromhex(told["seed"])
    lots = sorted(everybody, key=lambda each: rank(seed, UUID(each).bytes))
    assert ids == lots[:3]


async def test_the_entry_commits_to_the_seed(ask: Ask) -> None:
    cohort = {**lately(ask), "size": 2, "role": "practitioner"}
    answer = await inspect(ask, SAMPLES, cohort)
    entry = await ask.entry(answer)
    assert entry["query_commit"] == answer.json()["committed"]
    by_seed = [
        (await inspect(ask, SAMPLES, {**cohort, "seed": seed * 32})).json()["committed"]
        for seed in ("5b", "5b", "5c")
    ]
    assert by_seed[0] == by_seed[1] != by_seed[2]
    assert entry["result_commit"] == hashlib.sha256(answer.content).hexdigest()


async def test_a_small_cohort_is_not_counted(ask: Ask) -> None:
    told = await drawn(ask, account_id=account_of(ask, "club_leader"))
    assert (told["cohort"], told["entries"]) == (None, [])


async def test_lots_fall_evenly(ask: Ask) -> None:
    """Over many seeds every one of a cohort is drawn about as often."""
    ids = [bytes([n]) * 16 for n in range(10)]
    counts = dict.fromkeys(ids, 0)
    for n in range(2_000):
        seed = hashlib.sha256(n.to_bytes(4)).digest()
        for _, each in sorted((rank(seed, each), each) for each in ids)[:3]:
            counts[each] += 1
    assert all(480 < count < 720 for count in counts.values())
