"""Which batches the feeds have sent: newest first, to the team all, to a supplier its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from consent.facts import Action, Role
from index_service.log.entry import Outcome
from index_service.services.admitting import Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.index import Index
from index_service.services.listed import PAGE_MAX
from index_service.store.work import work_on

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


class FeedBatches:
    """Lists one authority's feed batches. Of their lines nothing but how many there are."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def listed(self, login: Login, cursor: str | None, attempt: Attempt) -> bytes:
        """Return a page of batches, encoded: an agency's own, or for the team all."""
        index = self._index
        asked = Asked(login, Action.READ_BATCH, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            team = admitted.asker.facts.role is Role.MANAGEMENT_TEAM
            whose = None if team else admitted.asker.agency_id
            position = cursor_position(index.keyring, admitted, attempt, cursor)
            until, passed = _placed(position)
            rows = await work.feeds.batches(whose, until, passed, PAGE_MAX + 1)
        page, following = rows[:PAGE_MAX], None
        if len(rows) > PAGE_MAX:
            at = page[-1].began_at
            alike = sum(each.began_at == at for each in page)
            place = _place(at, alike + (passed if at == until else 0))
            following = next_cursor(index.keyring, admitted, attempt, place)
        attempt.answered(await index.log.append(attempt.entry(index.log.stamp(), Outcome.SHOWN)))
        return orjson.dumps({"batches": [_shown(each) for each in page], "next": following})


def _place(began_at: datetime, passed: int) -> bytes:
    """Place a page's end: when its last batch began, and how many that began then were told.

    A cursor is too small for the names of a source and a batch.
    """
    return ((began_at - _EPOCH) // _US).to_bytes(8) + passed.to_bytes(8)


def _placed(position: bytes) -> tuple[datetime | None, int]:
    if not position:
        return None, 0
    return _EPOCH + int.from_bytes(position[:8]) * _US, int.from_bytes(position[8:])


def _shown(row: Any) -> dict[str, Any]:
    return {
        "source": row.source,
        "batch_id": row.batch_id,
        "state": "complete" if row.complete else "incomplete",
        "lines": row.lines,
        "accepted": row.accepted,
        "invalid": row.invalid,
        "began_at": int(row.began_at.timestamp()),
    }
