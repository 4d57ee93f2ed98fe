"""The access log's keys of one year: no child's key and no wrap key has a part in them."""

from collections.abc import Callable
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from index_service.crypto.associated import associated, number_bytes
from index_service.crypto.digest import Mac
from index_service.crypto.envelope import (
    FORMAT,
    OVERHEAD,
    Breach,
    SealBroken,
    open_padded,
    seal_padded,
    size_of,
)

ENTRY_STEP = 256
SUBJECT_CAPACITY = 192
FOUND_CAPACITY = 16  # an entry's id
_LENGTH_BYTES = 2


class LogKeys:
    """Seals entries and subjects of one year, and makes the references they are found by."""

    __slots__ = (
        "_entries",
        "_entry_bound",
        "_found_bound",
        "_mac",
        "_subject_bound",
        "_subjects",
        "year",
    )

    def __init__(self, csa: str, year: int, derive: Callable[[str], bytes]) -> None:
        """`derive` makes a key of 32 bytes for each part the year's secret plays."""
        self.year = year
        self._entries = AESGCM(derive("entry"))
        self._subjects = AESGCM(derive("subject"))
        self._mac = Mac(derive("reference"))
        whose = (csa.encode(), number_bytes(year))
        self._entry_bound = associated(b"isa/log/entry/1", *whose)
        self._subject_bound = associated(b"isa/log/subject/1", *whose)
        self._found_bound = associated(b"isa/log/found/1", *whose)

    def seal_entry(self, entry_id: UUID, plaintext: bytes) -> bytes:
        """Seal an entry, padded to a multiple of 256 bytes."""
        steps = -(-(len(plaintext) + _LENGTH_BYTES) // ENTRY_STEP)
        capacity = steps * ENTRY_STEP - _LENGTH_BYTES
        bound = self._entry_bound + associated(entry_id.bytes)
        return seal_padded(self._entries, "entry", bound, plaintext, capacity)

    def open_entry(self, entry_id: UUID, sealed: bytes) -> bytes:
        """Return this very entry, or SealBroken."""
        padded = len(sealed) - OVERHEAD + _LENGTH_BYTES
        if padded % ENTRY_STEP or sealed[:1] != FORMAT:
            raise SealBroken(Breach.FORM, "entry")
        return open_padded(
            self._entries, "entry", self._entry_bound + associated(entry_id.bytes), sealed
        )

    def subject_ref(self, child_id: UUID) -> bytes:
        """Return what "who looked" finds a child by this year, whether or not it exists."""
        return self._mac.of_parts("subject", child_id.bytes)

    def search_ref(self, label: str, text: str) -> bytes:
        """Return what auditors find entries by: another label, another namespace."""
        return self._mac.of_parts("search", label.encode(), text.encode())

    def seal_subject(self, ref: bytes, plaintext: bytes) -> bytes:
        """Seal what was shown of the child of this reference; all rows have one size."""
        bound = self._subject_bound + associated(ref)
        return seal_padded(self._subjects, "subject", bound, plaintext, SUBJECT_CAPACITY)

    def open_subject(self, ref: bytes, sealed: bytes) -> bytes:
        """Return what was sealed for this very reference, or SealBroken."""
        if len(sealed) != size_of(SUBJECT_CAPACITY) or sealed[:1] != FORMAT:
            raise SealBroken(Breach.FORM, "subject")
        return open_padded(self._subjects, "subject", self._subject_bound + associated(ref), sealed)

    def seal_found(self, ref: bytes, entry_id: bytes) -> bytes:
        """Seal which entry auditors find by this reference; all rows have one size."""
        bound = self._found_bound + associated(ref)
        return seal_padded(self._subjects, "found", bound, entry_id, FOUND_CAPACITY)

    def open_found(self, ref: bytes, sealed: bytes) -> bytes:
        """Return the id of the entry sealed for this very reference, or SealBroken."""
        if len(sealed) != size_of(FOUND_CAPACITY) or sealed[:1] != FORMAT:
            raise SealBroken(Breach.FORM, "found")
        return open_padded(self._subjects, "found", self._found_bound + associated(ref), sealed)
