"""Builds an index from its settings: keys, log, ways to the store, stories, routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

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
from index_service.log.policy import PolicyRefused, logs_of
from index_service.log.second_place import FileSecondPlace, HttpSecondPlace
from index_service.services import restoring
from index_service.services.gate import Gate, SecondReading
from index_service.services.index import Index
from index_service.services.sealing_log.lag import SealLag
from index_service.services.views import Views
from index_service.settings import JobSettings, Settings
from index_service.store.appending import Appender, Numberer
from index_service.store.engines import (
    Engines,
    engine_for,
    open_engines,
    pool_for,
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


@dataclass(frozen=True, slots=True)
class _Watched:
    """What the process that answers keeps looking at beside its requests."""

    lag: SealLag
    gate: Gate


def _watched(settings: Settings, engines: Engines) -> _Watched:
    stop_s = settings.seal_lag_stop_s
    lag = SealLag(engines.reading, settings.csa, stop_s)
    return _Watched(lag, Gate(second_reading(settings), stop_s))


def second_reading(settings: Settings) -> SecondReading | None:
    """Return the second place to be read, or PolicyRefused; None for an authority without."""
    place, policy = settings.second_place, settings.log_policy
    if place == "none" or policy is None:
        return None
    try:
        logs = list(logs_of(policy.read_text(encoding="utf-8")).values())
    except (OSError, UnicodeDecodeError):
        raise PolicyRefused("file") from None
    if len(logs) != 1:
        raise PolicyRefused("log")
    if place.startswith("/"):
        return SecondReading(FileSecondPlace(Path(place), logs[0]), logs[0])
    return SecondReading(HttpSecondPlace(place, logs[0]), logs[0])


def _index(csa: str, keyring: Keyring, engines: Engines, clock: Clock, watched: _Watched) -> Index:
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
        lag=watched.lag,
        gate=watched.gate,
    )


@asynccontextmanager
async def built(
    settings: Settings, provider: KeyProvider | None = None, clock: Clock | None = None
) -> AsyncIterator[Built]:
    """Open an index and close it.

    Raises KeyRefused, PolicyRefused or WrongRoles rather than start unsafe.
    """
    moment = clock or SystemClock()
    keyring = Keyring(settings.csa, provider or FileKeyProvider(settings.key_directory))
    engines = await open_engines(settings.database_url, settings.csa)
    ca_file = str(settings.issuer_ca_file) if settings.issuer_ca_file else None
    jwks = Jwks(settings.jwks_url, ca_file, moment)
    try:
        if not await standing_roles(engines, settings.csa, DUTIES):
            raise WrongRoles
        watched = _watched(settings, engines)
        index = _index(settings.csa, keyring, engines, moment, watched)
        index.log.start()
        try:
            verifier = StrictVerifier(settings.issuer, settings.audience, jwks, moment)
            governed = governed_app(index, Identify(verifier, keyring.references))
            async with _watching(index, watched.lag):
                yield Built(index, governed, Probes(engines.reading, watched.lag))
        finally:
            await index.log.stop()
    finally:
        await jwks.close()
        await engines.close()


@asynccontextmanager
async def _watching(index: Index, lag: SealLag) -> AsyncIterator[None]:
    await restoring.look(index)  # before the first request
    watches = {asyncio.create_task(lag.watch()), asyncio.create_task(restoring.watch(index))}
    try:
        yield
    finally:
        for watch in watches:
            watch.cancel()
        await asyncio.wait(watches)


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
    pool = await pool_for(settings.database_url, settings.csa, duty, size=1)
    numberer = Numberer(pool, settings.csa)
    log = AccessLog(settings.csa, keyring.log_keys, keyring.receipt_key, moment, numberer)
    try:
        if not await stands_for(engine, settings.csa, duty):
            raise WrongRoles
        log.start()
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
        await log.stop()
        pool.terminate()
        await engine.dispose()


def governed_app(index: Index, identify: Identify) -> Boundary:
    """Return the whole API behind the boundary; there is no other way in."""
    app: FastAPI = create_app(Stories(index), identify, index.clock)
    return Boundary(app, index.log, Flood(index.log))
