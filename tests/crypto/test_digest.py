"""Digests: the standard HMAC, apart by purpose, found under every live key."""

import hashlib
import hmac
import os
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from index_service.crypto.associated import associated
from index_service.crypto.digest import Digester, Mac, Referencer, decoy_token
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import MemoryKeyProvider, make_keys

kinds = st.integers(0, 40)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEY = os.urandom(32)
CHILD = UUID("5f0b1c7e-6d0e-4c53-9f5e-0d2f3b1a4c55")


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=200))
def test_the_fast_form_is_hmac_bit_for_bit(key: bytes, message: bytes) -> None:
    assert Mac(key).of(message) == hmac.digest(key, message, "sha256")[:16]


@given(kinds, texts)
def test_a_token_is_the_hmac_of_kind_and_text(kind: int, text: str) -> None:
    message = associated(kind.to_bytes(2), text.encode())
    assert Digester([KEY]).token(kind, text) == hmac.digest(KEY, message, hashlib.sha256)[:16]


@given(kinds, texts, kinds, texts)
def test_tokens_agree_only_where_kind_and_text_agree(
    kind: int, text: str, other_kind: int, other_text: str
) -> None:
    digester = Digester([KEY])
    same = (kind, text) == (other_kind, other_text)
    assert (digester.token(kind, text) == digester.token(other_kind, other_text)) == same


@given(kinds, texts)
def test_a_query_finds_rows_of_both_versions_during_a_rotation(kind: int, text: str) -> None:
    old, new = Digester([KEY]), Digester([KEY[::-1], KEY])
    asked = new.tokens_for_query(kind, text)
    assert old.token(kind, text) in asked
    assert asked[0] == new.token(kind, text) != old.token(kind, text)
    assert len(asked) == 2


def test_the_keyring_writes_under_its_newest_search_key_and_asks_under_all() -> None:
    provider = MemoryKeyProvider()
    make_keys(provider, 202548, 2025)
    before = Keyring("northmere", provider)
    written = before.digests.token(1, "a")
    for number in range(2, 11):
        provider.create(f"index.{number}")
    after = Keyring("northmere", provider)
    assert written in after.digests.tokens_for_query(1, "a")
    assert after.digests.token(1, "a") not in before.digests.tokens_for_query(1, "a")
    provider.destroy("index.10")
    assert after.digests.token(1, "a") not in Keyring(
        "northmere", provider
    ).digests.tokens_for_query(1, "a")


def test_guards_and_lookups_do_not_share_tokens(northmere: Keyring) -> None:
    assert northmere.guards.token(1, "a") != northmere.digests.token(1, "a")


def test_references_of_different_things_differ() -> None:
    """The same bytes under each label, and split differently."""
    references = Referencer(KEY)
    found = [
        references.case_ref(CHILD),
        references.reference("login", CHILD.bytes),
        references.login("https://issuer.example", "sub"),
        references.login("https://issuer.examples", "ub"),
        references.source_ref("https://issuer.example", "sub"),
        references.line_mac("https://issuer.example", b"sub"),
        references.reference("other", b"https://issuer.example", b"sub"),
    ]
    assert len(set(found)) == len(found)
    assert {len(reference) for reference in found} == {16}
    assert references.case_ref(CHILD) == Referencer(KEY).case_ref(CHILD)


def test_a_decoy_looks_like_a_token_and_is_never_the_same() -> None:
    assert len({decoy_token() for _ in range(100)}) == 100
    assert len(decoy_token()) == len(Digester([KEY]).token(1, "a"))
