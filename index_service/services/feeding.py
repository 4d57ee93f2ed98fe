"""A supplier's batch: streamed in, chunk by chunk, idempotent by content, resumable.

A batch is incomplete until its digest is met. Sending the same body again goes on
after the last chunk that committed; sending a complete batch again does nothing.
"""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import orjson

from consent.facts import Action, Role
from index_service.crypto.tags import same_mac
from index_service.domain.errors import Code, Invalid, NotDisclosed, Refused
from index_service.domain.feed import LineInvalid, LineOutcome, RawLine
from index_service.feeds.lines import parse_line
from index_service.log.entry import Outcome
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.cursors import cursor_position, next_cursor
from index_service.services.feed_chunk import Chunk, tally
from index_service.services.feed_said import Read, Supplier
from index_service.services.index import Index
from index_service.services.peering.outgoing import outgoing_of
from index_service.services.writing import Change, recorded
from index_service.store.feeds import INVALID_SHOWN_MAX
from index_service.store.reading import OverTheBound
from index_service.store.work import Work, work_on

CHUNK_LINES = 500
Lines = AsyncIterator[RawLine]
_BATCHES = UUID("6d2c0c4e-5a0b-4a53-9f0d-6f6c1a8f2f6b")


@dataclass(frozen=True, slots=True)
class Batch:
    """Which batch is sent, and the SHA-256 its sender says its body has."""

    source: str
    batch_id: str
    digest: bytes

    @property
    def row_id(self) -> UUID:
        """The id its key is bound to."""
        return uuid5(_BATCHES, f"{self.source}/{self.batch_id}")


@dataclass(slots=True)
class Progress:
    """How far a batch has come, as stored after each chunk."""

    lines: int = 0
    accepted: int = 0
    invalid: int = 0
    complete: bool = False
    tally: Counter[str] = field(default_factory=Counter)
    as_of: date | None = None

    def shown(self, batch: Batch) -> dict[str, Any]:
        """Return what the supplier is told: only what its own lines determine."""
        return {
            "source": batch.source,
            "batch_id": batch.batch_id,
            "state": "complete" if self.complete else "incomplete",
            "lines": self.lines,
            "accepted": self.accepted,
            "invalid": self.invalid,
            "results": f"/v1/feeds/{batch.source}/batches/{batch.batch_id}/lines",
        }


@dataclass(frozen=True, slots=True)
class _Sending:
    """One request that sends a batch."""

    login: Login
    batch: Batch
    attempt: Attempt


class Feeding:
    """Takes suppliers' batches for one authority."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def take(
        self,
        login: Login,
        batch: Batch,
        lines: Callable[["hashlib._Hash"], Lines],
        attempt: Attempt,
    ) -> bytes:
        """Take a batch's lines; return its encoded status once its digest is met.

        `lines` reads the body into a hash as it goes. Invalid DIGEST_MISMATCH if the
        body was another than announced or than was begun under this id: what had
        committed stays, the batch stays incomplete.
        """
        progress = await self._begun(login, batch, attempt)
        if not progress.complete:
            body = hashlib.sha256()
            last = await self._chunks(_Sending(login, batch, attempt), progress, lines(body))
            # The last line may be one cut short: nobody knows before the digest is met.
            if not same_mac(body.digest(), batch.digest):
                raise Invalid(Code.DIGEST_MISMATCH, "Content-Digest")
            if last:
                await self._chunk(_Sending(login, batch, attempt), progress, last)
        await self._end(login, batch, progress, attempt)
        return orjson.dumps(progress.shown(batch))

    async def _admitted(
        self, work: Work, login: Login, batch: Batch, attempt: Attempt
    ) -> tuple[Admitted, Supplier]:
        asked = Asked(login, Action.SUPPLY, attempt.access)
        admitted = await admit(self._index, work.directory, asked, attempt)
        agency = await work.feeds.source_agency(batch.source)
        if agency != admitted.asker.agency_id:
            # Equal for a source that is another agency's and one that is not there.
            raise Refused(Code.ROLE_NOT_ALLOWED)
        kind = admitted.asker.facts.agency_kind
        return admitted, Supplier(batch.source, str(agency), kind, admitted.agreement)

    async def _begun(self, login: Login, batch: Batch, attempt: Attempt) -> Progress:
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            await self._admitted(work, login, batch, attempt)
            row = await work.feeds.batch(batch.source, batch.batch_id)
            if row is None:
                await self._begin(work, batch)
                # Committed with an entry of its own; the request's answer has another.
                entry = replace(attempt.entry(index.log.stamp(), Outcome.RECORDED), code="begun")
                await work.commit(index.log.prepare(entry), aside=True)
                return Progress()
            if not same_mac(bytes(row.digest), batch.digest):
                raise Invalid(Code.STATE_CONFLICT, "Content-Digest")
            return self._progress(batch, row)

    async def _begin(self, work: Work, batch: Batch) -> None:
        made = self._index.keyring.wrap.new_subject("feed_batch", batch.row_id)
        await work.feeds.begin(
            {
                "source": batch.source,
                "batch_id": batch.batch_id,
                "digest": batch.digest,
                "wrap_key_id": made.wrap_key_id,
                "wrapped_key": made.wrapped,
                "lines": 0,
                "accepted": 0,
                "invalid": 0,
                "complete": 0,
                "sealed": made.key.seal("batch", batch.row_id, orjson.dumps([{}, None])),
                "began_at": self._index.clock.now(),
            }
        )

    def _progress(self, batch: Batch, row: Any) -> Progress:
        key = self._index.keyring.wrap.open_subject(
            "feed_batch", batch.row_id, row.wrap_key_id, row.wrapped_key
        )
        counts, as_of = orjson.loads(key.open("batch", batch.row_id, row.sealed))
        return Progress(
            row.lines,
            row.accepted,
            row.invalid,
            bool(row.complete),
            Counter(counts),
            date.fromisoformat(as_of) if as_of else None,
        )

    async def _chunks(self, sending: "_Sending", progress: Progress, lines: Lines) -> list[Read]:
        """Apply the lines in chunks; return the last of them, not yet applied."""
        today = self._index.clock.today()
        begun_at, seen = progress.lines, 0
        chunk: list[Read] = []
        async for raw in lines:
            seen += 1
            if seen <= begun_at:
                continue  # committed by an earlier sending of the same body
            read = Read(raw, parse_line(raw, today))
            if len(chunk) == CHUNK_LINES:
                await self._chunk(sending, progress, chunk, read)
                chunk = []
            chunk.append(read)
        return chunk

    async def _chunk(
        self, sending: "_Sending", progress: Progress, chunk: list[Read], after: Read | None = None
    ) -> None:
        """Apply a chunk; in halves where together its lines resemble too many children."""
        try:
            await self._apply(sending, progress, chunk, after)
        except OverTheBound:
            half = len(chunk) // 2
            if not half:
                raise
            await self._chunk(sending, progress, chunk[:half], chunk[half])
            await self._chunk(sending, progress, chunk[half:], after)

    async def _apply(
        self, sending: "_Sending", progress: Progress, chunk: list[Read], after: Read | None
    ) -> None:
        """Apply one chunk in one transaction, its entry committing to every line's outcome."""
        login, batch, attempt = sending.login, sending.batch, sending.attempt
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            # Asked anew for each chunk: a supplier suspended meanwhile is stopped here.
            admitted, supplier = await self._admitted(work, login, batch, attempt)
            row = await work.feeds.batch(batch.source, batch.batch_id)
            if row is None or row.lines != progress.lines:
                raise Invalid(Code.STATE_CONFLICT, "batch_id")  # sent twice at once
            await work.locks.shields_shared()
            onward = await outgoing_of(index, work, admitted, batch.source)
            outcomes = await Chunk(index, work, supplier, onward).take(chunk, after)
            refused = [(n, bad.code.value, bad.field) for n, _, bad in outcomes if bad]
            await work.feeds.add_invalid(batch.source, batch.batch_id, refused)
            progress.lines += len(chunk)
            progress.invalid += len(refused)
            progress.accepted += len(chunk) - len(refused)
            progress.tally += tally(outcomes)
            progress.as_of = _latest(progress.as_of, chunk)
            await self._store(work, batch, row, progress)
            said = orjson.dumps([[number, outcome.value] for number, outcome, _ in outcomes])
            entry = replace(
                attempt.entry(index.log.stamp(), Outcome.RECORDED),
                code="chunk",
                count=len(chunk),
                result_commit=hashlib.sha256(said).hexdigest(),
            )
            await work.commit(index.log.prepare(entry), aside=True)

    async def _store(self, work: Work, batch: Batch, row: Any, progress: Progress) -> None:
        key = self._index.keyring.wrap.open_subject(
            "feed_batch", batch.row_id, row.wrap_key_id, row.wrapped_key
        )
        counts = [dict(progress.tally), progress.as_of.isoformat() if progress.as_of else None]
        await work.feeds.progress(
            batch.source,
            batch.batch_id,
            lines=progress.lines,
            accepted=progress.accepted,
            invalid=progress.invalid,
            complete=int(progress.complete),
            sealed=key.seal("batch", batch.row_id, orjson.dumps(counts)),
        )

    async def _end(self, login: Login, batch: Batch, progress: Progress, attempt: Attempt) -> None:
        index = self._index
        async with work_on(index.feed, index.csa, index.log) as work:
            await self._admitted(work, login, batch, attempt)
            if not progress.complete:
                progress.complete = True
                row = await work.feeds.batch(batch.source, batch.batch_id)
                await self._store(work, batch, row, progress)
                if progress.as_of:
                    await work.directory.source_fed(batch.source, progress.as_of)
                    await work.directory.changed()
            await recorded(index, work, attempt, Change())

    async def status(self, login: Login, batch: Batch, attempt: Attempt) -> bytes:
        """Return a batch's encoded status; what became of its lines, to the team alone."""
        progress, _, admitted = await self._read(login, batch, attempt, None)
        shown = progress.shown(batch)
        if admitted.asker.facts.role is Role.MANAGEMENT_TEAM:
            shown["outcomes"] = {each.value: progress.tally[each.value] for each in LineOutcome}
        return orjson.dumps(shown)

    async def results(
        self, login: Login, batch: Batch, cursor: str | None, attempt: Attempt
    ) -> bytes:
        """Return a page of the invalid lines, in order, to their supplier.

        A cursor serves the account it was given to; another's is Invalid.
        """
        _, rows, admitted = await self._read(login, batch, attempt, cursor)
        shown = [
            {"line": row.line, "result": "invalid", "code": row.code, "field": row.field or None}
            for row in rows
        ]
        following = None
        if len(rows) == INVALID_SHOWN_MAX:
            last = rows[-1].line.to_bytes(8)
            following = next_cursor(self._index.keyring, admitted, attempt, last)
        return orjson.dumps({"lines": shown, "next": following})

    async def _read(
        self, login: Login, batch: Batch, attempt: Attempt, cursor: str | None
    ) -> tuple[Progress, list[Any], Admitted]:
        index = self._index
        asked = Asked(login, Action.READ_BATCH, attempt.access)
        async with work_on(index.feed, index.csa, index.log) as work:
            admitted = await admit(index, work.directory, asked, attempt)
            agency = await work.feeds.source_agency(batch.source)
            row = await work.feeds.read_batch(batch.source, batch.batch_id)
            team = admitted.asker.facts.role is Role.MANAGEMENT_TEAM
            if row is None or not (team or agency == admitted.asker.agency_id):
                raise NotDisclosed("absent")
            after = int.from_bytes(cursor_position(index.keyring, admitted, attempt, cursor))
            rows = await work.feeds.invalid(batch.source, batch.batch_id, after)
            progress = self._progress(batch, row)
        entry = attempt.entry(index.log.stamp(), Outcome.SHOWN)
        attempt.answered(await index.log.append(entry))
        return progress, rows, admitted


def _latest(as_of: date | None, chunk: list[Read]) -> date | None:
    days = [each.line.as_of for each in chunk if not isinstance(each.line, LineInvalid)]
    return max([*days, as_of] if as_of else days, default=None)
