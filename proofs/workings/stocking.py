"""Putting a large population into an index: the real sealing, bulk inserts, two processes."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from demo.authority import CSA
from index_service.commands.starting import uvloop_run
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider
from index_service.services.encoding import Policy
from index_service.services.sealing import new_child
from index_service.store.children import Children
from index_service.store.engines import engine_for
from proofs.workings.population import Key, Person, keys_of, record_of

CHUNK = 500  # below what one entry tells the states of
TOKENS_A_TIME = 20_000
WORKERS = 2
Pair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Stocked:
    """What came of one chunk: ids in the order of its people, and their token rows."""

    ids: list[bytes]
    search: list[list[Pair]]
    guard: list[Pair]


def stock_chunk(url: str, keys: Path, people: list[Person]) -> Stocked:
    """Seal and insert one chunk's child rows; their tokens come back, to go in later."""
    keyring = Keyring(CSA, FileKeyProvider(keys))
    made = [new_child(keyring, record_of(person), Policy(created_by="0" * 32)) for person in people]
    uvloop_run(_insert(url, [child.row for child in made]))
    return Stocked(
        [child.child_id.bytes for child in made],
        [list(child.sheet.search) for child in made],
        [pair for child in made for pair in child.sheet.guard],
    )


async def _insert(url: str, rows: list[dict[str, Any]]) -> None:
    engine = engine_for(url, CSA, "feed", size=1)
    try:
        async with AsyncSession(engine) as session:
            await Children(session, CSA).insert(rows)
            await session.commit()
    finally:
        await engine.dispose()


def keys_of_chunk(known: list[tuple[str, str, Any]]) -> list[tuple[Key, ...]]:
    """Return the keys of some children; in a worker, as it is half of an attacker's work."""
    return [keys_of(each) for each in known]


def sealing_processes() -> ProcessPoolExecutor:
    """Return workers that share nothing with this process: it has threads."""
    return ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))


def in_chunks(many: list[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Yield a list in pieces."""
    for start in range(0, len(many), size):
        yield many[start : start + size]


def gathered(futures: list["Future[Any]"], told: Callable[[str], None], what: str) -> list[Any]:
    """Wait for all, saying how far it is."""
    while any(not future.done() for future in futures):
        done = sum(future.done() for future in futures)
        told(f"{what}: {done} of {len(futures)} parts")
        time.sleep(0.1)
    return [future.result() for future in futures]


async def insert_tokens(
    url: str, search: list[Pair], guard: list[Pair], told: Callable[[str], None]
) -> None:
    """Insert all token rows in token order, as the nightly rewrite leaves them."""
    engine = engine_for(url, CSA, "feed", size=1)
    try:
        async with AsyncSession(engine) as session:
            children = Children(session, CSA)
            for number, some in enumerate(in_chunks(sorted(search), TOKENS_A_TIME)):
                told(f"inserting search tokens, {number * TOKENS_A_TIME} of {len(search)}")
                await children.add_tokens(some, ())
                await session.commit()
            for number, some in enumerate(in_chunks(sorted(guard), TOKENS_A_TIME)):
                told(f"inserting guard tokens, {number * TOKENS_A_TIME} of {len(guard)}")
                await children.add_tokens((), some)
                await session.commit()
    finally:
        await engine.dispose()
