"""Receipts of consents: verified off line, telling nothing, opened with the blind alone."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from index_service.crypto.commitment import (
    ReceiptUnverified,
    code_of,
    commitment,
    consent_receipt,
    new_blind,
    same_proof,
    verify_consent_receipt,
)
from index_service.log.leaf import leaf_hash

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
BLIND = bytes(range(32))
TERMS = b'{"given_for":"sensitive_entry","service":"sexual_health"}'
RECEIPT = consent_receipt(KEY, "northmere", commitment(BLIND, TERMS))


def test_a_receipt_verifies_with_the_public_key_alone() -> None:
    assert verify_consent_receipt(PUBLIC, "northmere", RECEIPT) == commitment(BLIND, TERMS)
    by_hand = hashlib.sha256(b"\x02" + BLIND + TERMS).digest()
    assert commitment(BLIND, TERMS) == by_hand


def test_a_receipt_proves_nothing_of_another_authority_or_key() -> None:
    stranger = Ed25519PrivateKey.generate().public_key()
    for public, csa in ((PUBLIC, "camfield"), (stranger, "northmere")):
        with pytest.raises(ReceiptUnverified):
            verify_consent_receipt(public, csa, RECEIPT)


@given(st.integers(0, len(RECEIPT) - 1), st.characters(codec="ascii"))
def test_a_receipt_with_one_character_changed_is_refused(at: int, character: str) -> None:
    """Another spelling of the same bytes among them."""
    changed = RECEIPT[:at] + character + RECEIPT[at + 1 :]
    if changed != RECEIPT:
        with pytest.raises(ReceiptUnverified):
            verify_consent_receipt(PUBLIC, "northmere", changed)


@pytest.mark.parametrize("said", ["", "c1", RECEIPT + " ", "v1" + RECEIPT[2:], RECEIPT[:-1]])
def test_what_is_no_receipt_is_refused(said: str) -> None:
    with pytest.raises(ReceiptUnverified):
        verify_consent_receipt(PUBLIC, "northmere", said)


def test_a_receipt_tells_nothing_without_its_blind() -> None:
    """The control: without one, who knows the few services there are reads it at once."""
    guesses = {hashlib.sha256(b"\x02" + TERMS).digest()}
    assert hashlib.sha256(b"\x02" + TERMS).digest() in guesses
    assert commitment(new_blind(), TERMS) not in guesses
    assert commitment(new_blind(), TERMS) != commitment(new_blind(), TERMS)


def test_a_commitment_is_never_a_leaf_of_the_log() -> None:
    assert commitment(BLIND, TERMS) != leaf_hash(BLIND, TERMS)
    with pytest.raises(ValueError, match="32"):
        commitment(BLIND[1:], BLIND[:1] + TERMS)


def test_a_code_is_short_and_its_own() -> None:
    assert code_of(BLIND) == "HTVBZD5YQFNR"
    codes = {code_of(new_blind()) for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 12 and code.isalnum() for code in codes)
    assert same_proof(code_of(BLIND), code_of(BLIND))
    assert not same_proof(code_of(BLIND), code_of(new_blind()))
