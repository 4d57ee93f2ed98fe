"""An index's own children in the region: derived, filtered, found, and the same rows for each."""

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest_asyncio

from index_service.domain.child import IdentifierScheme
from index_service.domain.matching.keys import Facts, TokenKind
from index_service.domain.matching.region_keys import FIRST_KINDS, REGION_KEYS_MAX, region_keys
from index_service.federation.filters import build
from index_service.federation.oblivious import derive_key_pair, region_input
from index_service.federation.region_client import RegionClient
from index_service.federation.sizes import KEYS_A_CHILD
from index_service.services.index import Index
from index_service.services.peering.derived import CALLS_A_BATCH, Derived
from index_service.services.peering.own_filters import MISSED
from index_service.services.peering.region_sheet import (
    RegionSheet,
    open_sheet,
    region_token,
    sheet_ref,
)
from index_service.services.sealing import open_policy
from index_service.store.work import work_on
from tests.federation.jobs import (
    alerts,
    as_operators_do,
    checked,
    client_of,
    derived,
    job_of,
    region_jobs,
)
from tests.region import Borough, RegionServed
from tests.stories.made import a_child, child_line, day, reference

NORTHMERE, CAMFIELD, EASTBROOK = "northmere", "camfield", "eastbrook"
SILENT_S = 1.5  # till a member counts as silent: a busy one answers sooner
SORTS = ("plain", "shielded", "held", "waiting")
Row = tuple[bytes, bytes]


async def sheet_of(index: Index, child_id: str) -> RegionSheet:
    """Return a child's sheet, opened."""
    ref = sheet_ref(index.keyring, UUID(child_id))
    async with work_on(index.feed, index.csa, index.log) as work:
        (row,) = await work.children.beheld([UUID(child_id)])
        sealed = (await work.region_tokens.sheets([ref]))[ref]
    return open_sheet(open_policy(index.keyring, row).key, ref, sealed)


async def rows_of(borough: Borough) -> set[Row]:
    """Return every derived row as it is stored."""
    rows = await borough.served.rows("select token, pointer from region_token")
    return {(bytes(row["token"]), bytes(row["pointer"])) for row in rows}


async def digests_of(client: RegionClient, epoch: int, nhs_number: str) -> tuple[bytes, ...]:
    """Derive the digest of a number as any member would."""
    text = region_input("search", TokenKind.NHS_NUMBER, nhs_number)
    return await client.derive("search", epoch, [text])


async def located(borough: Borough, nhs_number: str, epoch: int = 0) -> dict[str, str]:
    """Ask the locator where a number may be known."""
    async with job_of(borough) as index:
        client = await client_of(index)
        found = await digests_of(client, epoch, nhs_number)
        return dict(await client.locate("first", epoch, found))


@dataclass(frozen=True)
class Sorts:
    """Numbers of children of every sort, there before the first filter was built."""

    plain: str
    shielded: str
    held: str
    waiting: str
    shielded_later: str
    plain_id: str
    shielded_later_id: str


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def sorts(region: RegionServed) -> Sorts:
    """Let one borough build its first filters over children of every sort."""
    borough = region[EASTBROOK]
    plain, shielded, waiting, later = (borough.child() for _ in range(4))
    ids = [await borough.ask.create(each) for each in (plain, shielded, later)]
    held = {**borough.child(), "upn": shielded["upn"]}
    await borough.ask.shield(ids[1], day(-90))
    await borough.ask.create(held)
    await checked(borough)
    await borough.ask.create(waiting)
    assert (await derived(borough)).well
    return Sorts(
        plain["nhs_number"],
        shielded["nhs_number"],
        held["nhs_number"],
        waiting["nhs_number"],
        later["nhs_number"],
        plain_id=ids[0],
        shielded_later_id=ids[2],
    )


async def test_a_child_is_found_by_whoever_derives_the_same(
    region: RegionServed, sorts: Sorts
) -> None:
    """The digest another member gets leads to the row, and the row to the child."""
    eastbrook = region[EASTBROOK]
    async with job_of(region[CAMFIELD]) as index:
        (digest,) = await digests_of(await client_of(index), 0, sorts.plain)
    keyring = eastbrook.served.index.keyring
    token = region_token(keyring, 0, digest)
    (pointer,) = [pointer for stored, pointer in await rows_of(eastbrook) if stored == token]
    found = keyring.pointers.open(token, pointer)
    assert (str(found.child_id), found.kind) == (sorts.plain_id, TokenKind.NHS_NUMBER)


async def shown_check(borough: Borough, what: str) -> str:
    """Return what the team is shown of one of the region's services."""
    answer = await borough.ask("manager", "GET", "/v1/peers")
    assert answer.status_code == 200, answer.text
    (finding,) = [each["finding"] for each in answer.json()["checks"] if each["what"] == what]
    return str(finding)


async def test_every_child_has_as_many_rows_and_a_sheet_of_one_size(region: RegionServed) -> None:
    """Whatever is true of it: shielded, held, archived, with many names or with none but one."""
    borough = region[EASTBROOK]
    none: dict[str, Any] = dict.fromkeys(("nhs_number", "upn", "case_number", "address"))
    name = {"given_name": "Ashva Corvina", "family_name": "Vale-Okondo"}
    former = [{"given_name": "Dellith", "family_name": f"{f}-Garth"} for f in ("Ox", "Lu", "Em")]
    shielded = borough.child()
    before = await rows_of(borough)
    ids = [
        await borough.ask.create(facts)
        for facts in (
            borough.child(),
            borough.child(**none),
            borough.child(name=name, former_names=former),
            shielded,
        )
    ]
    await borough.ask.shield(ids[-1], day(-90))
    await borough.ask.create({**borough.child(), "nhs_number": shielded["nhs_number"]})  # held
    await derived(borough)
    sizes = await borough.served.rows("select distinct length(sealed) as n from region_sheet")
    rows = await rows_of(borough)
    assert len(sizes) == 1
    assert len(rows) - len(before) == REGION_KEYS_MAX * 5
    assert {len(token) + len(pointer) for token, pointer in rows} == {50}


async def test_what_is_stored_is_no_derived_digest(region: RegionServed) -> None:
    """A stolen table beside a stolen filter: nothing in one can be tried on the other."""
    borough = region[EASTBROOK]
    child_id = await borough.ask.create(borough.child())
    await derived(borough)
    async with job_of(borough) as index:
        sheet = await sheet_of(index, child_id)
    digests = {digest for rows in sheet.epochs for digest in rows.digests("wide")}
    stored = {token for token, _ in await rows_of(borough)}
    assert digests
    assert not digests & stored


async def _calls(region: RegionServed) -> int:
    deriver = region.parties["deriver"].index
    async with deriver.audit.connect() as connection:
        found = await connection.exec_driver_sql("select count(*) from access_entry")
        return int(found.scalar_one())


async def test_a_change_is_picked_up_by_the_next_run_exactly(region: RegionServed) -> None:
    """And the deriver sees calls of one size, as many as where nothing changed."""
    borough = region[EASTBROOK]
    child = borough.child()
    child_id = await borough.ask.create(child)
    await derived(borough)
    calls = [await _calls(region)]
    await derived(borough)
    calls.append(await _calls(region))
    before = await rows_of(borough)
    async with job_of(borough) as index:
        old = await sheet_of(index, child_id)
    tag = (await borough.ask.read("manager", child_id)).headers["etag"]
    number = a_child()["nhs_number"]
    answer = await borough.ask.amend("manager", child_id, tag, nhs_number=number)
    assert answer.status_code == 204
    assert await rows_of(borough) == before  # no request waits for the deriver
    await derived(borough)
    calls.append(await _calls(region))
    assert calls[2] - calls[1] == calls[1] - calls[0] == CALLS_A_BATCH
    after = await rows_of(borough)
    assert len(after) == len(before)
    async with job_of(borough) as index:
        new = await sheet_of(index, child_id)
    (of_old,), (of_new,) = old.epochs, new.epochs
    by_number = [s for s in of_old.slots if s.kind == TokenKind.NHS_NUMBER]
    assert not {(s.token, s.pointer) for s in by_number} & after
    assert set(of_new.pairs) <= after
    assert len(set(of_new.digests("wide")) & set(of_old.digests("wide"))) >= 3  # the names'
    assert new.arrived_s == old.arrived_s


async def test_an_answer_whose_proof_fails_is_not_used_and_alarms(region: RegionServed) -> None:
    """The directory's key is another one than the deriver evaluates by."""
    borough = region[EASTBROOK]
    child_id = await borough.ask.create(borough.child())
    before = await rows_of(borough)
    async with job_of(borough) as index:
        client = await client_of(index)
        other = derive_key_pair(bytes(range(32)), b"another").public
        keys = {**client.directory.deriver_keys, "search": {0: other}}
        client.directory = replace(client.directory, deriver_keys=keys)
        fared = await Derived(index, index.feed, client).run()
        assert fared.causes == ("deriver_proof_failed",)
        assert fared.written == 0
    assert await rows_of(borough) == before
    assert len(await alerts(borough, "deriver_proof_failed")) == 1
    assert (await derived(borough)).written > 0
    async with job_of(borough) as index:
        assert (await sheet_of(index, child_id)).of(0)


async def test_hidden_children_stand_in_no_filter(region: RegionServed, sorts: Sorts) -> None:
    """Neither shielded, nor held, nor waiting: of none of them is there an entry."""
    said = {
        each: (await located(region[CAMFIELD], getattr(sorts, each)))[EASTBROOK] for each in SORTS
    }
    assert said == dict.fromkeys(SORTS, "no_entry") | {"plain": "possible"}


async def test_filters_stand_for_their_epoch(region: RegionServed, sorts: Sorts) -> None:
    """Who arrives later is in neither this epoch's nor, within the wait, the next's."""
    borough = region[EASTBROOK]
    late = borough.child()
    await borough.ask.create(late)
    await checked(borough)
    before = await _filters(region)
    assert (await derived(borough)).well
    assert await _filters(region) == before
    assert (await located(region[CAMFIELD], late["nhs_number"]))[EASTBROOK] == "no_entry"
    region.later(days=26.5)
    try:
        assert (await derived(borough)).well
        built = await _filters(region)
        # Until the epoch begins nobody in its filter may have become hidden.
        await borough.ask.shield(sorts.shielded_later_id, day(-90))
        assert (await derived(borough)).well
        assert {row[:3] for row in await _filters(region)} == {row[:3] for row in built}
        assert await _filters(region) != built
        region.later(days=1)
        numbers = (late["nhs_number"], sorts.shielded_later, sorts.plain)
        said = [(await located(region[CAMFIELD], each, 1))[EASTBROOK] for each in numbers]
        assert said == ["no_entry", "no_entry", "possible"]
    finally:
        region.later(days=-27.5)
    after = await _filters(region)
    assert before <= after
    assert len({(row[1], row[4]) for row in after}) == 2  # of a set, all of one size


async def _filters(region: RegionServed) -> set[tuple[Any, ...]]:
    """Return member, set, epoch, digest and size of what the locator holds."""
    sql = "select member, set, epoch, digest, length(filter) as n from member_filter"
    async with region.parties["locator"].index.reading.acquire() as connection:
        return {tuple(row) for row in await connection.fetch(sql)}


async def test_a_locator_that_loses_our_children_is_found_out(region: RegionServed) -> None:
    """Another filter of the same size in its store: a run's probes are children of our own."""
    borough = region[EASTBROOK]
    assert (await derived(borough)).well
    async with job_of(borough) as index:
        directory = (await client_of(index)).directory
        capacity = directory.own.capacity * KEYS_A_CHILD["first"]
        epoch = directory.epochs.at(index.clock.now())
    empty = build([], capacity)
    locator = region.parties["locator"].index
    kept = "select filter from member_filter where member = $1 and set = 'first' and epoch = $2"
    async with locator.reading.acquire() as connection:
        before = await connection.fetchval(kept, EASTBROOK, epoch)
        await _put_filter(connection, epoch, empty)
    fared = await derived(borough)
    assert fared.causes == (MISSED,)
    assert len(await alerts(borough, MISSED)) == 1
    assert await shown_check(borough, "locator") == MISSED
    async with locator.reading.acquire() as connection:
        await _put_filter(connection, epoch, before)
    assert (await derived(borough)).well
    assert len(await alerts(borough, MISSED)) == 1
    assert await shown_check(borough, "locator") == "well"


async def _put_filter(connection: Any, epoch: int, written: bytes) -> None:
    """Put a filter in our own one's place, as a locator that is careless or lies."""
    gone = "delete from member_filter where member = $1 and set = 'first' and epoch = $2"
    async with connection.transaction():
        (row,) = await connection.fetch(f"{gone} returning *", EASTBROOK, epoch)
        values = {**dict(row), "filter": written, "digest": sha256(written).digest()}
        names, places = ", ".join(values), ", ".join(f"${at + 1}" for at in range(len(values)))
        put = f"insert into member_filter ({names}) values ({places})"
        await connection.execute(put, *values.values())


async def test_a_locator_that_stalls_alarms_and_nothing_is_lost(region: RegionServed) -> None:
    borough = region[NORTHMERE]
    child_id = await borough.ask.create(borough.child())
    region.suspend("locator")
    try:
        fared = await derived(borough, deadline_s=SILENT_S)
    finally:
        region.resume("locator")
    assert fared.causes == ("locator_silent",)
    assert fared.written > 0
    assert len(await alerts(borough, "locator_silent")) == 1
    async with job_of(borough) as index:
        assert (await sheet_of(index, child_id)).of(0)


async def test_a_run_cut_off_goes_on_where_it_was(region: RegionServed) -> None:
    """Two batches are due; a run that is stopped after the first leaves the second to the next."""
    borough = region[EASTBROOK]
    await borough.ask.feed(*(child_line(reference(), borough.child()) for _ in range(70)))
    async with job_of(borough) as index:
        job, stop = Derived(index, index.feed, await client_of(index)), asyncio.Event()

        class AfterOne(asyncio.Event):
            """Set from the second look on."""

            looks = 0

            def is_set(self) -> bool:
                self.looks += 1
                return self.looks > 1

        cut = await job.run(AfterOne())
        assert 0 < cut.written <= 64
        whole = await job.run(stop)
        assert whole.well
        (count,) = await borough.served.rows("select count(*) as n from region_sheet")
        (all_of,) = await borough.served.rows("select count(*) as n from child")
        assert count["n"] == all_of["n"]


async def test_both_jobs_run_as_operators_run_them(region: RegionServed) -> None:
    assert await as_operators_do(region[NORTHMERE], region_jobs.derive)
    assert await as_operators_do(region[NORTHMERE], region_jobs.shields)


def test_first_keys_stand_before_the_rest() -> None:
    facts = Facts(identifiers={IdentifierScheme.NHS_NUMBER: "9990000018"})
    from_facts = [key.kind for key in _keys(facts)]
    assert set(from_facts) <= FIRST_KINDS


def _keys(facts: Facts) -> tuple[Any, ...]:
    return region_keys(facts)
