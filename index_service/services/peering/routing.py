"""Routed lines: sent to the authority a child belongs to, and taken here from other authorities.

A parcel stays queued until it is answered, and takes effect there once, however often it is
sent. What was routed here is handled here: by its address it goes no further.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import urandom
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from consent.agreement import Agreement, compile_agreement
from consent.decide import may_ask
from consent.facts import AccountState, Action, Ask, AskerFacts, Role
from index_service.crypto.tags import same_mac
from index_service.domain.areas import Borders
from index_service.domain.errors import Unavailable
from index_service.domain.feed import (
    LINE_BYTES_MAX,
    ChildLine,
    LineCode,
    LineInvalid,
    LineOutcome,
    RawLine,
)
from index_service.federation import routed
from index_service.federation.client import Answer
from index_service.federation.errors import MessageRefused, PeerCode, Unreachable
from index_service.federation.routed import Parcel, ParcelAnswer, RoutedLine, RoutedSupplier
from index_service.federation.sizes import PARCEL_ANSWER_BYTES, PARCEL_BYTES
from index_service.feeds.lines import parse_line
from index_service.log.entry import Outcome
from index_service.services.feed_chunk import Chunk
from index_service.services.feed_said import Read, Supplier
from index_service.services.index import Index
from index_service.services.peering.alarms import Alarm, tell
from index_service.services.peering.arriving import moved_ref
from index_service.services.peering.heard import PeerAsked, PeerHandler, PeerSaid
from index_service.services.peering.outgoing import (
    Outgoing,
    Waiting,
    borders_of,
    opened,
    waiting,
)
from index_service.services.peering.posting import Letter, Post
from index_service.services.views import open_agreement
from index_service.store.reading import OverTheBound
from index_service.store.work import KeyTaken, Work, work_on

ACTION = "route"
PARCELS_A_RUN = 64
DISPUTED = "responsibility_disputed"
_REFUSED = "routed_lines_refused"


class RoutedHere:
    """Takes other authorities' lines about children of this one."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def handler(self) -> PeerHandler:
        """Return the route of routed lines."""
        return PeerHandler(routed.PATH, self.run, PARCEL_ANSWER_BYTES, PARCEL_BYTES)

    async def run(self, asked: PeerAsked) -> PeerSaid:
        """Apply a parcel once; say what became of each line, the same again if asked again."""
        index, parcel = self._index, Parcel.read(asked.body)
        member = asked.sender.member.name
        key = index.keyring.references.reference("routed", member.encode(), parcel.id.bytes)
        entry = asked.entry(index.log.stamp(), Outcome.RECORDED)
        async with work_on(index.feed, index.csa, index.log) as work:
            done = await work.done_before(key)
            if done is not None:
                body = self._again(key, done, asked, parcel).body()
                return await asked.recorded(index.log, work, replace(entry, code="again"), body)
            agreement = await _agreement_in_force(index, work)
            if agreement is None or not self._may_supply(parcel.supplier, agreement):
                entry = replace(entry, outcome=Outcome.REFUSED, code="refused")
                body = ParcelAnswer(None).body()
                return await asked.recorded(index.log, work, entry, body)
            said = await self._applied(work, asked, parcel, agreement)
            pointer = index.keyring.pointers.seal_small(key, _packed(asked, said))
            try:
                await work.remember(key, pointer, index.clock.now())
            except KeyTaken:
                # Sent twice at once: whoever came second asks again, and is told the same.
                raise Unavailable from None
            entry = replace(entry, count=len(parcel.lines))
            return await asked.recorded(index.log, work, entry, said.body())

    def _again(self, key: bytes, done: bytes, asked: PeerAsked, parcel: Parcel) -> ParcelAnswer:
        data = self._index.keyring.pointers.open_small(key, done)
        if not same_mac(data[:16], hashlib.sha256(asked.body).digest()[:16]):
            raise MessageRefused(PeerCode.MALFORMED)  # another parcel under the same id
        bad, lines = int.from_bytes(data[18:50]), range(len(parcel.lines))
        told = [routed.INVALID if bad >> place & 1 else routed.ACCEPTED for place in lines]
        return ParcelAnswer(tuple(told), disputed=data[16] != 0)

    def _may_supply(self, supplier: RoutedSupplier, agreement: Agreement) -> bool:
        """Ask policy whether a supplier of this kind supplies here, by this agreement."""
        facts = AskerFacts(
            Role.SUPPLIER,
            supplier.agency_kind,
            str(supplier.agency),
            AccountState.ACTIVE,
            supplier.checked_on,
            supplier.trained_on,
            supplier.signed_on,
            supplier.accredited,
        )
        ask = Ask(Action.SUPPLY, self._index.clock.today())
        return may_ask(facts, ask, agreement).allowed

    async def _applied(
        self, work: Work, asked: PeerAsked, parcel: Parcel, agreement: Agreement
    ) -> ParcelAnswer:
        index, said = self._index, parcel.supplier
        member, borders = asked.sender.member.name, borders_of(asked.standing.directory)
        source = f"{member}/{said.source}"
        supplier = Supplier(source, str(said.agency), said.agency_kind, agreement)
        reads = [self._read(number, line) for number, line in enumerate(parcel.lines, 1)]
        await work.locks.shields_shared()
        await self._adopt(work, member, source, reads)

        def chunk() -> Chunk:
            onward = Outgoing(index, borders, said, by_address=False)
            return Chunk(index, work, supplier, onward)

        found = await _in_parts(chunk, [read for read, _ in reads], None)
        disputed = _is_disputed(borders, reads)
        if disputed:
            await tell(index, work, [disputed_with(member)])
        return ParcelAnswer(tuple(outcome.told for outcome in found), disputed)

    def _read(self, number: int, line: RoutedLine) -> tuple[Read, RoutedLine]:
        sent = orjson.dumps(line.content)
        content = LineCode.LINE_TOO_LONG if len(sent) > LINE_BYTES_MAX else line.content
        raw = RawLine(number, sent, content)
        return Read(raw, parse_line(raw, self._index.clock.today())), line

    async def _adopt(
        self, work: Work, member: str, source: str, reads: Sequence[tuple[Read, RoutedLine]]
    ) -> None:
        """Have references of what moved here lead to what stands here since."""
        keyring = self._index.keyring
        wanted: dict[bytes, bytes] = {}
        for read, line in reads:
            if isinstance(read.line, LineInvalid):
                continue
            refs = keyring.references
            if isinstance(read.line, ChildLine):
                named = [("child", read.line.reference, line.child)]
            else:
                named = [
                    ("child", read.line.child_reference, line.child),
                    ("involvement", read.line.reference, line.involvement),
                ]
            for kind, reference, old_id in named:
                if old_id is not None:
                    own = refs.source_ref(source, f"{kind}/{reference}")
                    wanted[own] = moved_ref(self._index, member, old_id)
        if not wanted:
            return
        there = {
            row.ref: row for row in await work.feeds.source_records([*wanted, *wanted.values()])
        }
        rows = [
            _source_row(self._index, own, there[moved])
            for own, moved in wanted.items()
            if own not in there and moved in there
        ]
        await work.feeds.put_source_records(rows)


def _is_disputed(borders: Borders, reads: Sequence[tuple[Read, RoutedLine]]) -> bool:
    """Return whether an address is another's by this authority's own directory."""
    addresses = [
        read.line.child.address
        for read, line in reads
        if isinstance(read.line, ChildLine) and line.child is None
    ]
    return any(borders.elsewhere(each) for each in addresses)


def disputed_with(member: str) -> Alarm:
    """Return what both teams are told of lines neither authority takes for its own."""
    return Alarm(DISPUTED, details={"peer": member}, about=member.encode())


def _source_row(index: Index, own: bytes, moved: Any) -> dict[str, Any]:
    pointers = index.keyring.pointers
    key = index.keyring.wrap.new_subject("source", own).key
    return {
        "ref": own,
        "line_mac": urandom(16),
        "pointer": pointers.seal_small(own, pointers.open_small(moved.ref, moved.pointer)),
        "sealed": key.seal("source", own, b""),
    }


def _packed(asked: PeerAsked, said: ParcelAnswer) -> bytes:
    """Write what a parcel came to, in the form of every idempotency row: 16 + 2 + 32 bytes."""
    lines = said.lines or ()
    bad = sum(1 << place for place, word in enumerate(lines) if word == routed.INVALID)
    head = hashlib.sha256(asked.body).digest()[:16]
    return head + bytes((said.disputed, 0)) + bad.to_bytes(32)


async def _in_parts(
    chunk: Callable[[], Chunk], reads: list[Read], following: Read | None
) -> list[LineOutcome]:
    """Apply lines; in halves where together they resemble too many children."""
    if not reads:
        return []
    try:
        return [outcome for _, outcome, _ in await chunk().take(reads, following)]
    except OverTheBound:
        half = len(reads) // 2
        if not half:
            raise
        first = await _in_parts(chunk, reads[:half], reads[half])
        return first + await _in_parts(chunk, reads[half:], following)


async def _agreement_in_force(index: Index, work: Work) -> Agreement | None:
    row = await work.directory.newest_agreement()
    if row is None:
        return None
    text = open_agreement(index.keyring, row, await work.directory.agreement(row))
    return compile_agreement(orjson.loads(text))


@dataclass(frozen=True, slots=True)
class Sent:
    """How a run went: parcels answered, and parcels that wait on."""

    answered: int = 0
    waiting: int = 0


class Routing:
    """Sends what waits to the authorities it belongs to (role job)."""

    def __init__(self, index: Index, engine: AsyncEngine, post: Post) -> None:
        self._index = index
        self._engine = engine
        self._post = post

    async def run(self) -> Sent:
        """Send what waits, first queued first; what is not answered waits for the next run.

        Behind a parcel that was not answered nothing of the same supplier goes on: a line
        may rest on one before it.
        """
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            queue = await waiting(index.keyring, work)
        answered, stopped = 0, set[object]()
        for start in range(0, len(queue), PARCELS_A_RUN):
            some = queue[start : start + PARCELS_A_RUN]
            async with work_on(self._engine, index.csa, index.log) as work:
                rows = {row["id"]: row for row in await work.parcels.these([e.id for e in some])}
            for each in (one for one in some if one.id in rows):
                answered += await self._one(each, rows[each.id], stopped)
        return Sent(answered, len(queue) - answered)

    async def _one(self, each: Waiting, row: Any, stopped: set[object]) -> int:
        member, parcel = opened(self._index.keyring, row)
        supplier = (member, parcel.supplier.source, parcel.supplier.agency)
        if not parcel.lines:
            await self._off(each, member, None)
            return 1
        if member in stopped or supplier in stopped:
            return 0
        letter = Letter(routed.PATH, ACTION, parcel.body())
        try:
            answer = await self._post.send(member, letter)
            said = ParcelAnswer.read(answer.body, len(parcel.lines))
        except (Unreachable, MessageRefused):
            stopped.add(member)
            return 0
        if said.lines is None:
            stopped.add(supplier)
            await self._tell(member, supplier)
            return 0
        alarms = [disputed_with(member)] if said.disputed else []
        await self._off(each, member, answer, alarms)
        return 1

    async def _off(
        self, each: Waiting, member: str, answer: Answer | None, alarms: Sequence[Alarm] = ()
    ) -> None:
        """Take a parcel off the queue: answered, or holding nothing."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            await work.parcels.remove([each.id])
            await work.children.remove_work([each.stored])
            await tell(index, work, alarms)
            await self._post.recorded(work, self._post.entry(member, ACTION), answer)

    async def _tell(self, member: str, supplier: tuple[str, str, UUID]) -> None:
        """Tell the team that another authority's agreement keeps a supplier's lines out."""
        index = self._index
        async with work_on(self._engine, index.csa, index.log) as work:
            details = {"peer": member, "agency": str(supplier[2])}
            about = f"{member}/{supplier[1]}/{supplier[2]}".encode()
            await tell(index, work, [Alarm(_REFUSED, details=details, about=about)])
            await self._post.recorded(work, self._post.entry(member, ACTION, code="refused"), None)
