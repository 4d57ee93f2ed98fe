"""The leaf: final bytes, blinded, and opened only against what was committed to."""

import hashlib
from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.facts import DisclosureClass
from index_service.crypto.envelope import SealBroken
from index_service.crypto.keyring import Keyring
from index_service.domain.errors import Code
from index_service.log.entry import AccessEntry, Outcome, SubjectShown, canonical
from index_service.log.leaf import (
    _CLASS_BITS,
    BLIND_SIZE,
    LeafMismatch,
    SubjectTrace,
    leaf_hash,
    opened,
    opened_trace,
    sealed_row,
)
from tests.log.made import CHILD, NOON

ENTRY = AccessEntry(
    "northmere",
    UUID("0b1f7a52-6c1d-4b58-9f0a-3d2e1c4b5a69"),
    1_763_726_400_250,
    action="read_child",
    route="/v1/children/{child_id}",
    outcome=Outcome.SHOWN,
    rules=("permit",),
    account="11111111-1111-4111-8111-111111111111",
    agency="22222222-2222-4222-8222-222222222222",
    role="practitioner",
    purpose="safeguard",
    reason="coming_to_notice",
    reference="NM/2025-17",
    agreement=1,
    subjects=(
        SubjectShown(CHILD, (DisclosureClass.INVOLVEMENTS, DisclosureClass.IDENTITY), shown=True),
    ),
    request_id="33333333-3333-4333-8333-333333333333",
)
REF = bytes(range(16))
BLIND = bytes(range(32))

KNOWN_CANONICAL = (
    b'{"account":"11111111-1111-4111-8111-111111111111","action":"read_child",'
    b'"agency":"22222222-2222-4222-8222-222222222222","agreement":1,"at_ms":1763726400250,'
    b'"code":"","count":0,"csa":"northmere","entry_id":"0b1f7a52-6c1d-4b58-9f0a-3d2e1c4b5a69",'
    b'"mediation":"","outcome":"shown","purpose":"safeguard","query_commit":"",'
    b'"reason":"coming_to_notice","reference":"NM/2025-17",'
    b'"request_id":"33333333-3333-4333-8333-333333333333","result_commit":"",'
    b'"role":"practitioner","route":"/v1/children/{child_id}","row_state":"","rules":["permit"],'
    b'"subjects":[{"classes":["identity","involvements"],'
    b'"ref":"000102030405060708090a0b0c0d0e0f","shown":true}],"v":1}'
)
KNOWN_LEAF = "d20f41eaf0463131b1e18b5c4afb4256852ff1c8315d981a74ec85cc1d4a9633"


def test_the_leaf_format_is_final() -> None:
    """The known answer: if this fails, every receipt and tree ever handed out is broken."""
    assert canonical(ENTRY, (REF,)) == KNOWN_CANONICAL
    assert leaf_hash(BLIND, KNOWN_CANONICAL).hex() == KNOWN_LEAF
    assert hashlib.sha256(b"\0" + BLIND + KNOWN_CANONICAL).hexdigest() == KNOWN_LEAF


@given(st.integers(0, len(KNOWN_CANONICAL) - 1), st.integers(1, 255))
def test_any_single_edit_changes_the_leaf(at: int, flip: int) -> None:
    """One byte of the entry, anywhere."""
    edited = bytearray(KNOWN_CANONICAL)
    edited[at] ^= flip
    assert leaf_hash(BLIND, bytes(edited)).hex() != KNOWN_LEAF


def test_a_blind_of_another_length_is_refused() -> None:
    """Else bytes could be moved between blind and entry without changing the leaf."""
    with pytest.raises(ValueError, match="32"):
        leaf_hash(BLIND[:-1], b"x" + KNOWN_CANONICAL)


def test_a_stored_entry_opens_to_its_leaf_and_no_other(keyring: Keyring) -> None:
    """What is sealed holds blind and entry, bound to the entry's id."""
    keys = keyring.log_keys(NOON.year)
    row = sealed_row(ENTRY, keys)
    opening = opened(row, keys)
    ref = keys.subject_ref(CHILD)
    assert opening.canonical == canonical(ENTRY, (ref,))
    assert leaf_hash(opening.blind, opening.canonical) == row.leaf
    assert row.at == NOON
    with pytest.raises(LeafMismatch):
        opened(replace(row, leaf=bytes(32)), keys)
    with pytest.raises(SealBroken):
        opened(replace(row, entry_id=UUID(int=1)), keys)
    other = sealed_row(ENTRY, keys)
    with pytest.raises(LeafMismatch):  # the same entry blinded anew is another leaf
        opened(replace(row, sealed=other.sealed), keys)


def test_a_subject_row_says_what_was_released_of_a_child(keyring: Keyring) -> None:
    """Shown or only asked about, all rows have one size and open under their reference."""
    keys = keyring.log_keys(NOON.year)
    asked = SubjectShown(UUID(int=7))
    row = sealed_row(replace(ENTRY, subjects=(*ENTRY.subjects, asked)), keys)
    traces = [opened_trace(ref, sealed, keys) for ref, sealed in row.subjects]
    shown = (DisclosureClass.IDENTITY, DisclosureClass.INVOLVEMENTS)
    assert traces == [
        SubjectTrace(ENTRY.entry_id, shown, shown=True),
        SubjectTrace(ENTRY.entry_id, (), shown=False),
    ]
    assert [ref for ref, _ in row.subjects] == [
        keys.subject_ref(CHILD),
        keys.subject_ref(UUID(int=7)),
    ]
    assert len({len(sealed) for _, sealed in row.subjects}) == 1
    with pytest.raises(SealBroken):
        opened_trace(row.subjects[1][0], row.subjects[0][1], keys)


def test_every_disclosure_class_has_its_own_place_in_a_subject_row() -> None:
    """A class added without a bit would make its every disclosure a defect."""
    assert set(_CLASS_BITS) == set(DisclosureClass)
    assert len(set(_CLASS_BITS.values())) == len(DisclosureClass)


def test_a_leaf_without_a_blind_is_cracked_and_ours_is_not(keyring: Keyring) -> None:
    """A receipt's holder knows all of a refusal but its cause; the causes are few.

    The control shows that the attack works: hashed without a blind, the leaf gives the
    hidden cause away at once. Against ours the same guesses find nothing, even for one
    who holds the keyed references.
    """
    keys = keyring.log_keys(NOON.year)
    ref = keys.subject_ref(CHILD)
    hidden = replace(
        ENTRY, outcome=Outcome.NOT_DISCLOSED, code=Code.NOT_DISCLOSED, rules=("record_shielded",)
    )
    causes = ["", "record_absent", "record_held", "record_archived", "record_shielded"]
    guesses = [
        replace(hidden, outcome=outcome, code=code, rules=(cause,) if cause else ())
        for outcome, code, cause in product(Outcome, Code, causes)
    ]

    def cracked(leaf: bytes, prefixes: list[bytes]) -> list[AccessEntry]:
        texts = [(guess, canonical(guess, (ref,))) for guess in guesses]
        return [
            guess
            for guess, text in texts
            for prefix in prefixes
            if hashlib.sha256(prefix + text).digest() == leaf
        ]

    unblinded = hashlib.sha256(b"\0" + canonical(hidden, (ref,))).digest()
    assert cracked(unblinded, [b"\0"]) == [hidden]

    row = sealed_row(hidden, keys)
    known = [b"\0" * BLIND_SIZE, hidden.entry_id.bytes * 2, row.leaf, hashlib.sha256().digest()]
    assert cracked(row.leaf, [b"\0", *(b"\0" + each for each in known)]) == []
