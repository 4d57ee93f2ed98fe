"""A keyring starts whole or not at all, keeps authorities and purposes apart, and tells nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import (
    FileKeyProvider,
    KeyFault,
    KeyRefused,
    KeyUse,
    MemoryKeyProvider,
    make_keys,
)

CHILD = UUID("5f0b1c7e-6d0e-4c53-9f5e-0d2f3b1a4c55")


@pytest.mark.parametrize("use", KeyUse)
def test_no_start_while_any_key_is_missing(use: KeyUse) -> None:
    provider = MemoryKeyProvider()
    make_keys(provider, 202548, 2025)
    Keyring("northmere", provider)
    (name,) = provider.names(f"{use}.")
    provider.destroy(name)
    with pytest.raises(KeyRefused) as refused:
        Keyring("northmere", provider)
    assert refused.value.fault == KeyFault.MISSING
    assert refused.value.name in {use, name}


def test_keys_from_files_serve_after_a_restart(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    make_keys(FileKeyProvider(tmp_path), 202548, 2025)
    week, wrapped, key = Keyring("northmere", FileKeyProvider(tmp_path)).wrap.new_subject(
        "child", CHILD
    )
    envelope = key.seal("identity", CHILD, b"sealed")
    again = Keyring("northmere", FileKeyProvider(tmp_path))
    opened = again.wrap.open_subject("child", CHILD, week, wrapped)
    assert opened.open("identity", CHILD, envelope) == b"sealed"


def test_two_authorities_share_no_key_even_on_the_same_secrets(
    northmere: Keyring, camfield: Keyring
) -> None:
    for keys in (northmere, camfield):
        assert keys.csa in repr(keys)
    pairs = [
        (
            keys.digests.token(1, "a"),
            keys.guards.token(1, "a"),
            keys.references.case_ref(CHILD),
            keys.tags.body_mac(CHILD, "", b""),
            keys.log_keys(2025).subject_ref(CHILD),
            keys.pointers.seal_small(bytes(16), b"a"),
            private_bytes(keys.receipt_key),
        )
        for keys in (northmere, camfield)
    ]
    assert not set(pairs[0]) & set(pairs[1])


def test_one_secret_in_every_place_still_gives_different_keys() -> None:
    """Purpose and version stand in the derivation: a slip of an operator's hand joins nothing."""
    secret = os.urandom(32)

    class OneSecret(MemoryKeyProvider):
        def secret(self, name: str) -> bytes:
            super().secret(name)
            return secret

    provider = OneSecret()
    make_keys(provider, 202548, 2025)
    provider.create("index.2")
    keys = Keyring("northmere", provider)
    found = (*keys.digests.tokens_for_query(1, "a"), *keys.guards.tokens_for_query(1, "a"))
    assert len(set(found)) == 3


def test_a_receipt_key_is_the_same_every_time(
    northmere: Keyring, secrets: MemoryKeyProvider
) -> None:
    again = Keyring("northmere", secrets).receipt_key
    assert private_bytes(again) == private_bytes(northmere.receipt_key)
    again.public_key().verify(northmere.receipt_key.sign(b"receipt"), b"receipt")


def private_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def test_no_part_of_a_keyring_shows_a_secret(
    northmere: Keyring, secrets: MemoryKeyProvider
) -> None:
    """Neither a provider's secrets nor a key derived from them, raw, in hex or in a repr."""
    new = northmere.wrap.new_subject("child", CHILD)
    known = [secrets.secret(name) for name in secrets.names()]
    known.append(private_bytes(northmere.receipt_key))
    shown = "".join(f"{part!r} {part}" for part in (*parts_of(northmere), new, new.key, secrets))
    for secret in known:
        for form in (secret.hex(), repr(secret)[2:-1], str(list(secret))[1:-1]):
            assert form not in shown


def parts_of(keys: Keyring) -> Iterator[object]:
    yield keys
    yield from (
        keys.digests, keys.guards, keys.pointers, keys.references, keys.rows, keys.tags,
        keys.wrap, keys.log_keys(2025), keys.receipt_key,
    )  # fmt: skip


def test_an_authority_without_a_name_has_no_keys(secrets: MemoryKeyProvider) -> None:
    with pytest.raises(ValueError, match="name"):
        Keyring("", secrets)
