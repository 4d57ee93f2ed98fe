"""How long entries wait for their leaf, and for the signed head over it, at a steady rate.

Commit times are the server's own (track_commit_timestamp); a head counts from when it is
seen in the second place, which the sealer writes after reading back what it sealed.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from bench.parts.log_made import entry
from bench.parts.log_stand import Stand, opened_log
from index_service.log.access_log import AccessLog

_LOOK_S = 0.005
_SETTLE_S = 2.0
_MOMENTS = (
    "select l.leaf_index, extract(epoch from pg_xact_commit_timestamp(e.xmin)),"
    " extract(epoch from pg_xact_commit_timestamp(l.xmin))"
    " from access_entry e join leaf l using (csa, entry_id) where e.entry_id = any($1)"
)


class Lost(Exception):  # noqa: N818 (the finding of a check)
    """An entry that was acknowledged has no leaf."""


@dataclass(frozen=True, slots=True)
class Lag:
    """What one run came to, in seconds: until the leaf, until the head over it."""

    entries: int
    per_s: float
    leaf_s: tuple[float, float, float]  # p50, p99, most
    head_s: tuple[float, float, float]


@dataclass(slots=True)
class Heads:
    """The sizes of the second place's heads, as they came, and when each was seen."""

    sizes: list[int] = field(default_factory=list)
    at_s: list[float] = field(default_factory=list)

    async def watch(self, place: Path) -> None:
        """Look at the second place until cancelled."""
        last = None
        while True:
            note = await asyncio.to_thread(place.read_text, encoding="utf-8")
            if note != last:
                self.sizes.append(int(note.split("\n", 2)[1]))
                self.at_s.append(time.time())
                last = note
            await asyncio.sleep(_LOOK_S)

    def covering(self, leaf_index: int) -> float:
        """Return when the first head with this leaf was seen; Lost without one."""
        place = bisect_right(self.sizes, leaf_index)
        if place == len(self.sizes):
            raise Lost
        return self.at_s[place]


async def lag(stands: Stand, per_s: int, seconds: float) -> Lag:
    """Append at a steady rate beside the sealer, and find out when each was sealed."""
    heads = Heads()
    with stands.sealing():
        await stands.all_sealed()  # what founding wrote, and the sealer's own beginning
        watching = asyncio.create_task(heads.watch(stands.sealer.second_place))
        async with opened_log(stands.authority.settings.database_url, stands.keyring) as log:
            began_s = time.monotonic()
            ids = await _appended(log, per_s, round(per_s * seconds))
            spent_s = time.monotonic() - began_s
        await stands.all_sealed()
        await asyncio.sleep(_SETTLE_S)  # the leaf is there before its head is
        watching.cancel()
        await asyncio.wait({watching})
    connection = await stands.connected()
    try:
        rows = await connection.fetch(_MOMENTS, ids)
    finally:
        await connection.close()
    if len(rows) != len(ids):
        raise Lost
    to_leaf = [float(leaf - committed) for _, committed, leaf in rows]
    to_head = [heads.covering(index) - float(committed) for index, committed, _ in rows]
    return Lag(len(ids), len(ids) / spent_s, spread(to_leaf), spread(to_head))


async def _appended(log: AccessLog, per_s: int, count: int) -> list[UUID]:
    """Append one entry every so often, whether or not those before are durable yet."""
    began_s = time.monotonic()
    ids, going = [], set()
    for place in range(count):
        await asyncio.sleep(max(0.0, began_s + place / per_s - time.monotonic()))
        made = entry(log.stamp())
        ids.append(made.entry_id)
        going.add(asyncio.create_task(log.append(made)))
    await asyncio.gather(*going)
    return ids


def spread(waits: Sequence[float]) -> tuple[float, float, float]:
    """Return the median, the 99th percentile and the most."""
    ordered = sorted(waits)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100], ordered[-1]
