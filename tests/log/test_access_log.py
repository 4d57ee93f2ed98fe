"""The access log's two ways of appending, and what each promises."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from index_service.crypto.providers import KeyRefused
from index_service.domain.errors import Unrecorded
from index_service.log.access_log import PreparedEntry, RequestEntries
from tests.log.made import Kept, made_entry, made_keyring


async def test_a_receipt_is_handed_out_only_for_a_durable_entry(kept: Kept) -> None:
    """While the store is down there is no receipt; when it is back, it is one again."""
    kept.write.up = False
    with pytest.raises(Unrecorded):
        await kept.log.append(made_entry(kept.log))
    assert kept.write.rows == []
    kept.write.up = True
    receipt = await kept.log.append(made_entry(kept.log))
    assert [row.entry_id for row in kept.write.rows] == [receipt.entry_id]


async def test_entries_have_random_ids_and_the_clock_s_time(kept: Kept) -> None:
    """Ids tell a caller nothing of traffic."""
    stamps = [kept.log.stamp() for _ in range(3)]
    assert {(csa, at_ms) for csa, _, at_ms in stamps} == {("northmere", 1_763_726_400_250)}
    assert {entry_id.version for _, entry_id, _ in stamps} == {4}
    assert len({entry_id for _, entry_id, _ in stamps}) == 3


async def test_an_entry_of_another_authority_is_a_defect(kept: Kept) -> None:
    """One log, one authority."""
    with pytest.raises(ValueError, match="another authority"):
        await kept.log.append(replace(made_entry(kept.log), csa="camfield"))


async def test_a_year_without_keys_takes_no_entry(kept: Kept) -> None:
    """Nothing is sealed under another year's keys."""
    with pytest.raises(KeyRefused):
        await kept.log.append(replace(made_entry(kept.log), at_ms=1))


async def test_a_prepared_entry_is_worth_one_receipt(kept: Kept) -> None:
    """Prepared by this log, minted once; the row is the story's to insert."""
    prepared = kept.log.prepare(made_entry(kept.log))
    assert kept.write.rows == []
    assert kept.log.committed(prepared).entry_id == prepared.row.entry_id
    with pytest.raises(RuntimeError):
        kept.log.committed(prepared)


async def test_what_a_log_did_not_prepare_it_does_not_mint(kept: Kept) -> None:
    """Neither a row put together elsewhere nor another log's."""
    prepared = kept.log.prepare(made_entry(kept.log))
    with pytest.raises(RuntimeError):
        kept.log.committed(PreparedEntry(prepared.entry, lambda _: prepared.row))
    other = Kept(made_keyring())
    with pytest.raises(RuntimeError):
        other.log.committed(prepared)


async def test_a_stopped_log_takes_no_entry(kept: Kept) -> None:
    """Before start and after stop alike."""
    await kept.log.stop()
    with pytest.raises(Unrecorded):
        await kept.log.append(made_entry(kept.log))


async def test_a_request_s_own_entries_are_followed_and_no_other_s(kept: Kept) -> None:
    """Two requests at once: each sees its own, and an append outside belongs to neither."""

    async def request() -> tuple[UUID, RequestEntries]:
        with RequestEntries() as entries:
            await asyncio.sleep(0)
            receipt = await kept.log.append(made_entry(kept.log))
            assert entries.receipt is receipt
            return receipt.entry_id, entries

    with RequestEntries() as idle:
        pass
    (one, of_one), (two, of_two) = await asyncio.gather(request(), request())
    await kept.log.append(made_entry(kept.log))
    assert of_one.receipt is not None
    assert of_two.receipt is not None
    assert (of_one.receipt.entry_id, of_two.receipt.entry_id) == (one, two)
    assert not idle.begun
    assert idle.receipt is None


async def test_an_append_that_failed_leaves_word_that_an_entry_may_exist(kept: Kept) -> None:
    """A failed commit may have committed: the request must not be given a second entry."""
    kept.write.up = False
    with RequestEntries() as entries, pytest.raises(Unrecorded):
        await kept.log.append(made_entry(kept.log))
    assert entries.begun
    assert entries.receipt is None
