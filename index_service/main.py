"""Builds an authority's index with every way in to it: its API, its probes, its peer port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import ASGIApp

from index_service.api.app import Stories, create_app
from index_service.api.boundary import Boundary
from index_service.api.flood import Flood
from index_service.api.identify import Identify
from index_service.api.peer import peer_app
from index_service.api.probes import Probes
from index_service.crypto.providers import KeyProvider
from index_service.domain.clock import Clock, SystemClock
from index_service.identity.jwks import Jwks
from index_service.identity.verifier import StrictVerifier
from index_service.opening import opened
from index_service.services.index import Index
from index_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Built:
    """One authority's index, ready to serve: its application, its probes, its peer port."""

    index: Index
    app: ASGIApp
    probes: Probes
    peer: ASGIApp | None = None


@asynccontextmanager
async def built(
    settings: Settings, provider: KeyProvider | None = None, clock: Clock | None = None
) -> AsyncIterator[Built]:
    """Open an index and its ways in, and close them.

    Raises KeyRefused, PolicyRefused, DirectoryRefused or WrongRoles rather than start unsafe.
    """
    ca_file = str(settings.issuer_ca_file) if settings.issuer_ca_file else None
    moment = clock or SystemClock()
    jwks = Jwks(settings.jwks_url, ca_file, moment)
    try:
        async with opened(settings, provider, moment) as made:
            index = made.index
            verifier = StrictVerifier(settings.issuer, settings.audience, jwks, moment)
            governed = governed_app(index, Identify(verifier, index.keyring.references))
            yield Built(index, governed, Probes(index.reading, made.lag), peer_app(index))
    finally:
        await jwks.close()


def governed_app(index: Index, identify: Identify) -> Boundary:
    """Return the whole API behind the boundary; there is no other way in."""
    app: FastAPI = create_app(Stories(index), identify, index.clock)
    return Boundary(app, index.log, Flood(index.log))
