"""The development population under the deriver's key, and the filters its 32 authorities put up.

What each authority's own job derives by blinded calls is evaluated here directly, in as many
processes as there are processors: the digests are the same, and a million children take minutes.
"""

import asyncio
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from bench.parts.development_data import POPULATION, facts_of, read_rows
from bench.parts.region_stand import EPOCH, SERIES, RegionStand, region_stand
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.domain.matching.region_keys import FIRST_KINDS, region_keys
from index_service.federation.filters import build
from index_service.federation.oblivious import KeyPair, evaluated_by_key, region_input
from index_service.federation.sizes import KEYS_A_CHILD

CHUNK_ROWS: Final = 5_000
CAPACITY_STEP: Final = 10_000
KEY_BYTES: Final = 8  # of a digest, those a filter is made of
_UPLOADS_AT_ONCE = 4


@dataclass(slots=True)
class Derived:
    """What one process derived: by authority the digests of each set, one after another."""

    first: dict[str, bytearray] = field(default_factory=dict)
    wide: dict[str, bytearray] = field(default_factory=dict)
    keys: int = 0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Filled:
    """How the region was filled."""

    children: dict[str, int]
    capacity: int
    keys_a_child: float
    derived_s: float
    derived_cpu_s: float
    filter_bytes: dict[str, int]
    built_cpu_s: float


def populations(rows: int) -> dict[str, int]:
    """Return how many children each authority has among the first `rows`."""
    found = Counter(name_of(row["authority"]) for row in islice(read_rows(POPULATION), rows))
    return dict(sorted(found.items()))


def name_of(authority: str) -> str:
    """Return what the region calls an authority of the data."""
    return "borough" + authority.removeprefix("A").zfill(2)


def derived_share(share: int, shares: int, rows: int, key: KeyPair) -> Derived:
    """Derive every shares-th chunk of children."""
    found, begun = Derived(), time.process_time()
    for number, row in enumerate(islice(read_rows(POPULATION), rows)):
        if number // CHUNK_ROWS % shares != share:
            continue
        name = name_of(row["authority"])
        for kind, text, _ in region_keys(facts_of(row)):
            digest = evaluated_by_key(key, region_input(SERIES, kind, text))[:KEY_BYTES]
            found.wide.setdefault(name, bytearray()).extend(digest)
            if kind in FIRST_KINDS:
                found.first.setdefault(name, bytearray()).extend(digest)
            found.keys += 1
        if number % 100_000 == 0 and number:
            print(f"  derived to child {number:,}", flush=True)
    found.cpu_s = time.process_time() - begun
    return found


def derived_all(rows: int, key: KeyPair) -> list[Derived]:
    """Derive the whole population on all processors."""
    shares = os.cpu_count() or 1
    with ProcessPoolExecutor(shares, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(derived_share, share, shares, rows, key) for share in range(shares)]
        return [job.result() for job in jobs]


@asynccontextmanager
async def filled_region(rows: int) -> AsyncIterator[tuple[RegionStand, Filled]]:
    """Set a region up whose locator holds the filters of the first `rows` children."""
    children = populations(rows)
    capacity = -(-max(children.values()) // CAPACITY_STEP) * CAPACITY_STEP
    async with region_stand(list(children), capacity) as stands:
        begun = time.monotonic()
        parts = await asyncio.to_thread(derived_all, rows, stands.key())
        derived_s = time.monotonic() - begun
        begun_cpu_s, sizes = time.process_time(), dict[str, int]()
        few = asyncio.Semaphore(_UPLOADS_AT_ONCE)

        async def uploaded(name: str) -> None:
            async with few, stands.asking(name, PeerKeyUse.MANAGE) as region:
                for set_name in KEYS_A_CHILD:
                    written = build(_digests(parts, set_name, name), capacity * _keys(set_name))
                    sizes[set_name] = len(written)
                    await region.upload_filter(set_name, EPOCH, written)

        await asyncio.gather(*(uploaded(name) for name in children))
        yield (
            stands,
            Filled(
                children,
                capacity,
                sum(part.keys for part in parts) / rows,
                derived_s,
                sum(part.cpu_s for part in parts),
                sizes,
                time.process_time() - begun_cpu_s,
            ),
        )


def _keys(set_name: str) -> int:
    return KEYS_A_CHILD[set_name]


def _digests(parts: list[Derived], set_name: str, name: str) -> list[bytes]:
    found = []
    for part in parts:
        text = bytes(getattr(part, set_name).get(name, b""))
        found += [text[at : at + KEY_BYTES] for at in range(0, len(text), KEY_BYTES)]
    return found
