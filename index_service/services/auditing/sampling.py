"""Random samples of a cohort's accesses that anybody can draw again from the same seed."""

import hashlib
import heapq
import os

import orjson

from index_service.domain.inspection import Sought
from index_service.domain.small_cells import shown_total
from index_service.log.entry import SubjectShown
from index_service.services.admitting import Login
from index_service.services.attempt import Attempt
from index_service.services.auditing.auditor import Inspected, admit_auditor, enter, looked_into
from index_service.services.auditing.finding import Finding, Paged, begun, query_of
from index_service.services.auditing.opening import Found
from index_service.services.auditing.shown import ChildNames, kinds_of, shown_entry
from index_service.services.index import Index
from index_service.store.work import work_on

SEED_BYTES = 32


class Samples:
    """Draws samples of one authority's accesses."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def draw(
        self, login: Login, sought: Sought, drawn: tuple[int, bytes | None], attempt: Attempt
    ) -> bytes:
        """Return `drawn[0]` entries of a cohort, encoded, by the seed given or a new one.

        The entry commits to cohort, size and seed before the sample is seen: drawing again
        until it pleases leaves an entry each time.
        """
        index = self._index
        size, given = drawn
        seed = given or os.urandom(SEED_BYTES)
        query = query_of(sought, size=size, seed=seed.hex())
        attempt.subjects = looked_into(sought.child_id, sought.account_id)
        admitted = await admit_auditor(index, login, attempt)
        kinds = kinds_of(admitted.view)
        async with work_on(index.audit, index.csa, index.log) as work:
            place = await begun(index, work, admitted, attempt, Paged(query))
            finding = Finding(index, work, sought, kinds, place.settled)
            lot, total = _Lot(seed, size), 0
            async for each in finding.all():
                lot.put(each)
                total += 1
            closed = await finding.closed_years()
        names = ChildNames(index.keyring, sought.child_id)
        body = orjson.dumps(
            {
                "seed": seed.hex(),
                "committed": hashlib.sha256(query).hexdigest(),
                "cohort": shown_total(total),
                "entries": [shown_entry(each, kinds, names) for each in lot.drawn()],
                "closed_years": closed,
            }
        )
        subjects = tuple(SubjectShown(each) for each in attempt.subjects)
        await enter(index, attempt, Inspected(subjects, query, body, len(lot.drawn())))
        return body


def rank(seed: bytes, entry_id: bytes) -> int:
    """Return an entry's lot: whoever has the seed can make it, nobody can choose it."""
    return int.from_bytes(hashlib.sha256(seed + entry_id).digest())


class _Lot:
    """Keeps the entries of the lowest lots, as many as are to be drawn."""

    def __init__(self, seed: bytes, size: int) -> None:
        self._seed = seed
        self._size = size
        self._kept: list[tuple[int, bytes, Found]] = []  # the highest lot first

    def put(self, found: Found) -> None:
        """Let one entry draw its lot."""
        # Equal lots are equal ids, so that entries themselves are never compared.
        lot = (-rank(self._seed, found.entry_id.bytes), found.entry_id.bytes, found)
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, lot)
        else:
            heapq.heappushpop(self._kept, lot)

    def drawn(self) -> list[Found]:
        """Return what was drawn, by lot."""
        return [found for _, _, found in sorted(self._kept, reverse=True)]
