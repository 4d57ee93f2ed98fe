"""Tags serve the account they were made for, and no other."""

import re
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index_service.crypto.envelope import SealBroken, TooLarge
from index_service.crypto.keyring import Keyring
from index_service.crypto.tags import CURSOR_CAPACITY, same_mac

ACCOUNT = UUID("3c2f9d57-8d8e-4c0f-9a5c-6f0c1f8a7b21")
ROUTE = "GET /v1/holds"


def test_an_etag_is_22_characters_for_these_bytes_and_this_account(northmere: Keyring) -> None:
    tags = northmere.tags
    tag = tags.etag(ACCOUNT, b"{}")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", tag)
    assert tags.etag_matches(ACCOUNT, b"{}", tag)
    assert not tags.etag_matches(ACCOUNT, b"{ }", tag)
    assert not tags.etag_matches(uuid4(), b"{}", tag)
    for nonsense in ("", "*", tag[:-1], tag + "A", "é" * 22):
        assert not tags.etag_matches(ACCOUNT, b"{}", nonsense)


def test_idempotency_is_apart_by_account_route_and_key(northmere: Keyring) -> None:
    tags, other = northmere.tags, uuid4()
    found = [
        tags.idempotency(ACCOUNT, "a", "bc"),
        tags.idempotency(ACCOUNT, "ab", "c"),
        tags.idempotency(other, "a", "bc"),
        tags.body_mac(ACCOUNT, "a", b"bc"),
        tags.body_mac(other, "a", b"bc"),
        tags.body_mac(ACCOUNT, "ab", b"c"),
    ]
    assert len(set(found)) == len(found)
    assert {len(mac) for mac in found} == {16}
    assert same_mac(found[0], tags.idempotency(ACCOUNT, "a", "bc"))
    assert not same_mac(found[0], found[1])


@given(st.binary(max_size=CURSOR_CAPACITY))
@settings(max_examples=50)
def test_a_cursor_has_one_length_and_opens_for_its_account_and_route(
    northmere: Keyring, camfield: Keyring, position: bytes
) -> None:
    cursor = northmere.tags.seal_cursor(ACCOUNT, ROUTE, position)
    assert re.fullmatch(r"[A-Za-z0-9_-]{138}", cursor)
    assert northmere.tags.open_cursor(ACCOUNT, ROUTE, cursor) == position
    for keys, account, route in (
        (northmere, uuid4(), ROUTE),
        (northmere, ACCOUNT, "GET /v1/accounts"),
        (camfield, ACCOUNT, ROUTE),
    ):
        with pytest.raises(SealBroken):
            keys.tags.open_cursor(account, route, cursor)


def test_any_changed_character_of_a_cursor_is_refused(northmere: Keyring) -> None:
    """Including the last one's spare bits: one cursor, one spelling."""
    cursor = northmere.tags.seal_cursor(ACCOUNT, ROUTE, b"position")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for at in (*range(0, len(cursor), 9), len(cursor) - 1):
        for letter in alphabet.replace(cursor[at], ""):
            with pytest.raises(SealBroken):
                northmere.tags.open_cursor(ACCOUNT, ROUTE, cursor[:at] + letter + cursor[at + 1 :])


@given(st.text("Aa0-_=+/ é\0", max_size=300) | st.text("Az09-_", min_size=136, max_size=139))
@settings(max_examples=60)
def test_nonsense_is_no_cursor(northmere: Keyring, nonsense: str) -> None:
    with pytest.raises(SealBroken):
        northmere.tags.open_cursor(ACCOUNT, ROUTE, nonsense)


def test_a_position_too_long_is_refused(northmere: Keyring) -> None:
    with pytest.raises(TooLarge):
        northmere.tags.seal_cursor(ACCOUNT, ROUTE, b"p" * (CURSOR_CAPACITY + 1))
