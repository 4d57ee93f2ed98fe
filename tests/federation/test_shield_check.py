"""A shield holds in every borough: asked before a new record is seen, and of all at night."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest_asyncio

from index_service.domain.matching.keys import guard_keys
from index_service.federation.errors import Lost, Unreachable
from index_service.federation.sizes import SHIELD_ROWS
from index_service.services.encoding import Policy
from index_service.services.peering.shield_check import LATE, LATE_THERE, ShieldCheck
from index_service.services.peering.shield_hits import HIT, STILL
from index_service.services.peering.shield_rows import MET, ShieldRows
from index_service.services.sealing import open_facts, open_policy
from index_service.services.upkeep import Upkeep
from index_service.store.federation_tables import exchange, peer_nonce
from index_service.store.log_tables import LOG_TABLES
from index_service.store.tables import GOVERNED
from index_service.store.work import work_on
from tests.federation.jobs import alerts, checked, client_of, job_of
from tests.region import Borough, RegionServed
from tests.stories.asking import SHIELDING
from tests.stories.made import Stated, by_everything, child_line, day, reference

NORTHMERE, EASTBROOK = "northmere", "eastbrook"


async def policy_of(borough: Borough, child_id: str) -> Policy:
    """Return what is stored of what restricts a record."""
    index = borough.served.index
    async with work_on(index.feed, index.csa, index.log) as work:
        (row,) = await work.children.beheld([UUID(child_id)])
    return open_policy(index.keyring, row).policy


async def seen(borough: Borough, child: Stated) -> list[str]:
    """Return the ids a social worker is shown for everything there is to ask by."""
    answer = await borough.ask.look_up("social_worker", **by_everything(child))
    return [match["child"]["child_id"] for match in answer["matches"]]


async def shielded_at(region: RegionServed, borough: Borough, child: Stated) -> str:
    """Record and shield a child, and put what it goes by into the region's set."""
    child_id = await borough.ask.create(child)
    await checked(borough)
    await borough.ask.shield(child_id, day(-90))
    region.later(hours=1)
    await checked(borough)
    return child_id


@asynccontextmanager
async def locator_down(region: RegionServed) -> AsyncIterator[None]:
    """Let nobody ask the locator for a while."""
    await region.stop("locator")
    try:
        yield
    finally:
        await region.start("locator")


async def counted(borough: Borough) -> Counter[str]:
    """Return how many rows each table holds, and the entries and subjects of jobs.

    Others probe this borough meanwhile: what that leaves is not counted.
    """
    rows = Counter[str]()
    for table in GOVERNED:
        if table not in (*LOG_TABLES, peer_nonce, exchange):
            (row,) = await borough.served.rows(f"select count(*) as n from {table.name}")
            rows[table.name] = row["n"]
    for entry in await borough.served.entries():
        if entry["route"] == "job":
            rows.update(["entries"] + ["subjects"] * len(entry["subjects"]))
    return rows


async def test_a_new_record_is_seen_once_the_set_has_answered(region: RegionServed) -> None:
    """Unseen for everybody but the team until then; the supplier is told what it always is."""
    borough, child = region[NORTHMERE], region[NORTHMERE].child()
    child_id = await borough.ask.create(child)
    supplied = borough.child()
    await borough.ask.feed(child_line(reference(), supplied))
    absent = await borough.ask.read("teacher", "00000000-0000-4000-8000-000000000000")
    assert await seen(borough, child) == await seen(borough, supplied) == []
    assert (await borough.ask.read("teacher", child_id)).content == absent.content
    assert (await borough.ask.read("manager", child_id)).status_code == 200
    holds = (await borough.ask("manager", "GET", "/v1/holds")).json()["holds"]
    assert child_id not in [each["child_id"] for each in holds]
    went = await checked(borough)
    assert went.well, went
    assert (went.answered, went.shielded) == (2, 0)
    assert await seen(borough, child) == [child_id]
    assert len(await seen(borough, supplied)) == 1
    assert await policy_of(borough, child_id) == Policy(
        created_by=(await policy_of(borough, child_id)).created_by,
        cases=(await policy_of(borough, child_id)).cases,
        case_sum=(await policy_of(borough, child_id)).case_sum,
    )


async def test_the_end_of_the_wait_never_widens(region: RegionServed) -> None:
    """A record that placing holds is held when the set has answered, and waits for the team."""
    borough, shielded = region[NORTHMERE], region[NORTHMERE].child()
    await borough.ask.shield(await borough.ask.create(shielded), day(-90))
    twin = {**borough.child(), "nhs_number": shielded["nhs_number"]}
    held = await borough.ask.create(twin)
    before = await policy_of(borough, held)
    assert (before.held, before.unchecked) == (True, True)
    await checked(borough)
    after = await policy_of(borough, held)
    assert (after.held, after.unchecked) == (True, False)
    assert await seen(borough, twin) == []


@dataclass(frozen=True)
class Known:
    """A child shielded in one borough and then recorded in another, by its ids there."""

    child: Stated
    eastbrook_id: str
    northmere_id: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def known(region: RegionServed) -> Known:
    """Shield a child in one borough, and record it in another, which has asked the set."""
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = eastbrook.child()
    first = await shielded_at(region, eastbrook, child)
    second = await northmere.ask.create(northmere.child(**by_number_and_name(child)))
    assert await seen(northmere, child) == []
    went = await checked(northmere)
    assert went.shielded == 1
    return Known(child, first, second)


async def test_a_shield_set_in_one_borough_holds_in_another(
    region: RegionServed, known: Known
) -> None:
    """Never seen unshielded there; both teams hear, and speak of it by one reference."""
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    policy = await policy_of(northmere, known.northmere_id)
    assert (policy.shielded, policy.unchecked) == (True, False)
    shown = await northmere.ask.shown("manager", known.northmere_id)
    (shield,) = shown["restriction"]["shields"]
    assert (shield["ground"], shield["asked_by"]) == ("shielded_elsewhere", "region")
    assert shield["decided_by"] is None
    assert (await northmere.ask.shown("social_worker", known.northmere_id))["restricted"]
    (own,) = await alerts_of(northmere, HIT, known.northmere_id)
    region.later(hours=1)
    await checked(eastbrook)
    (theirs,) = await alerts_of(eastbrook, MET, known.eastbrook_id)
    assert theirs["authority"] == NORTHMERE
    assert theirs["phone"].startswith("+44")
    assert theirs["reference"] == own["reference"]


async def alerts_of(borough: Borough, what: str, child_id: str) -> list[dict[str, Any]]:
    """Return the team's alerts of a cause about one child."""
    return [each for each in await alerts(borough, what) if each["child_id"] == child_id]


def by_number_and_name(child: Stated) -> Stated:
    """Return what two boroughs know alike of a child."""
    return {each: child[each] for each in ("name", "date_of_birth", "nhs_number")}


async def test_a_record_that_was_there_before_is_found_at_night(region: RegionServed) -> None:
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = northmere.child()
    child_id = await northmere.ask.create(child)
    await checked(northmere)
    assert await seen(northmere, child) == [child_id]
    await shielded_at(region, eastbrook, eastbrook.child(**by_number_and_name(child)))
    region.later(hours=23)
    assert (await checked(northmere)).shielded >= 1
    policy = await policy_of(northmere, child_id)
    assert (policy.shielded, policy.unchecked) == (True, False)
    region.later(hours=23)
    await checked(northmere)
    assert (await policy_of(northmere, child_id)).cases == policy.cases  # one shield is enough


async def test_a_shield_of_the_region_is_not_handed_on(region: RegionServed, known: Known) -> None:
    """Two authorities would keep each other's shields alive for ever."""
    async with job_of(region[NORTHMERE]) as index:
        keep = ShieldRows(index, index.feed, await client_of(index))
        wanted = await keep.fresh(1)  # of an epoch in which nothing was put yet
    assert UUID(known.northmere_id) not in {each.child_id for each in wanted}


async def test_the_team_of_another_borough_may_lift_what_a_name_brought(
    region: RegionServed,
) -> None:
    """Names and a birthday may be another child's: who lifted it is told, and not overruled."""
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = eastbrook.child()
    await shielded_at(region, eastbrook, child)
    namesake = northmere.child(name=child["name"], date_of_birth=child["date_of_birth"])
    second = await northmere.ask.create(namesake)
    await checked(northmere)
    shown = await northmere.ask.shown("manager", second)
    (shield,) = shown["restriction"]["shields"]
    said = {"shield_id": shield["shield_id"]}
    path = f"/v1/children/{second}/shield/lift"
    answer = await northmere.ask("manager", "POST", path, said, why=SHIELDING)
    assert answer.status_code == 204, answer.text
    region.later(hours=23)
    await checked(northmere)
    assert not (await policy_of(northmere, second)).shielded
    assert len(await alerts_of(northmere, STILL, second)) == 1


async def test_a_shield_of_ones_own_lifted_leaves_the_other_boroughs_standing(
    region: RegionServed,
) -> None:
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = northmere.child()
    child_id = await northmere.ask.create(child)
    await checked(northmere)
    own = await northmere.ask.shield(child_id, day(-90))
    await shielded_at(region, eastbrook, eastbrook.child(**by_number_and_name(child)))
    region.later(hours=23)
    assert (await checked(northmere)).shielded >= 1
    assert await alerts_of(northmere, HIT, child_id)  # the two teams meet all the same
    lift = f"/v1/children/{child_id}/shield/lift"
    answer = await northmere.ask("manager", "POST", lift, {"shield_id": own}, why=SHIELDING)
    assert answer.status_code < 300, answer.text
    policy = await policy_of(northmere, child_id)
    assert (policy.shielded, policy.unchecked) == (True, False)
    found = await northmere.ask.look_up("health_visitor", nhs_number=child["nhs_number"])
    assert found["matches"] == []


async def test_a_hit_leaves_the_rows_that_no_hit_leaves(region: RegionServed) -> None:
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = eastbrook.child()
    await shielded_at(region, eastbrook, child)
    await checked(northmere)
    left = []
    for facts in (northmere.child(**by_number_and_name(child)), northmere.child()):
        await northmere.ask.create(facts)
        before = await counted(northmere)
        went = await checked(northmere)
        after = await counted(northmere)
        left.append((went.answered, {name: after[name] - before[name] for name in after}))
    assert left[0] == left[1]
    sizes = await northmere.served.rows("select distinct length(sealed) as n from case_row")
    assert len(sizes) == 1


async def test_while_the_set_cannot_be_asked_new_records_wait(region: RegionServed) -> None:
    """The team hears at once, and after 24 hours that a check is unanswered."""
    borough, child = region[NORTHMERE], region[NORTHMERE].child()
    child_id = await borough.ask.create(child)
    async with locator_down(region):
        went = await checked(borough, deadline_s=1.0)
        assert "shield_set_silent" in went.causes
        assert LATE not in went.causes
        assert await seen(borough, child) == []
        assert await alerts(borough, "shield_set_silent")
        region.later(hours=24.5)
        assert LATE in (await checked(borough, deadline_s=1.0)).causes
        assert await alerts(borough, LATE)
        await checked(region[EASTBROOK], deadline_s=1.0)
        told = await alerts(region[EASTBROOK], LATE_THERE)
        assert NORTHMERE in {each["authority"] for each in told}
        assert await seen(borough, child) == []
    assert (await checked(borough)).well
    assert await seen(borough, child) == [child_id]


async def test_batches_are_of_one_size_whoever_is_shielded(
    region: RegionServed, known: Known
) -> None:
    """At the locator and at home: as many rows an hour, and none of them alike."""
    borough = region[EASTBROOK]
    sql = "select epoch, batch, count(*) as n from shield_key group by epoch, batch"
    sizes = {row["n"] for row in await borough.served.rows(sql)}
    locator = region.parties["locator"].index
    async with locator.reading.acquire() as connection:
        there = await connection.fetch("select count(*) as n from shield_row group by batch")
    assert sizes == {row["n"] for row in there} == {SHIELD_ROWS}


async def test_a_note_lost_on_the_way_is_sent_by_the_next_run(region: RegionServed) -> None:
    """The shield is there at once; the record stays unseen until the other team was told."""
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = eastbrook.child()
    first = await shielded_at(region, eastbrook, child)
    second = await northmere.ask.create(northmere.child(**by_number_and_name(child)))
    async with job_of(northmere) as index:
        client = await client_of(index)
        await cut_off_before_notes(index, client)
    policy = await policy_of(northmere, second)
    assert (policy.shielded, policy.unchecked) == (True, True)
    await checked(northmere)
    assert not (await policy_of(northmere, second)).unchecked
    region.later(hours=1)
    await checked(eastbrook)
    assert [each for each in await alerts(eastbrook, MET) if each["child_id"] == first]


async def cut_off_before_notes(index: Any, client: Any) -> None:
    """Run the check as if the locator went away right after it answered."""

    async def gone(*_: object) -> None:
        raise Unreachable(Lost.NO_WAY)

    client.note = gone
    went = await ShieldCheck(index, index.feed, client).run()
    assert "shield_set_silent" in went.causes


async def test_who_is_shielded_here_already_is_seen_no_less_for_a_note_that_is_lost(
    region: RegionServed,
) -> None:
    """Else whoever may see that much would see by its going that another borough shields it."""
    northmere, eastbrook = region[NORTHMERE], region[EASTBROOK]
    child = northmere.child()
    child_id = await northmere.ask.create(child)
    await checked(northmere)
    await northmere.ask.shield(child_id, day(-90))
    theirs = await shielded_at(region, eastbrook, eastbrook.child(**by_number_and_name(child)))
    before = (await northmere.ask.read("social_worker", child_id)).content
    region.later(hours=23)
    async with job_of(northmere) as index:
        await cut_off_before_notes(index, await client_of(index))
    assert await alerts_of(northmere, HIT, child_id)
    assert (await northmere.ask.read("social_worker", child_id)).content == before
    await checked(northmere)
    assert (await northmere.ask.read("social_worker", child_id)).content == before
    region.later(hours=1)
    await checked(eastbrook)
    assert await alerts_of(eastbrook, MET, theirs)


async def test_upkeep_gives_a_shield_of_the_region_its_guard_rows(
    region: RegionServed, known: Known
) -> None:
    async with job_of(region[NORTHMERE]) as index:
        assert not (await Upkeep(index, index.feed).round()).failed
        async with work_on(index.feed, index.csa, index.log) as work:
            (row,) = await work.children.beheld([UUID(known.northmere_id)])
            texts = guard_keys(open_facts(open_policy(index.keyring, row)))
            tokens = [index.keyring.guards.token(255, text) for text in texts]
            assert len(await work.children.guards_of(tokens)) >= len(texts)
