"""The locator's filters: whose they are, when they count, what is told of them and what is not."""

import os
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
import pytest_asyncio

from demo.postgres import Postgres
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.filters import build
from index_service.federation.region_bodies import (
    FILTERS_PATH,
    LOCATE_PATH,
    LOCATED_BYTES,
    STORED_BYTES,
    FilterSent,
    LocateAsked,
)
from index_service.federation.sizes import KEYS_A_CHILD, LOCATED_AT_ONCE, LOCATED_WIDE_AT_ONCE
from tests.federation.parties import CAPACITY, Parties, parties_running

pytestmark = pytest.mark.asyncio(loop_scope="session")

EPOCH = timedelta(hours=6)
SERVE, MANAGE = PeerKeyUse.SERVE, PeerKeyUse.MANAGE
LOCATED_A_DAY = 20 * LOCATED_AT_ONCE
FIRST = CAPACITY * KEYS_A_CHILD["first"]
WIDE = CAPACITY * KEYS_A_CHILD["wide"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def region(
    postgres: Postgres, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Parties]:
    """A running locator, and members that may ask it."""
    limits = {"located_a_day": LOCATED_A_DAY}
    place = tmp_path_factory.mktemp("locator")
    async with parties_running(postgres, migrated, place, EPOCH, locator=limits) as running:
        yield running


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _apart(region: Parties) -> None:
    """Begin each test in an epoch that nobody has uploaded for, with nothing used of the day."""
    region.clock.skew += 2 * EPOCH
    await region.rows("locator", "delete from member_day")


def _epoch(region: Parties) -> int:
    return region.directory.epochs.at(region.clock.now())


def _digest() -> bytes:
    return os.urandom(16)


async def _located(region: Parties, digest: bytes, set_name: str = "first") -> Mapping[str, str]:
    async with region.asking("northmere", SERVE) as client:
        return await client.locate(set_name, _epoch(region), [digest])


async def _upload(region: Parties, sent: FilterSent, member: str = "camfield") -> None:
    async with region.asking(member) as client:
        await client.upload_filter(sent.set_name, sent.epoch, sent.filter)


async def _refused(
    region: Parties, path: str, body: bytes, use: PeerKeyUse = PeerKeyUse.MANAGE
) -> PeerCode:
    async with region.calling("camfield", use) as client:
        with pytest.raises(MessageRefused) as refused:
            await client.ask(region.directory.locator, path, body, 20)
    assert refused.value.by_peer
    return refused.value.code


async def test_only_the_authority_that_may_know_is_told_possible(region: Parties) -> None:
    """Every index is answered for; one without a filter is said to have none, not to know none."""
    known, epoch = _digest(), _epoch(region)
    await _upload(region, FilterSent("first", epoch, build([known], FIRST)))
    assert await _located(region, known) == {"camfield": "possible", "northmere": "no_filter"}
    await _upload(region, FilterSent("first", epoch, build([], FIRST)), "northmere")
    assert await _located(region, known) == {"camfield": "possible", "northmere": "no_entry"}
    assert await _located(region, _digest()) == {"camfield": "no_entry", "northmere": "no_entry"}


async def test_the_wide_set_is_another_filter(region: Parties) -> None:
    """What is in the one is not in the other, and each has its own number of digests."""
    known, epoch = _digest(), _epoch(region)
    await _upload(region, FilterSent("wide", epoch, build([known], WIDE)))
    assert (await _located(region, known, "wide"))["camfield"] == "possible"
    assert (await _located(region, known))["camfield"] == "no_filter"


async def test_a_filter_counts_from_its_epochs_beginning(region: Parties) -> None:
    """Uploaded before; until then it may be put anew, for a child that was shielded since."""
    ahead, shielded, epoch = _digest(), _digest(), _epoch(region) + 1
    await _upload(region, FilterSent("first", epoch, build([ahead, shielded], FIRST)))
    await _upload(region, FilterSent("first", epoch, build([ahead], FIRST)))
    assert (await _located(region, ahead))["camfield"] == "no_filter"
    body = LocateAsked("first", epoch, tuple(_digest() for _ in range(LOCATED_AT_ONCE))).encoded()
    assert await _refused(region, LOCATE_PATH, body, SERVE) == PeerCode.EPOCH_REFUSED
    region.clock.skew += EPOCH
    assert (await _located(region, ahead))["camfield"] == "possible"
    assert (await _located(region, shielded))["camfield"] == "no_entry"


async def test_a_filter_never_changes_within_its_epoch(region: Parties) -> None:
    """Two of one epoch would tell who came and who went; the same one again is well."""
    known, epoch = _digest(), _epoch(region)
    first = FilterSent("first", epoch, build([known], FIRST))
    await _upload(region, first)
    await _upload(region, first)
    other = FilterSent("first", epoch, build([], FIRST))
    assert await _refused(region, FILTERS_PATH, other.encoded()) == PeerCode.ALREADY_THERE
    assert (await _located(region, known))["camfield"] == "possible"


@pytest.mark.parametrize("ahead", [-1, 2, 40])
async def test_a_filter_of_another_epoch_is_refused(region: Parties, ahead: int) -> None:
    """Of this one or the next, and of no other."""
    sent = FilterSent("first", _epoch(region) + ahead, build([], FIRST))
    assert await _refused(region, FILTERS_PATH, sent.encoded()) == PeerCode.EPOCH_REFUSED


async def test_a_filter_of_another_size_is_refused(region: Parties) -> None:
    """Its size tells the capacity in the directory, and nothing of who is in it."""
    epoch = _epoch(region)
    well = build([], FIRST)
    for wrong in (build([], WIDE), build([], FIRST + 1), well[:-1], well + b"\0", b"", b"\0" * 900):
        sent = FilterSent("first", epoch, wrong)
        assert await _refused(region, FILTERS_PATH, sent.encoded()) == PeerCode.FILTER_REFUSED
    assert (await _located(region, _digest()))["camfield"] == "no_filter"


async def test_keys_that_answer_people_upload_nothing(region: Parties) -> None:
    """Use `serve` asks; only a management process says who is known here."""
    sent = FilterSent("first", _epoch(region), build([], FIRST))
    assert await _refused(region, FILTERS_PATH, sent.encoded(), SERVE) == PeerCode.KEY_NOT_ALLOWED


async def test_a_member_uploads_for_itself_alone(region: Parties) -> None:
    """Whose a filter is its signature says; no body can say otherwise."""
    body = b'{"set":"first","epoch":0,"filter":"","member":"northmere"}'
    assert await _refused(region, FILTERS_PATH, body) == PeerCode.MALFORMED


async def test_any_other_number_of_digests_is_refused(region: Parties) -> None:
    """How many keys a question has is in no size."""
    for set_name, count in (
        ("first", LOCATED_AT_ONCE - 1),
        ("first", LOCATED_WIDE_AT_ONCE),
        ("wide", LOCATED_AT_ONCE),
        ("first", 0),
    ):
        asked = LocateAsked(set_name, _epoch(region), tuple(_digest() for _ in range(count)))
        assert await _refused(region, LOCATE_PATH, asked.encoded(), SERVE) == PeerCode.MALFORMED


async def test_answers_have_one_size_and_entries_one_shape_whatever_was_found(
    region: Parties,
) -> None:
    """A hit is in the answer and nowhere else; the entry says who asked how many."""
    known, epoch = _digest(), _epoch(region)
    await _upload(region, FilterSent("first", epoch, build([known], FIRST)))
    shapes, sizes = [], set()
    for digest in (known, _digest()):
        digests = (digest, *(_digest() for _ in range(LOCATED_AT_ONCE - 1)))
        async with region.calling("northmere", SERVE) as client:
            body = LocateAsked("first", epoch, digests).encoded()
            answer = await client.ask(region.directory.locator, LOCATE_PATH, body, 20)
        sizes.add(len(answer.body))
        entry = (await region.entries("locator"))[-1]
        names = ("action", "account", "role", "reference", "count", "outcome", "code")
        shapes.append([entry[name] for name in names])
        assert not any(each.hex() in str(entry) for each in digests)
    assert sizes == {LOCATED_BYTES}
    found = ["locate", "northmere", "serve", f"first/{epoch}", LOCATED_AT_ONCE, "recorded", ""]
    assert shapes == [found, found]


async def test_a_days_digests_run_out(region: Parties) -> None:
    """A member that trawls with stolen digests is stopped; its jobs' probes go on."""
    async with region.asking("camfield", SERVE) as client:
        for _ in range(LOCATED_A_DAY // LOCATED_AT_ONCE):
            await client.locate("first", _epoch(region), [_digest()])
        with pytest.raises(MessageRefused) as refused:
            await client.locate("first", _epoch(region), [_digest()])
    assert refused.value.code == PeerCode.BUDGET_SPENT
    async with region.asking("camfield", MANAGE) as probing:
        await probing.locate("first", _epoch(region), [_digest()])


async def test_filters_of_epochs_gone_by_are_not_kept(region: Parties) -> None:
    """What was told of last year's children is gone with it."""
    sent = FilterSent("first", _epoch(region), build([], FIRST))
    await _upload(region, sent)
    kept = "select min(epoch) from member_filter"
    assert (await region.rows("locator", kept))[0][0] == sent.epoch
    async with region.calling("camfield", MANAGE) as client:
        answer = await client.ask(region.directory.locator, FILTERS_PATH, sent.encoded(), 20)
    assert len(answer.body) == STORED_BYTES
