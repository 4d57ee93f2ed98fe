"""Sealing of records: a subject's own key, the weekly keys that wrap it, authority rows."""

import time
from collections.abc import Callable, Mapping
from os import urandom
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from index_service.crypto.associated import RowId, associated, number_bytes
from index_service.crypto.envelope import (
    FORMAT,
    Breach,
    SealBroken,
    open_padded,
    seal_padded,
    size_of,
)
from index_service.crypto.held import Held
from index_service.crypto.providers import KeyFault, KeyProvider, KeyRefused, KeyUse

SIZES: Mapping[str, int] = {
    "policy": 256,
    "identity": 512,
    "identity_more": 1792,
    "tracing": 384,
    "tracing_more": 1408,
    "identifier:nhs_number": 32,
    "identifier:upn": 32,
    "identifier:case_number": 32,
    "whereabouts": 640,
    "carers": 384,
    "settings": 832,
    "provenance": 1024,
    "tokens": 1792,
    "case_head": 160,
    "case": 896,
    "batch": 256,
    "practitioner": 896,
    "source": 1024,
    "matter": 1536,
    "parcel": 49152,
    "region_sheet": 2304,
}
"""How many bytes of plaintext each place takes; all its rows have one size."""

WRAPPED_BYTES = 60
_UUID_LENGTH = (16).to_bytes(4)


def envelope_size(place: str) -> int:
    """Return the size every envelope of a place has."""
    return size_of(SIZES[place])


class _Place(NamedTuple):
    """What stays the same for a place: the start of its associated data, and its sizes."""

    bound: bytes
    capacity: int
    size: int


def _places_of(csa: str) -> dict[str, _Place]:
    return {
        place: _Place(
            associated(b"isa/envelope/1", csa.encode(), place.encode()),
            capacity,
            size_of(capacity),
        )
        for place, capacity in SIZES.items()
    }


class SubjectKey:
    """The key of one child, practitioner or feed batch, for as long as a request holds it."""

    __slots__ = ("_key", "_places")

    def __init__(self, key: AESGCM, places: Mapping[str, _Place]) -> None:
        self._key = key
        self._places = places

    def seal(self, place: str, row_id: RowId, plaintext: bytes) -> bytes:
        """Seal for one place of one row; TooLarge if it does not fit.

        The envelope has the size all rows of the place have, and a version of its own.
        """
        form = self._places[place]
        return seal_padded(
            self._key, place, form.bound + _row_bound(row_id), plaintext, form.capacity
        )

    def open(self, place: str, row_id: RowId, envelope: bytes) -> bytes:
        """Return what was sealed for this very place of this very row, or SealBroken."""
        form = self._places[place]
        if len(envelope) != form.size or envelope[:1] != FORMAT:
            raise SealBroken(Breach.FORM, place)
        return open_padded(self._key, place, form.bound + _row_bound(row_id), envelope)


class NewSubject(NamedTuple):
    """A subject's new key, with what is to be stored in the row it protects."""

    wrap_key_id: int
    wrapped: bytes
    key: SubjectKey


class WrapKeys:
    """The weekly keys that wrap subject keys. Unwrapped ones are never kept here.

    A wrap key destroyed at its provider is unusable in this process at once after
    `forget`, and everywhere within RECHECK_S_MAX.
    """

    def __init__(
        self,
        csa: str,
        provider: KeyProvider,
        derive: Callable[[int], bytes],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`derive` makes the wrap key of a week from the provider's secret, or is refused."""
        self._provider = provider
        self._keys = Held(lambda week: AESGCM(derive(week)), ticks)
        self._newest = Held(self._newest_held, ticks)
        self._bound = associated(b"isa/wrap/1", csa.encode())
        self._bounds: dict[str, bytes] = {}
        self._places = _places_of(csa)

    def current_id(self) -> int:
        """Return the week new subjects are wrapped under: the newest there is a key for.

        Hence a week's key is created when its week begins, not before; a week without
        one goes on under the last.
        """
        return self._newest.of(0)

    def new_subject(self, table: str, row_id: RowId) -> NewSubject:
        """Make a subject's key, wrapped for one row of one table."""
        week = self.current_id()
        secret, nonce = urandom(32), urandom(12)
        wrapped = nonce + self._keys.of(week).encrypt(
            nonce, secret, self._bound_to(table, row_id, week)
        )
        return NewSubject(week, wrapped, SubjectKey(AESGCM(secret), self._places))

    def open_subject(
        self, table: str, row_id: RowId, wrap_key_id: int, wrapped: bytes
    ) -> SubjectKey:
        """Return the key wrapped for this very row, or SealBroken; KEY if it is destroyed."""
        if len(wrapped) != WRAPPED_BYTES:
            raise SealBroken(Breach.FORM, table)
        try:
            secret = self._keys.of(wrap_key_id).decrypt(
                wrapped[:12], wrapped[12:], self._bound_to(table, row_id, wrap_key_id)
            )
        except KeyRefused as refused:
            raise SealBroken(Breach.KEY, table) from refused
        except InvalidTag:
            raise SealBroken(Breach.TAG, table) from None
        return SubjectKey(AESGCM(secret), self._places)

    def forget(self, wrap_key_id: int) -> None:
        """Stop using a wrap key in this process unless its provider still has it."""
        self._keys.forget(wrap_key_id)
        self._newest.forget(0)

    def _newest_held(self, _: int) -> int:
        names = self._provider.names(f"{KeyUse.WRAP}.")
        if not names:
            raise KeyRefused(KeyFault.MISSING, KeyUse.WRAP)
        return int(names[-1].partition(".")[2])

    def _bound_to(self, table: str, row_id: RowId, week: int) -> bytes:
        bound = self._bounds.get(table)
        if bound is None:
            bound = self._bounds[table] = self._bound + associated(table.encode())
        return bound + _row_bound(row_id) + associated(number_bytes(week))


class RowSealer:
    """Seals accounts, agencies and agreements: rows of the authority, not of a subject.

    The first byte of the envelope says which of the authority's keys sealed it.
    """

    __slots__ = ("_bound", "_keys", "_newest")

    def __init__(self, csa: str, keys: Mapping[int, bytes]) -> None:
        """`keys` by version, 1 to 255; the highest seals."""
        self._keys = {bytes((version,)): AESGCM(key) for version, key in keys.items()}
        self._newest = max(self._keys)
        self._bound = associated(b"isa/row/1", csa.encode())

    def seal(self, table: str, row_id: RowId, plaintext: bytes, size: int) -> bytes:
        """Seal one row, padded to `size` bytes of plaintext: one size for all rows of a table."""
        bound = self._bound + associated(table.encode()) + _row_bound(row_id)
        envelope = seal_padded(self._keys[self._newest], table, bound, plaintext, size)
        return self._newest + envelope[1:]

    def open(self, table: str, row_id: RowId, envelope: bytes) -> bytes:
        """Return what was sealed for this very row, or SealBroken."""
        key = self._keys.get(envelope[:1])
        if key is None:
            raise SealBroken(Breach.KEY, table)
        bound = self._bound + associated(table.encode()) + _row_bound(row_id)
        return open_padded(key, table, bound, envelope)


def _row_bound(row_id: RowId) -> bytes:
    if isinstance(row_id, UUID):
        return _UUID_LENGTH + row_id.bytes
    return associated(row_id)
