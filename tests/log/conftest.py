"""What tests of the access log begin with: real keys, and a log that keeps its rows in memory."""

from collections.abc import AsyncIterator

import pytest

from index_service.crypto.keyring import Keyring
from tests.log.made import Kept, made_keyring


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """Northmere's keys."""
    return made_keyring()


@pytest.fixture
async def kept(keyring: Keyring) -> AsyncIterator[Kept]:
    """A running access log."""
    made = Kept(keyring)
    made.log.start()
    yield made
    await made.log.stop()
