"""Keyrings of two authorities on one and the same set of secrets, made once a run."""

import pytest

from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import MemoryKeyProvider, make_keys


@pytest.fixture(scope="session")
def secrets() -> MemoryKeyProvider:
    """A whole set of keys; no test destroys one of these."""
    provider = MemoryKeyProvider()
    make_keys(provider, week=202548, year=2025)
    return provider


@pytest.fixture(scope="session")
def northmere(secrets: MemoryKeyProvider) -> Keyring:
    return Keyring("northmere", secrets)


@pytest.fixture(scope="session")
def camfield(secrets: MemoryKeyProvider) -> Keyring:
    """Another authority that was given Northmere's secrets by mistake."""
    return Keyring("camfield", secrets)
