"""The sealer's own keys: two, alone in their directory, and marks nobody else can make."""

import os
from uuid import uuid4

import pytest

from index_service.crypto.providers import KeyFault, KeyRefused, MemoryKeyProvider
from index_service.crypto.sealer_keys import SealerSecrets, make_sealer_keys


def made(csa: str = "northmere") -> tuple[MemoryKeyProvider, SealerSecrets]:
    provider = MemoryKeyProvider()
    make_sealer_keys(provider)
    return provider, SealerSecrets(csa, provider)


def test_two_keys_are_made_and_no_more() -> None:
    provider, secrets = made()
    assert provider.names() == ("head_ed25519.1", "head_ml_dsa.1")
    assert secrets.ed25519_seed != secrets.ml_dsa_seed
    with pytest.raises(KeyRefused) as refused:
        make_sealer_keys(provider)
    assert refused.value.fault is KeyFault.EXISTS


def test_a_key_of_the_index_beside_them_is_refused() -> None:
    provider, _ = made()
    provider.create("receipt.1")
    with pytest.raises(KeyRefused, match=r"receipt\.1"):
        SealerSecrets("northmere", provider)


@pytest.mark.parametrize("lost", ["head_ed25519.1", "head_ml_dsa.1"])
def test_a_missing_key_stops_the_start(lost: str) -> None:
    provider, _ = made()
    provider.destroy(lost)
    with pytest.raises(KeyRefused) as refused:
        SealerSecrets("northmere", provider)
    assert refused.value.fault is KeyFault.MISSING


def test_a_mark_is_of_one_authority_writer_number_and_batch() -> None:
    provider, secrets = made()
    place = (uuid4(), 7, os.urandom(32), os.urandom(32))
    mark = secrets.mark(*place)
    assert secrets.marked(*place, mark)
    writer, seq, hash_, previous = place
    for other in (
        (uuid4(), seq, hash_, previous),
        (writer, 8, hash_, previous),
        (writer, seq, previous, previous),
        (writer, seq, hash_, hash_),
    ):
        assert not secrets.marked(*other, mark)
    assert not SealerSecrets("camfield", provider).marked(*place, mark)
    assert not made()[1].marked(*place, mark)


def test_secrets_do_not_show_themselves() -> None:
    assert repr(made()[1]) == "SealerSecrets()"
