"""The deriver as its members meet it: what it evaluates, for whom, how much, and what it logs."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from demo.authority import free_port
from demo.postgres import Postgres
from index_service.commands.deriver import public_keys
from index_service.commands.region_party import built_party
from index_service.crypto.oprf_keys import OprfKeys, destroy_oprf_seeds, make_oprf_seeds
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.oblivious import (
    KeyPair,
    ProofFailed,
    blind,
    derive_key_pair,
    region_input,
)
from index_service.federation.region_bodies import (
    EVALUATE_PATH,
    EVALUATED_BYTES,
    EvaluateAsked,
)
from index_service.federation.sizes import DERIVED_AT_ONCE, DERIVED_BY_JOBS
from index_service.services.index import Index
from index_service.services.peering.heard import PeerHandler
from index_service.services.peering.region import Region
from index_service.services.region.evaluating import DeriverLimits, Evaluating
from tests.federation.parties import CAPACITY, Parties, listening, parties_running

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = region_input("search", 4, "ashdown|2014-05-06")
LOOKUPS_A_DAY = 12 * DERIVED_AT_ONCE
JOBS_A_CHILD = 16
SERVE, MANAGE = PeerKeyUse.SERVE, PeerKeyUse.MANAGE


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def region(
    postgres: Postgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Parties]:
    """A running deriver, and members that may ask it."""
    limits = {"lookup_inputs_a_day": LOOKUPS_A_DAY, "job_inputs_a_child": JOBS_A_CHILD}
    place = tmp_path_factory.mktemp("deriver")
    async with parties_running(postgres, migrated, place, deriver=limits) as running:
        yield running


@pytest.fixture(autouse=True)
def _same_day(region: Parties) -> Iterator[None]:
    """Set the clock back after each test: days used up are used up on days of their own."""
    skew = region.clock.skew
    yield
    region.clock.skew = skew


async def _refused(region: Parties, use: PeerKeyUse, asked: EvaluateAsked) -> PeerCode:
    with pytest.raises(MessageRefused) as refused:
        await _ask(region, use, asked)
    assert refused.value.by_peer
    return refused.value.code


async def _ask(region: Parties, use: PeerKeyUse, asked: EvaluateAsked) -> bytes:
    async with region.calling("camfield", use) as client:
        deriver = region.directory.deriver
        return (await client.ask(deriver, EVALUATE_PATH, asked.encoded(), 20)).body


def _asked(series: str = "search", epoch: int = 0, count: int = DERIVED_AT_ONCE) -> EvaluateAsked:
    return EvaluateAsked(series, epoch, blind([TEXT], count).points)


async def test_two_members_derive_one_digest_for_one_child(region: Parties) -> None:
    """Lookups and jobs alike, what one stored the other finds; no epoch or series shares it."""
    async with region.asking("northmere", SERVE) as here, region.asking("camfield") as there:
        asked = await here.derive("search", 0, [TEXT], DERIVED_AT_ONCE)
        stored = await there.derive("search", 0, [b"other", TEXT])
        later = await there.derive("search", 1, [TEXT])
        shield = await there.derive("shield", 0, [TEXT])
    assert asked[0] == stored[1]
    assert len({asked[0], stored[0], later[0], shield[0]}) == 4


async def test_every_call_is_one_entry_that_names_member_series_and_count_alone(
    region: Parties,
) -> None:
    """And nothing of the points: what was asked stays with who asked it."""
    before = await region.entries("deriver")
    asked = _asked()
    body = await _ask(region, SERVE, asked)
    entries = [each for each in await region.entries("deriver") if each not in before]
    assert len(entries) == 1
    entry = entries[0]
    told = {name: entry[name] for name in ("action", "account", "role", "reference", "count")}
    assert told == {
        "action": "evaluate",
        "account": "camfield",
        "role": "serve",
        "reference": "search/0",
        "count": DERIVED_AT_ONCE,
    }
    assert entry["query_commit"]
    assert entry["result_commit"]
    assert not any(point.hex() in str(entry) for point in asked.points)
    assert len(body) == EVALUATED_BYTES


async def test_series_shield_is_for_keys_of_use_manage_alone(region: Parties) -> None:
    """What answers people can never ask who is shielded."""
    assert await _refused(region, SERVE, _asked("shield")) == PeerCode.KEY_NOT_ALLOWED


@pytest.mark.parametrize(("use", "epoch"), [(SERVE, 1), (SERVE, 7), (MANAGE, 2), (MANAGE, 9)])
async def test_only_this_epoch_is_derived_and_the_next_by_jobs(
    region: Parties, use: PeerKeyUse, epoch: int
) -> None:
    """An epoch gone by, or far ahead, is nobody's business."""
    assert await _refused(region, use, _asked(epoch=epoch)) == PeerCode.EPOCH_REFUSED


async def test_any_other_number_of_points_is_refused(region: Parties) -> None:
    """How many keys a child has is in no call's size."""
    points = blind([TEXT], DERIVED_AT_ONCE).points
    for count in (0, 1, DERIVED_AT_ONCE - 1):
        few = EvaluateAsked("search", 0, points[:count])
        assert await _refused(region, SERVE, few) == PeerCode.MALFORMED


@pytest.mark.parametrize("point", [bytes(32), b"\xff" * 32], ids=["identity", "none"])
async def test_what_is_no_point_is_refused_and_charged_to_nobody(
    region: Parties, point: bytes
) -> None:
    """The transaction that would have charged it is gone."""
    points = (point, *blind([TEXT], DERIVED_AT_ONCE).points[1:])
    before = await region.rows("deriver", "select sum(used) from member_day")
    refused = await _refused(region, SERVE, EvaluateAsked("search", 0, points))
    assert refused == PeerCode.MALFORMED
    assert await region.rows("deriver", "select sum(used) from member_day") == before


async def test_a_refusal_is_an_entry_with_its_code(region: Parties) -> None:
    """Whoever watches the deriver sees who tried what."""
    await _refused(region, SERVE, _asked("shield"))
    entry = (await region.entries("deriver"))[-1]
    assert (entry["outcome"], entry["code"]) == ("refused", "key_not_allowed")
    assert entry["agency"]


async def test_a_days_lookups_and_jobs_run_out_apart(region: Parties) -> None:
    """A member that trawls is stopped by number; the other is not; the next day it may again."""
    region.clock.on(days=2)
    async with region.asking("camfield", SERVE) as client:
        for _ in range(LOOKUPS_A_DAY // DERIVED_AT_ONCE):
            await client.derive("search", 0, [TEXT], DERIVED_AT_ONCE)
        with pytest.raises(MessageRefused) as refused:
            await client.derive("search", 0, [TEXT], DERIVED_AT_ONCE)
        assert refused.value.code == PeerCode.BUDGET_SPENT
    async with (
        region.asking("camfield", MANAGE) as jobs,
        region.asking("northmere", SERVE) as other,
    ):
        await jobs.derive("search", 0, [TEXT])
        await other.derive("search", 0, [TEXT], DERIVED_AT_ONCE)
    used = "select max(used) from member_day where member = 'camfield' and what = 'lookups'"
    assert (await region.rows("deriver", used))[0][0] == LOOKUPS_A_DAY
    region.clock.on(days=1)
    async with region.asking("camfield", SERVE) as client:
        await client.derive("search", 0, [TEXT], DERIVED_AT_ONCE)


async def test_jobs_are_bounded_by_the_members_own_capacity(region: Parties) -> None:
    """So many inputs for each child it may hold, whatever it says of itself."""
    calls = JOBS_A_CHILD * CAPACITY // DERIVED_BY_JOBS
    region.clock.on(days=4)
    async with region.asking("northmere") as client:
        await client.derive_by_calls("search", 0, [TEXT], calls)
        with pytest.raises(MessageRefused) as refused:
            await client.derive("search", 0, [TEXT])
    assert refused.value.code == PeerCode.BUDGET_SPENT


class Lying(OprfKeys[KeyPair]):
    """Knows the public halves, and evaluates by a key of its own."""

    def of(self, series: str, epoch: int) -> KeyPair:
        """Return a pair whose halves do not belong together."""
        wrong = derive_key_pair(b"\xa5" * 32, series.encode())
        return replace(wrong, public=super().of(series, epoch).public)


async def test_a_deriver_with_another_key_is_found_out(region: Parties) -> None:
    """One that lies about its key fails its proof; nothing of its answer is used."""
    honest = region.papers.members["deriver"]
    settings = region.settings["deriver"].model_copy(update={"peer_port": free_port()})

    def lying(index: Index, of: Region) -> Iterable[PeerHandler]:
        provider = FileKeyProvider(settings.oprf_key_directory)
        keys = Lying(of.policy.region, provider, derive_key_pair)
        return Evaluating(index, keys, DeriverLimits(10_000, 100)).handlers()

    async with built_party(settings, lying, region.clock) as party, listening(party, settings):
        region.papers.members["deriver"] = replace(honest, port=settings.peer_port)
        await region.publish()
        try:
            async with region.asking("northmere", SERVE) as client:
                with pytest.raises(ProofFailed):
                    await client.derive("search", 0, [TEXT], DERIVED_AT_ONCE)
        finally:
            region.papers.members["deriver"] = honest
            await region.publish()


async def test_a_key_the_directory_does_not_name_is_not_used(region: Parties) -> None:
    """A deriver set up with other seeds says so, and evaluates nothing."""
    stands = region.papers.deriver_keys
    other = dict(stands["shield"])
    region.papers.deriver_keys = {"search": other, "shield": stands["shield"]}
    await region.publish()
    try:
        assert await _refused(region, SERVE, _asked()) == PeerCode.EPOCH_REFUSED
    finally:
        region.papers.deriver_keys = stands
        await region.publish()


async def test_what_runs_the_epoch_out_is_its_clock(region: Parties) -> None:
    """About an epoch's end both are derived, so that no member's clock leaves it without."""
    ends = region.directory.epochs.begins(1) - region.clock.now()
    region.clock.on(seconds=(ends - timedelta(seconds=30)).total_seconds())
    async with region.asking("northmere", SERVE) as client:
        for epoch in (0, 1):
            await client.derive("search", epoch, [TEXT], DERIVED_AT_ONCE)
        region.clock.on(seconds=120)
        with pytest.raises(MessageRefused) as refused:
            await client.derive("search", 0, [TEXT], DERIVED_AT_ONCE)
    assert refused.value.code == PeerCode.EPOCH_REFUSED


async def test_destroyed_seeds_derive_nothing_more(tmp_path: Path) -> None:
    """Seeds lie alone in their directory; an epoch's are gone for good, the next one's are not."""
    keys = tmp_path / "oprf"
    keys.mkdir(mode=0o700)
    provider = FileKeyProvider(keys)
    for epoch in (3, 4):
        make_oprf_seeds(provider, epoch)
    assert destroy_oprf_seeds(provider, before=4) == 2
    assert provider.names() == ("oprf_search.4", "oprf_shield.4")
    assert public_keys("here", keys, 4) != public_keys("there", keys, 4)
    with pytest.raises(KeyRefused):
        public_keys("here", keys, 3)
    provider.create("log.2026")
    with pytest.raises(KeyRefused):
        OprfKeys("here", provider, derive_key_pair)
