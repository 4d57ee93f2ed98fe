"""A deriver or a locator as a process: its log and store as an index has them, its one port.

They are members like any index, with a database, keys and an access log of their own; what
they know of children is nothing.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from index_service.api.flood import Flood
from index_service.api.peer_boundary import PeerBoundary
from index_service.api.probes import Probes
from index_service.commands.peer_port import peer_config
from index_service.commands.serve import serve_peers
from index_service.commands.starting import named_settings, uvloop_run
from index_service.crypto.keyring import Keyring
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.domain.clock import Clock, SystemClock
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.log.access_log import AccessLog
from index_service.opening import DUTIES, PeerParts, region_of
from index_service.services.index import Index
from index_service.services.peering.heard import PeerHandler
from index_service.services.peering.hearing import Hearing
from index_service.services.peering.membership import load_directory
from index_service.services.peering.probe import Probe
from index_service.services.peering.region import Region
from index_service.services.peering.stories import by_path
from index_service.services.region.keeping import keep_member
from index_service.services.sealing_log.lag import SealLag
from index_service.services.views import Views
from index_service.settings import PartySettings
from index_service.store.appending import Appender
from index_service.store.engines import Engines, WrongRoles, open_engines, standing_roles
from index_service.store.membership import Nonces
from index_service.store.reading import LOST

Stories = Callable[[Index, Region], Iterable[PeerHandler]]
"""What a party answers: its routes, from what it works with."""

SEAL_LAG_TOLD_S = 4 * 60 * 60


@dataclass(frozen=True, slots=True)
class Party:
    """A deriver or locator, ready to serve."""

    index: Index
    region: Region
    app: PeerBoundary
    probes: Probes


@asynccontextmanager
async def built_party(
    settings: PartySettings, stories: Stories, clock: Clock | None = None
) -> AsyncIterator[Party]:
    """Open a deriver or locator and close it; raises rather than start unsafe.

    KeyRefused, DirectoryRefused, WrongRoles, or LOST.
    """
    moment = clock or SystemClock()
    keys = FileKeyProvider(settings.key_directory)
    keyring = Keyring(settings.csa, keys)
    engines = await open_engines(settings.database_url, settings.csa)
    region: Region | None = None
    try:
        if not await standing_roles(engines, settings.csa, DUTIES):
            raise WrongRoles
        parts = PeerParts(keys, PeerKeyUse.SERVE, engines.reading, moment)
        region = region_of(settings, parts)
        if region is None:
            raise DirectoryRefused(DirectoryFault.POLICY, "none")
        index = _index(keyring, engines, moment, region)
        lag = SealLag(engines.reading, settings.csa, SEAL_LAG_TOLD_S)
        index.log.start()
        watch = asyncio.create_task(lag.watch())
        try:
            yield Party(index, region, _app(index, region, stories), Probes(index.reading, lag))
        finally:
            watch.cancel()
            await asyncio.wait({watch})
            await index.log.stop()
    finally:
        if region is not None:
            await region.client.close()
        await engines.close()


def _index(keyring: Keyring, engines: Engines, clock: Clock, region: Region) -> Index:
    csa = keyring.csa
    append = Appender(engines.appending, csa)
    return Index(
        csa=csa,
        keyring=keyring,
        log=AccessLog(csa, keyring.log_keys, keyring.receipt_key, clock, append),
        clock=clock,
        views=Views(keyring),
        reading=engines.reading,
        api=engines.api,
        feed=engines.feed,
        audit=engines.audit,
        region=region,
    )


def _app(index: Index, region: Region, stories: Stories) -> PeerBoundary:
    probe = Probe(index.log, index.clock).handler()
    hearing = Hearing(region, Nonces(index.reading, index.csa), index.keyring.rows, index.clock)
    handlers = by_path([probe, *stories(index, region)])
    return PeerBoundary(hearing, index.log, Flood(index.log), handlers)


def run_party(story: Callable[[], Awaitable[None]]) -> int:
    """Run a party's story to its end. What is missing or unfit is 2, said in a sentence."""
    try:
        uvloop_run(story())
    except ValidationError as wrong:
        print("refused: missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
        return 2
    except KeyRefused as refused:
        print(f"refused: a key ({refused})", file=sys.stderr)
        return 2
    except DirectoryRefused as refused:
        print(f"refused: of its part in the region ({refused})", file=sys.stderr)
        return 2
    except WrongRoles:
        print("refused: the login roles are not this member's", file=sys.stderr)
        return 2
    except LOST as lost:
        print(f"refused: the database cannot be had ({type(lost).__name__})", file=sys.stderr)
        return 3
    return 0


async def serve_party(settings: PartySettings, opened: AbstractAsyncContextManager[Party]) -> None:
    """Serve an opened party's peer port and its probes."""
    async with opened as party:
        config = peer_config(party.app, party.region.tls, settings.peer_host, settings.peer_port)
        await serve_peers(config, party.probes, settings.ops_host, settings.ops_port)


Opened = Callable[[], AbstractAsyncContextManager[Party]]
"""How a command opens its party, by settings that are read when it runs."""


def mount_keeping(verbs: Any, opened: Opened) -> None:
    """Add what an operator does at a party: load a directory, suspend a member, release it."""
    loading = verbs.add_parser("load", help="bring a signed directory into force")
    loading.add_argument("document", type=Path)
    loading.set_defaults(
        run=lambda chosen: run_party(lambda: _load(opened, _read(chosen.document)))
    )
    for verb, suspended in (("suspend", True), ("release", False)):
        keeping = verbs.add_parser(verb, help=f"{verb} a member here, from its next message on")
        keeping.add_argument("member")
        keeping.set_defaults(run=_keeping(opened, suspended=suspended))


async def _load(opened: Opened, document: bytes) -> None:
    async with opened() as party:
        print(f"in force: version {(await load_directory(party.index, document)).version}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise DirectoryRefused(DirectoryFault.FORM, "file") from None


def _keeping(opened: Opened, *, suspended: bool) -> Callable[[argparse.Namespace], int]:
    async def keep(name: str) -> None:
        async with opened() as party:
            await keep_member(party.index, name, suspended=suspended)

    return lambda chosen: run_party(lambda: keep(chosen.member))
