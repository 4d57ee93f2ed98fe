"""The same index at another time: what has lapsed, what is due, which day it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import httpx

from index_service.api.identify import Identify
from index_service.domain.clock import FixedClock, SystemClock
from index_service.identity.jwks import Jwks
from index_service.identity.verifier import StrictVerifier
from index_service.main import governed_app
from tests.stories.asking import Ask


def on(**later: float) -> datetime:
    """Return the moment so much later than now."""
    return SystemClock().now() + timedelta(**later)


@asynccontextmanager
async def asking_at(ask: Ask, at: datetime) -> AsyncIterator[Ask]:
    """Ask the same index as if it were another moment; tokens are good as of now."""
    settings = ask.served.settings
    index = replace(ask.served.index, clock=FixedClock(at))
    jwks = Jwks(settings.jwks_url, str(settings.issuer_ca_file), SystemClock())
    try:
        verifier = StrictVerifier(settings.issuer, settings.audience, jwks, SystemClock())
        app = governed_app(index, Identify(verifier, index.keyring.references))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
            yield Ask(client, ask.issuer, ask.served)
    finally:
        await jwks.close()
