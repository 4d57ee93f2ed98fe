"""What tests of the sealer begin with: an index of its own, a sealer beside it, a witness."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from demo.postgres import Postgres
from tests.authority import Founded, database_made, serving
from tests.sealing.sealing import Beside, sealer_beside
from tests.sealing.witnesses import Begun, begun, log_lines
from tests.sealing.witnesses import serving as witnessing


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


@pytest.fixture
def witness(tmp_path: Path) -> Begun:
    """A witness that has cosigned nothing."""
    return begun(tmp_path)


@pytest_asyncio.fixture
async def url(witness: Begun) -> AsyncIterator[str]:
    """Where that witness is asked."""
    async with witnessing(witness, log_lines()) as address:
        yield address
