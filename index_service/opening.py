"""Opens an index from its settings, without the API: keys, log, ways to the store, its watches."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index_service.crypto.keyring import Keyring
from index_service.crypto.peer_keys import PeerKeyUse, peer_keys
from index_service.crypto.providers import FileKeyProvider, KeyProvider
from index_service.domain.clock import Clock, SystemClock
from index_service.federation.client import PeerClient
from index_service.federation.directory import RegionPolicy
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.federation.own_signer import OwnSigner
from index_service.federation.tls import TlsFiles
from index_service.log.access_log import AccessLog
from index_service.log.checkpoint import VerifierKey
from index_service.log.policy import PolicyRefused, cosigning_of, logs_of
from index_service.log.second_place import FileSecondPlace, HttpSecondPlace
from index_service.services import restoring
from index_service.services.gate import Gate, SecondReading
from index_service.services.index import Index
from index_service.services.log_life import LogLife
from index_service.services.peering.completeness import Probing
from index_service.services.peering.peer_day import PeerLimits
from index_service.services.peering.polling import Polling
from index_service.services.peering.region import Directories, Region
from index_service.services.sealing_log.lag import SealLag
from index_service.services.views import Views
from index_service.settings import ExpirySettings, JobSettings, RegionSettings, Settings
from index_service.store.appending import Appender, Numberer
from index_service.store.engines import (
    Engines,
    WrongRoles,
    engine_for,
    open_engines,
    pool_for,
    standing_roles,
    stands_for,
)
from index_service.store.membership import RegionReader

DUTIES = ("api", "feed", "audit")


@dataclass(frozen=True, slots=True)
class _Watched:
    """What the process that answers keeps looking at beside its requests."""

    lag: SealLag
    gate: Gate
    region: Region | None


def _watched(settings: Settings, engines: Engines, region: Region | None) -> _Watched:
    stop_s = settings.seal_lag_stop_s
    lag = SealLag(engines.reading, settings.csa, stop_s)
    return _Watched(lag, Gate(second_reading(settings), stop_s), region)


@dataclass(frozen=True, slots=True)
class PeerParts:
    """What a process's part in the region is built from, beside its settings."""

    provider: KeyProvider
    use: PeerKeyUse
    pool: Any
    clock: Clock


def region_of(settings: RegionSettings, parts: PeerParts) -> Region | None:
    """Return a member's part in its region, None for an authority outside any.

    Raises DirectoryRefused, KeyRefused or OSError rather than start without a part of it.
    """
    files = (settings.peer_certificate, settings.peer_key, settings.peer_ca)
    certificate, key, authority = files
    if settings.region_policy == "none" or not (certificate and key and authority):
        return None
    try:
        policy = RegionPolicy.read(Path(settings.region_policy).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise DirectoryRefused(DirectoryFault.POLICY, "file") from None
    if policy.self_name != settings.csa:
        raise DirectoryRefused(DirectoryFault.POLICY, "self")
    signer = OwnSigner(peer_keys(settings.csa, parts.provider, parts.use), parts.clock)
    tls = TlsFiles(certificate, key, authority)
    tls.check()
    return Region(
        policy=policy,
        tls=tls,
        signer=signer,
        client=PeerClient(signer, tls, parts.clock),
        directories=Directories(policy, parts.clock),
        rows=RegionReader(parts.pool, settings.csa),
        limits=PeerLimits(settings.peer_children_a_day, settings.peer_misses_a_day),
    )


def second_reading(settings: Settings) -> SecondReading | None:
    """Return the second place to be read, or PolicyRefused; None for an authority without."""
    place, policy = settings.second_place, settings.log_policy
    if place == "none" or policy is None:
        return None
    _, log = _policy_of_one_log(policy)
    if place.startswith("/"):
        return SecondReading(FileSecondPlace(Path(place), log), log)
    return SecondReading(HttpSecondPlace(place, log), log)


def _log_life(settings: JobSettings) -> LogLife | None:
    """Return how long the log is kept, or PolicyRefused; None for a job that drops nothing."""
    if not isinstance(settings, ExpirySettings):
        return None
    text, log = _policy_of_one_log(settings.log_policy)
    return LogLife(settings.log_years, log, cosigning_of(text, log))


def _policy_of_one_log(policy: Path) -> tuple[str, tuple[VerifierKey, ...]]:
    """Return a policy's text and the keys of the one log it names; PolicyRefused."""
    try:
        text = policy.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PolicyRefused("file") from None
    logs = list(logs_of(text).values())
    if len(logs) != 1:
        raise PolicyRefused("log")
    return text, logs[0]


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
        region=watched.region,
        in_region=watched.region is not None,
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """One authority's index, open, and how far its sealer is behind."""

    index: Index
    lag: SealLag


@asynccontextmanager
async def opened(
    settings: Settings, provider: KeyProvider | None = None, clock: Clock | None = None
) -> AsyncIterator[Opened]:
    """Open an index as the process that answers sees it, without a way in, and close it.

    Raises KeyRefused, PolicyRefused, DirectoryRefused or WrongRoles rather than start unsafe.
    """
    moment = clock or SystemClock()
    keys = provider or FileKeyProvider(settings.key_directory)
    keyring = Keyring(settings.csa, keys)
    engines = await open_engines(settings.database_url, settings.csa)
    try:
        if not await standing_roles(engines, settings.csa, DUTIES):
            raise WrongRoles
        parts = PeerParts(keys, PeerKeyUse.SERVE, engines.reading, moment)
        watched = _watched(settings, engines, region_of(settings, parts))
        index = _index(settings.csa, keyring, engines, moment, watched)
        index.log.start()
        try:
            async with _watching(index, watched.lag):
                yield Opened(index, watched.lag)
        finally:
            await index.log.stop()
            if index.region is not None:
                await index.region.client.close()
    finally:
        await engines.close()


@asynccontextmanager
async def _watching(index: Index, lag: SealLag) -> AsyncIterator[None]:
    await restoring.look(index)  # before the first request
    watches = {asyncio.create_task(lag.watch()), asyncio.create_task(restoring.watch(index))}
    if index.region is not None:
        watches.add(asyncio.create_task(Probing(index, index.region).watch()))
        watches.add(asyncio.create_task(Polling(index, index.region).watch()))
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

    Raises KeyRefused, PolicyRefused or WrongRoles rather than start unsafe.
    """
    moment = clock or SystemClock()
    keys = provider or FileKeyProvider(settings.key_directory)
    keyring = Keyring(settings.csa, keys)
    engine = engine_for(settings.database_url, settings.csa, duty, size=1)
    pool = await pool_for(settings.database_url, settings.csa, duty, size=1)
    numberer = Numberer(pool, settings.csa)
    log = AccessLog(settings.csa, keyring.log_keys, keyring.receipt_key, moment, numberer)
    region: Region | None = None
    try:
        if not await stands_for(engine, settings.csa, duty):
            raise WrongRoles
        region = region_of(settings, PeerParts(keys, PeerKeyUse.MANAGE, pool, moment))
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
            region=region,
            log_life=_log_life(settings),
            in_region=region is not None,
        )
    finally:
        if region is not None:
            await region.client.close()
        await log.stop()
        pool.terminate()
        await engine.dispose()
