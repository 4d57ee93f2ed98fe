"""Builds an index from its settings: keys, log, ways to the store, stories, routes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import ASGIApp

from index_service.api.app import Stories, create_app
from index_service.api.boundary import Boundary
from index_service.api.flood import Flood
from index_service.api.identify import Identify
from index_service.api.probes import Probes
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import FileKeyProvider, KeyProvider
from index_service.domain.clock import Clock, SystemClock
from index_service.identity.jwks import Jwks
from index_service.identity.verifier import StrictVerifier
from index_service.log.access_log import AccessLog
from index_service.log.leaf import LogRow
from index_service.services.index import Index
from index_service.services.views import Views
from index_service.settings import JobSettings, Settings
from index_service.store.appending import Appender
from index_service.store.engines import (
    Engines,
    engine_for,
    open_engines,
    standing_roles,
    stands_for,
)

DUTIES = ("api", "feed", "audit")


class WrongRoles(Exception):  # noqa: N818
    """The login roles do not stand for this authority: starting would cross a wall."""


@dataclass(frozen=True, slots=True)
class Built:
    """One authority's index, ready to serve: the governed application and its probes."""

    index: Index
    app: ASGIApp
    probes: Probes


def _index(csa: str, keyring: Keyring, engines: Engines, clock: Clock) -> Index:
    log = AccessLog(
        csa, keyring.log_keys, keyring.receipt_key, clock, Appender(engines.appending, csa)
    )
    return Index(
        csa=csa,
        keyring=keyring,
        log=log,
        clock=clock,
        views=Views(keyring),
        reading=engines.reading,
        api=engines.api,
        feed=engines.feed,
        audit=engines.audit,
    )


@asynccontextmanager
async def built(
    settings: Settings, provider: KeyProvider | None = None, clock: Clock | None = None
) -> AsyncIterator[Built]:
    """Open an index and close it. Raises KeyRefused or WrongRoles rather than start unsafe."""
    moment = clock or SystemClock()
    keyring = Keyring(settings.csa, provider or FileKeyProvider(settings.key_directory))
    engines = await open_engines(settings.database_url, settings.csa)
    ca_file = str(settings.issuer_ca_file) if settings.issuer_ca_file else None
    jwks = Jwks(settings.jwks_url, ca_file, moment)
    try:
        if not await standing_roles(engines, settings.csa, DUTIES):
            raise WrongRoles
        index = _index(settings.csa, keyring, engines, moment)
        index.log.start()
        try:
            verifier = StrictVerifier(settings.issuer, settings.audience, jwks, moment)
            governed = governed_app(index, Identify(verifier, keyring.references))
            yield Built(index, governed, Probes(engines.reading))
        finally:
            await index.log.stop()
    finally:
        await jwks.close()
        await engines.close()


@asynccontextmanager
async def built_job(
    settings: JobSettings,
    duty: str,
    provider: KeyProvider | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Index]:
    """Open an index as a job of this duty sees it: every way to the store is its own role's.

    Raises KeyRefused or WrongRoles rather than start unsafe.
    """
    moment = clock or SystemClock()
    keyring = Keyring(settings.csa, provider or FileKeyProvider(settings.key_directory))
    engine = engine_for(settings.database_url, settings.csa, duty, size=1)
    log = AccessLog(settings.csa, keyring.log_keys, keyring.receipt_key, moment, _nothing_appended)
    try:
        if not await stands_for(engine, settings.csa, duty):
            raise WrongRoles
        yield Index(
            csa=settings.csa,
            keyring=keyring,
            log=log,
            clock=moment,
            views=Views(keyring),
            reading=None,
            api=engine,
            feed=engine,
            audit=engine,
        )
    finally:
        await engine.dispose()


async def _nothing_appended(_: Sequence[LogRow]) -> None:
    """Refuse: a job changes something, and is entered in that very transaction."""
    raise RuntimeError("a job appends no entry by itself")


def governed_app(index: Index, identify: Identify) -> Boundary:
    """Return the whole API behind the boundary; there is no other way in."""
    app: FastAPI = create_app(Stories(index), identify, index.clock)
    return Boundary(app, index.log, Flood(index.log))
