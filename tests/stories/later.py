"""The same index at another time: what has lapsed, what is due, which day it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
from starlette.types import ASGIApp

from index_service.api.identify import Identify
from index_service.domain.clock import LONDON, FixedClock, SystemClock
from index_service.identity.jwks import Jwks
from index_service.identity.verifier import StrictVerifier
from index_service.main import governed_app
from tests.authority import Served
from tests.stories.asking import Ask


def on(**later: float) -> datetime:
    """Return the moment so much later than now, by London's clocks: days on it is as late a day."""
    return SystemClock().now().astimezone(LONDON) + timedelta(**later)


@asynccontextmanager
async def app_at(served: Served, at: datetime) -> AsyncIterator[ASGIApp]:
    """Open the same index as if it were another moment; tokens are good as of now."""
    settings = served.settings
    index = replace(served.index, clock=FixedClock(at))
    jwks = Jwks(settings.jwks_url, str(settings.issuer_ca_file), SystemClock())
    try:
        verifier = StrictVerifier(settings.issuer, settings.audience, jwks, SystemClock())
        yield governed_app(index, Identify(verifier, index.keyring.references))
    finally:
        await jwks.close()


@asynccontextmanager
async def asking_at(ask: Ask, at: datetime) -> AsyncIterator[Ask]:
    """Ask the same index as if it were another moment."""
    async with app_at(ask.served, at) as app:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
            yield Ask(client, ask.issuer, ask.served)
