"""Sealed pointers open for their own token only, and no class changes its code."""

import os
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.facts import DisclosureClass
from index_service.crypto.envelope import Breach, SealBroken
from index_service.crypto.keyring import Keyring
from index_service.crypto.pointer import POINTER_BYTES, Pointer, PointerRefused, PointerSealer

tokens = st.binary(min_size=16, max_size=16)
kinds = st.integers(0, 255)
classes = st.sampled_from(DisclosureClass)
KEYS = [os.urandom(64)], [os.urandom(64)]
SEALER = PointerSealer(*KEYS)
CHILD = UUID("5f0b1c7e-6d0e-4c53-9f5e-0d2f3b1a4c55")
TOKEN = bytes(range(16))


@given(tokens, st.uuids(), kinds, classes)
def test_a_pointer_opens_for_its_token(
    token: bytes, child_id: UUID, kind: int, shown_by: DisclosureClass
) -> None:
    pointer = SEALER.seal(token, child_id, kind, shown_by)
    assert len(pointer) == POINTER_BYTES == 34
    assert SEALER.open(token, pointer) == Pointer(child_id, kind, shown_by)
    assert SEALER.seal(token, child_id, kind, shown_by) == pointer  # so it can be deleted exactly


@given(tokens, tokens)
def test_a_pointer_beside_another_token_is_refused(token: bytes, other: bytes) -> None:
    pointer = SEALER.seal(token, CHILD, 1, DisclosureClass.IDENTITY)
    if token != other:
        with pytest.raises(PointerRefused):
            SEALER.open(other, pointer)


def test_pointers_of_one_child_have_no_byte_run_in_common() -> None:
    """No child id, kind or class shows: all differ in every four-byte window."""
    pointers = [
        SEALER.seal(os.urandom(16), CHILD, kind, DisclosureClass.IDENTITY) for kind in range(50)
    ]
    windows = [pointer[at : at + 4] for pointer in pointers for at in range(POINTER_BYTES - 3)]
    assert len(set(windows)) >= len(windows) - 1


def test_any_flipped_bit_is_refused() -> None:
    pointer = SEALER.seal(TOKEN, CHILD, 1, DisclosureClass.IDENTITY)
    small = SEALER.seal_small(TOKEN, CHILD.bytes)
    for at, bit in product(range(POINTER_BYTES), range(8)):
        with pytest.raises(PointerRefused):
            SEALER.open(TOKEN, flipped(pointer, at, bit))
    for at, bit in product(range(len(small)), range(8)):
        with pytest.raises(PointerRefused):
            SEALER.open_small(TOKEN, flipped(small, at, bit))


def flipped(sealed: bytes, at: int, bit: int) -> bytes:
    return sealed[:at] + bytes((sealed[at] ^ 1 << bit,)) + sealed[at + 1 :]


@pytest.mark.parametrize("length", [0, 15, 33, 35])
def test_bytes_of_another_length_are_refused_for_their_form(length: int) -> None:
    with pytest.raises(PointerRefused) as refused:
        SEALER.open(TOKEN, bytes(length))
    assert refused.value.breach == Breach.FORM
    with pytest.raises(PointerRefused) as refused:
        SEALER.open_small(TOKEN, bytes(length))
    assert refused.value.breach == (Breach.FORM if length < 16 else Breach.TAG)


@given(tokens, st.binary(min_size=1, max_size=40))
def test_other_pointers_open_for_their_token_and_have_their_own_key(
    token: bytes, data: bytes
) -> None:
    sealed = SEALER.seal_small(token, data)
    assert len(sealed) == len(data) + 16
    assert SEALER.open_small(token, sealed) == data


def test_a_childs_pointer_is_no_other_pointer() -> None:
    with pytest.raises(PointerRefused):
        SEALER.open_small(TOKEN, SEALER.seal(TOKEN, CHILD, 1, DisclosureClass.IDENTITY))
    with pytest.raises(PointerRefused):
        SEALER.open(TOKEN, SEALER.seal_small(TOKEN, CHILD.bytes + b"\1\1"))


def test_a_class_code_nobody_gave_is_refused() -> None:
    """Written by a later version of this service, say: not guessed at."""
    (child_keys, small_keys) = KEYS
    swapped = PointerSealer(small_keys, child_keys)
    with pytest.raises(PointerRefused):
        swapped.open(TOKEN, SEALER.seal_small(TOKEN, CHILD.bytes + b"\1\xfa"))
    assert swapped.open(TOKEN, SEALER.seal_small(TOKEN, CHILD.bytes + b"\1\1")).child_id == CHILD


def test_class_codes_are_the_ones_in_rows_already_written() -> None:
    """Renumbering would turn a withheld class into a shown one, silently."""
    key = [os.urandom(64)]
    same_key = PointerSealer(key, key)
    codes = {
        shown_by: same_key.open_small(TOKEN, same_key.seal(TOKEN, CHILD, 0, shown_by))[17]
        for shown_by in DisclosureClass
    }
    assert {shown_by.value: code for shown_by, code in codes.items()} == {
        "identity": 1,
        "tracing": 2,
        "identifier:nhs_number": 3,
        "identifier:upn": 4,
        "identifier:case_number": 5,
        "whereabouts": 6,
        "carers": 7,
        "settings": 8,
        "involvements": 9,
        "assessment": 10,
        "provenance": 11,
        "restriction": 12,
        "status": 13,
        "consents": 14,
    }


def test_pointers_under_an_older_key_open_during_a_rotation() -> None:
    turning = PointerSealer(
        [os.urandom(64), *KEYS[0]],
        [os.urandom(64), *KEYS[1]],
    )
    old = SEALER.seal(TOKEN, CHILD, 1, DisclosureClass.UPN)
    assert turning.open(TOKEN, old).child_id == CHILD
    assert turning.open_small(TOKEN, SEALER.seal_small(TOKEN, b"x")) == b"x"
    with pytest.raises(PointerRefused):
        SEALER.open(TOKEN, turning.seal(TOKEN, CHILD, 1, DisclosureClass.UPN))


def test_another_authoritys_pointer_is_refused(northmere: Keyring, camfield: Keyring) -> None:
    pointer = northmere.pointers.seal(TOKEN, CHILD, 1, DisclosureClass.IDENTITY)
    with pytest.raises(SealBroken):
        camfield.pointers.open(TOKEN, pointer)
