"""Notes between teams: one size, one reader, nothing altered."""

import os

import pytest

from index_service.federation.shield_note import (
    SEALED_NOTE_BYTES,
    NoteKeys,
    NoteUnfit,
    open_note,
    seal_note,
)
from index_service.federation.sizes import SHIELD_NOTE_BYTES


def test_notes_have_one_size_and_hold_what_was_written() -> None:
    """Zeros at its end too; and a note too long is refused, not cut."""
    keys = NoteKeys.made()
    for text in (b"", b"\0", b"a\0\0", b"\x01", os.urandom(SHIELD_NOTE_BYTES - 1)):
        sealed = seal_note(keys.public, text)
        assert len(sealed) == SEALED_NOTE_BYTES
        assert open_note(keys, sealed) == text
    with pytest.raises(NoteUnfit):
        seal_note(keys.public, bytes(SHIELD_NOTE_BYTES))


def test_a_note_altered_in_any_byte_does_not_open() -> None:
    """Nor does one sealed to a key of small order get made."""
    keys = NoteKeys.made()
    sealed = seal_note(keys.public, b"whom to ring")
    for place in (0, 31, 32, 33, 200, SEALED_NOTE_BYTES - 1):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(NoteUnfit):
            open_note(keys, bytes(altered))
    for wrong in (b"", sealed[:-1], sealed + b"\0", bytes(SEALED_NOTE_BYTES)):
        with pytest.raises(NoteUnfit):
            open_note(keys, wrong)
    with pytest.raises(NoteUnfit):
        seal_note(bytes(32), b"x")
