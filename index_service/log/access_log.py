"""The access log as the rest of the service knows it: append, and be handed the receipt."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar, Token
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4
from weakref import WeakSet

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.crypto.log_keys import LogKeys
from index_service.domain.clock import Clock
from index_service.log.entry import AccessEntry
from index_service.log.group_commit import GroupCommit, Write
from index_service.log.leaf import Left, LogRow, at_of, sealed_row
from index_service.log.numbering import Writer
from index_service.log.receipt import _MINT, SEAL_DEADLINE_S, Receipt, ReceiptFacts, signed_header
from index_service.log.row_states import RowState, told_states

_following: ContextVar["RequestEntries | None"] = ContextVar("request_entries", default=None)


class RequestEntries:
    """What the log holds, or may hold, of the request being answered within `with`.

    The boundary writes an entry for every answer that brings none. It must know of an
    append cut short by a defect or a cancelled task, or there would be two.
    """

    __slots__ = ("_token", "begun", "receipt")

    def __init__(self) -> None:
        self.begun = False  # an append was tried: from here on an entry may exist
        self.receipt: Receipt | None = None  # of the last entry known to be durable
        self._token: Token[RequestEntries | None] | None = None

    def __enter__(self) -> Self:
        self._token = _following.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _following.reset(self._token)


class PreparedEntry:
    """An entry for a story's own transaction to insert, last: sealed then. One receipt each."""

    def __init__(self, entry: AccessEntry, seal: Callable[[AccessEntry], LogRow]) -> None:
        self.entry = entry
        self._seal = seal

    @cached_property
    def row(self) -> LogRow:
        """The sealed row; from here on the entry is as it is."""
        return self._seal(self.entry)


class AccessLog:
    """One authority's access log, from one process. The only place receipts come from."""

    def __init__(
        self,
        csa: str,
        log_keys: Callable[[int], LogKeys],
        receipt_key: Ed25519PrivateKey,
        clock: Clock,
        write: Write,
    ) -> None:
        """`log_keys` gives the keys of a year; `write` is GroupCommit's."""
        self.csa = csa
        self._log_keys = log_keys
        self._receipt_key = receipt_key
        self._clock = clock
        self._commit = GroupCommit(write, Writer(csa))
        self._unminted: WeakSet[PreparedEntry] = WeakSet()

    def start(self) -> None:
        """Accept entries from here on."""
        self._commit.start()

    async def stop(self) -> None:
        """Accept no more entries; return once those accepted are written or given up."""
        await self._commit.stop()

    def stamp(self) -> tuple[str, UUID, int]:
        """Return the first three fields of a new entry: authority, random id, moment."""
        return self.csa, uuid4(), int(self._clock.now().timestamp() * 1000)

    async def append(self, entry: AccessEntry, left: Left | None = None) -> Receipt:
        """Make one entry durable and return its receipt, or raise Unrecorded.

        `left` is made durable together with its entry.

        After Unrecorded, or when the caller is cancelled, the entry may or may not be in
        the log. It is not taken back.
        """
        row = self._row(entry, left)
        request = _following.get()
        if request is not None:
            request.begun = True
        await self._commit.append(row)
        return self._receipt(row)

    def prepare(self, entry: AccessEntry) -> PreparedEntry:
        """Take an entry for a story that inserts it in its own transaction."""
        self._keys_of(entry)  # refused here if at all: before anything is written
        prepared = PreparedEntry(entry, self._row)
        self._unminted.add(prepared)
        return prepared

    def sealed(self, prepared: PreparedEntry, states: Sequence[RowState]) -> LogRow:
        """Seal a prepared entry with the states of the rows its transaction wrote."""
        if states:
            told = told_states(states, self._keys_of(prepared.entry))
            prepared.entry = replace(prepared.entry, row_state=told)
        return prepared.row

    def committed(self, prepared: PreparedEntry, *, aside: bool = False) -> Receipt:
        """Return the receipt of a prepared entry whose transaction is known to have committed.

        `aside`: a step on the way (a chunk of a feed), not what the request comes to; the
        request's answer still needs an entry of its own. Raises RuntimeError the second
        time, and for what this log did not prepare.
        """
        if prepared not in self._unminted:
            raise RuntimeError("a prepared entry is worth one receipt, from its own log")
        self._unminted.discard(prepared)
        self._commit.number_stored(prepared.row)
        return self._receipt(prepared.row, aside=aside)

    def _row(self, entry: AccessEntry, left: Left | None = None) -> LogRow:
        return sealed_row(entry, self._keys_of(entry), left)

    def _keys_of(self, entry: AccessEntry) -> LogKeys:
        if entry.csa != self.csa:
            raise ValueError("an entry of another authority")
        return self._log_keys(at_of(entry).year)

    def _receipt(self, row: LogRow, *, aside: bool = False) -> Receipt:
        deadline_s = int(row.at.timestamp()) + SEAL_DEADLINE_S
        facts = ReceiptFacts(row.entry_id, row.leaf, deadline_s)
        header = signed_header(self._receipt_key, self.csa, facts)
        receipt = Receipt(_MINT, row.entry_id, header)
        request = _following.get()
        if request is not None and not aside:
            request.receipt = receipt
        return receipt
