"""Whole exports for whoever verifies the log: every opening of a shard, every row's state."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson

from index_service.crypto.keyring import Keyring
from index_service.log.checkpoint import HeadKind
from index_service.log.entry import AccessEntry, Outcome
from index_service.log.padding import padding_text
from index_service.log.row_states import state_of
from index_service.services.auditing.opening import GONE, MISSING, open_row
from index_service.services.index import Index
from index_service.store.handing_out import ChildRow, StoredLeaf, handing_out
from index_service.store.work import work_on

# Nobody writes records for so long: clocks of several machines may differ by half of it.
STILL_S = 1.0


class NoHead(Exception):  # noqa: N818 (an answer: there is none)
    """There is no such shard, no signed head of it, or its year is dropped."""


async def states(index: Index, pool: Any) -> AsyncIterator[bytes]:
    """Yield the lines of a state export: each row's references, and its state at one moment.

    Its entry is durable before the first line. The moment parts the entries that tell of
    these rows from later ones, so it is one at which nobody is writing records.
    """
    keyring = index.keyring
    async with handing_out(pool, index.csa) as rows:
        async with work_on(index.audit, index.csa, index.log) as work:
            await work.locks.shields_exclusive()
            await asyncio.sleep(STILL_S / 2)
            await rows.begin()
            at_ms = int(index.clock.now().timestamp() * 1000)
            await asyncio.sleep(STILL_S / 2)
            await work.commit(index.log.prepare(_entry(index, "hand_out_states")))
        yield _line({"format": "index-states/1", "csa": index.csa, "at_ms": at_ms})
        count = 0
        async for row in rows.children():
            count += 1
            yield _line(_stated(keyring, row))
        yield _line({"end": count})


async def openings(index: Index, pool: Any, shard: int | None, case: str) -> AsyncIterator[bytes]:
    """Yield the lines of an export of a whole shard, the newest one's if none is named.

    Every leaf of the newest head is opened, padding too, but for entries that do not open: of
    those it is told why. Raises NoHead.
    """
    async with handing_out(pool, index.csa) as log:
        of = await log.newest_shard() if shard is None else shard
        head = None if of is None else await log.head(HeadKind.MINUTE, of)
        if of is None or head is None:
            raise NoHead
        async with work_on(index.audit, index.csa, index.log) as work:
            if of // 100 in await work.expiring.years():
                raise NoHead
            await work.commit(index.log.prepare(_entry(index, "hand_out_log", case)))
        origin = head.note.partition("\n")[0]
        said = {"format": "index-log/1", "csa": index.csa, "origin": origin}
        yield _line({**said, "kind": "openings", "case": case})
        async for stored in log.stored(of, head.size):
            yield _line(_opened(index.keyring, stored))
        yield _line({"end": head.size, "head": head.note})


def _stated(keyring: Keyring, row: ChildRow) -> dict[str, Any]:
    years = reversed(keyring.log_years())
    refs = [keyring.log_keys(year).subject_ref(row.child_id).hex() for year in years]
    return {"child": refs[0], "earlier": refs[1:], "state": state_of(row.columns).hex()}


def _opened(keyring: Keyring, stored: StoredLeaf) -> dict[str, Any]:
    line: dict[str, Any] = {"i": stored.leaf_index, "leaf": stored.leaf.hex()}
    if stored.pad_blind is not None:
        text = padding_text(stored.leaf_index).decode()
        return {**line, "blind": stored.pad_blind.hex(), "entry": text}
    if stored.entry_id is None:
        return {**line, "gone": MISSING}
    found = open_row(keyring, stored)
    opening = found.opening
    if opening is None:
        return {**line, "gone": GONE[found.state]}
    return {**line, "blind": opening.blind.hex(), "entry": opening.canonical.decode()}


def _entry(index: Index, action: str, case: str = "") -> AccessEntry:
    stamp = index.log.stamp()
    shown = Outcome.SHOWN
    return AccessEntry(*stamp, action=action, route="command", outcome=shown, reference=case)


def _line(said: dict[str, Any]) -> bytes:
    return orjson.dumps(said) + b"\n"
