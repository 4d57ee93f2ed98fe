"""A provider on real https whose clock the test moves, with applications registered."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from demo.issuer import Issuer
from demo.signing_in import Browser, CodeFlow
from tests.identity.forge import MovingClock

AUDIENCE = "https://index.northmere.example"
CALLBACK = "http://127.0.0.1:8090/signed-in"
BYE = "http://127.0.0.1:8090/bye"


@pytest.fixture
def clock() -> MovingClock:
    """A clock of this test's own."""
    return MovingClock()


@pytest.fixture
async def openid(tmp_path: Path, clock: MovingClock) -> AsyncIterator[Issuer]:
    """The provider; it knows a thin client, another application and a command line."""
    async with Issuer.running(tmp_path, AUDIENCE, clock=clock) as running:
        running.register("thin", [CALLBACK], [BYE])
        running.register("other", [CALLBACK], [BYE])
        running.register("line", device=True)
        yield running


@pytest.fixture
async def browser(openid: Issuer) -> AsyncIterator[Browser]:
    """The teacher's browser, in which nobody has logged in yet."""
    async with Browser.opened(openid, "teacher") as opened:
        yield opened


@pytest.fixture
def flow(openid: Issuer) -> CodeFlow:
    """The thin client's authorisation request."""
    return CodeFlow(openid, "thin", CALLBACK)
