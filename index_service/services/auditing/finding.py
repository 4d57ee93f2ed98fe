"""Going through the log in order of time, a page at a time, as it stood at the first page."""

import hashlib
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from consent.facts import AgencyKind
from index_service.crypto.envelope import SealBroken
from index_service.crypto.log_keys import LogKeys
from index_service.domain.errors import Code, Invalid
from index_service.domain.inspection import Sought
from index_service.log.leaf import LeafMismatch, actor_ref, opened_actor, opened_trace
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt
from index_service.services.auditing.opening import Found, keys_of, open_row, years_between
from index_service.services.index import Index
from index_service.store.auditing import Settled, Span
from index_service.store.reading import OverTheBound
from index_service.store.work import Work

SCANNED_MAX = 5_000  # entries opened for one page
RANGE_MAX = 100_000  # entries gone through for one answer that needs them all
_AT_ONCE = 500
_PLACE = struct.Struct(">Q16sQQ16s")
_BEGINNING = (datetime.fromtimestamp(0, UTC), UUID(int=0))

Position = tuple[datetime, UUID]
Name = Callable[[bytes, bytes, LogKeys], UUID]


@dataclass(frozen=True, slots=True)
class Page:
    """What fits, in order, and where to go on.

    `missing` are entries the log names elsewhere and no longer holds; `broken` counts rows
    that should name one and cannot be opened.
    """

    found: list[Found]
    following: Position | None
    missing: tuple[UUID, ...] = ()
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """One search from its first page on: as of when, and where this page begins."""

    settled: Settled
    after: Position | None


def query_of(sought: Sought, **more: Any) -> bytes:
    """Return a search in its one written form, for its entry and its cursors."""
    return orjson.dumps({**asdict(sought), **more}, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Paged:
    """A search in its written form, the cursor given with it, and how a wrong one is refused."""

    query: bytes
    cursor: str | None = None
    code: Code = Code.FIELD_INVALID


async def begun(
    index: Index, work: Work, admitted: Admitted, attempt: Attempt, paged: Paged
) -> Begun:
    """Return where a search stands; Invalid for the cursor of another search or account."""
    cursor = paged.cursor
    if cursor is None:
        now = index.clock.now()
        return Begun(Settled(now, await work.auditing.horizon()), None)
    account = admitted.asker.account_id
    try:
        packed = index.keyring.tags.open_cursor(account, attempt.route, cursor)
    except SealBroken:
        raise Invalid(paged.code, "cursor") from None
    at_ms, entry_id, asked_ms, horizon, mark = _PLACE.unpack(packed)
    if mark != _mark(paged.query):
        raise Invalid(paged.code, "cursor")
    settled = Settled(_moment(asked_ms), horizon)
    return Begun(settled, (_moment(at_ms), UUID(bytes=entry_id)))


def cursor_after(
    index: Index, admitted: Admitted, attempt: Attempt, query: bytes, goes_on: Begun
) -> str | None:
    """Return the cursor of the next page; None after the last."""
    if goes_on.after is None:
        return None
    at, entry_id = goes_on.after
    settled = goes_on.settled
    packed = _PLACE.pack(_ms(at), entry_id.bytes, _ms(settled.at), settled.horizon, _mark(query))
    return index.keyring.tags.seal_cursor(admitted.asker.account_id, attempt.route, packed)


def _mark(query: bytes) -> bytes:
    return hashlib.sha256(query).digest()[:16]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


class Finding:
    """One search over one authority's log, on a connection of role audit."""

    def __init__(
        self,
        index: Index,
        work: Work,
        sought: Sought,
        kinds: Mapping[str, AgencyKind],
        settled: Settled,
    ) -> None:
        """`kinds` are the agencies' kinds, by id."""
        self._index = index
        self._work = work
        self._sought = sought
        self._kinds = kinds
        self._settled = settled
        self._listed: list[Position] | None = None
        self._missing: tuple[UUID, ...] = ()
        self._broken = 0

    async def page(
        self, after: Position | None, limit: int, tells: Callable[[Found], bool] | None = None
    ) -> Page:
        """Return up to `limit` entries after a position, of at most 5,000 gone through.

        What `tells` leaves out makes no page shorter, however much it is: that would tell of it.
        A page may be short, even empty, and yet not the last. What cannot be opened might
        fit, so it is always among what is found.
        """
        await self._list_named()
        found: list[Found] = []
        scanned = 0
        while True:
            rows = await self._next(after)
            for row in rows:
                after = (row.at, row.entry_id)
                each = open_row(self._index.keyring, row)
                if self._fits(each) and (tells is None or tells(each)):
                    found.append(each)
                if len(found) == limit:
                    return self._page(found, after)
            scanned += len(rows)
            if len(rows) < _AT_ONCE:
                return self._page(found, None)
            if scanned >= SCANNED_MAX and tells is None:
                return self._page(found, after)

    def _page(self, found: list[Found], following: Position | None) -> Page:
        return Page(found, following, self._missing, self._broken)

    async def all(self) -> AsyncIterator[Found]:
        """Yield everything found; Invalid where more than 100,000 entries are to be gone through.

        Those are of the time asked about, or of the account or child where one is given.
        """
        await self._list_named()
        after: Position | None = None
        scanned = 0
        while rows := await self._next(after):
            scanned += len(rows)
            if scanned > RANGE_MAX:
                raise Invalid(Code.EXPORT_TOO_LARGE)
            for row in rows:
                after = (row.at, row.entry_id)
                each = open_row(self._index.keyring, row)
                if self._fits(each):
                    yield each

    def _fits(self, found: Found) -> bool:
        return found.entry is None or self._sought.fits(found.entry, self._kinds)

    async def closed_years(self) -> list[int]:
        """Return the years asked about whose entries are dropped, or no key opens any more."""
        oldest = await self._work.auditing.oldest()
        expired = await self._work.expiring.years()
        years = years_between(self._sought.since_s, self._sought.until_s)
        return [
            year
            for year in years
            if year in expired
            or (
                oldest is not None
                and oldest.year <= year <= self._settled.at.year
                and keys_of(self._index.keyring, year) is None
            )
        ]

    async def _next(self, after: Position | None) -> list[Any]:
        """Return the next sealed entries: of those named, or of the time asked about."""
        if self._listed is None:
            sought = self._sought
            span = Span(_moment(sought.since_s * 1000), _moment(sought.until_s * 1000), after)
            return await self._work.auditing.by_time(span, self._settled, _AT_ONCE)
        rest = [place for place in self._listed if place > (after or _BEGINNING)][:_AT_ONCE]
        rows = await self._work.entries.these([entry_id for _, entry_id in rest])
        return sorted(rows, key=lambda row: (row.at, row.entry_id))

    async def _list_named(self) -> None:
        """List the entries of the child or account asked about, if one is, in order."""
        sought = self._sought
        if self._listed is not None or (sought.child_id is None and sought.account_id is None):
            return
        try:
            ids = await (self._of_child() if sought.child_id else self._of_account())
        except OverTheBound:
            raise Invalid(Code.EXPORT_TOO_LARGE) from None
        rows = await self._work.auditing.moments(ids, self._settled)
        since, until = _moment(sought.since_s * 1000), _moment(sought.until_s * 1000)
        self._listed = sorted(
            (row.at, row.entry_id) for row in rows if row.settled and since <= row.at < until
        )
        # The row that names an entry is committed with it: an entry gone was removed.
        self._missing = tuple(sorted(set(ids) - {row.entry_id for row in rows}))

    async def _of_child(self) -> list[UUID]:
        keys = {}
        expired = await self._work.expiring.years()
        for year in years_between(self._sought.since_s, self._sought.until_s):
            known = None if year in expired else keys_of(self._index.keyring, year)
            if known is not None and self._sought.child_id is not None:
                keys[known.subject_ref(self._sought.child_id)] = known
        rows = await self._work.entries.of_subjects(list(keys))
        return self._named(rows, keys, lambda *row: opened_trace(*row).entry_id)

    async def _of_account(self) -> list[UUID]:
        keys = {}
        expired = await self._work.expiring.years()
        for day in _days(self._sought):
            known = None if day.year in expired else keys_of(self._index.keyring, day.year)
            if known is not None:
                keys[actor_ref(str(self._sought.account_id), day, known)] = known
        rows = await self._work.auditing.actors(list(keys))
        return self._named(rows, keys, opened_actor)

    def _named(self, rows: Iterable[Any], keys: Mapping[bytes, LogKeys], name: Name) -> list[UUID]:
        """Return the entries these rows name, each once."""
        found: dict[UUID, None] = {}
        for row in rows:
            try:
                found[name(row.ref, row.sealed, keys[row.ref])] = None
            except (SealBroken, LeafMismatch):
                self._broken += 1
        return list(found)


def _days(sought: Sought) -> list[date]:
    """Return every day (UTC) that is asked about."""
    day = datetime.fromtimestamp(sought.since_s, UTC).date()
    last = datetime.fromtimestamp(sought.until_s - 1, UTC).date()
    return [day + timedelta(days=n) for n in range((last - day).days + 1)]
