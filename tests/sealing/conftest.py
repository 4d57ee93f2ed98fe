"""What every test of the sealer begins with: an index of its own, and a sealer beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from demo.postgres import Postgres
from tests.authority import Founded, database_made, serving
from tests.sealing.sealing import Beside, sealer_beside


@pytest_asyncio.fixture(loop_scope="session")
async def unfounded(postgres: Postgres, founded: Founded, tmp_path: Path) -> AsyncIterator[Beside]:
    """A sealer whose log has not begun; what the founding of the index wrote waits."""
    with database_made(postgres, founded.template) as name:
        async with (
            serving(postgres, name, founded.settings) as served,
            sealer_beside(served, tmp_path) as beside,
        ):
            yield beside


@pytest_asyncio.fixture(loop_scope="session")
async def beside(unfounded: Beside) -> Beside:
    """A sealer whose log has begun, and has sealed what the founding wrote."""
    unfounded.clock.on(seconds=6)  # what founding left unnumbered is adopted
    await unfounded.rounds.found()
    await unfounded.all()
    return unfounded
