"""`locator`: keeps the region's filters and shield set, as a member run apart from all others."""

import argparse
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any

from index_service.commands.region_party import (
    Party,
    built_party,
    mount_keeping,
    run_party,
    serve_party,
)
from index_service.domain.clock import Clock
from index_service.services.index import Index
from index_service.services.peering.heard import PeerHandler
from index_service.services.peering.region import Region
from index_service.services.region.locating import Locating, LocatorLimits
from index_service.services.region.shield_set import ShieldSet
from index_service.settings import LocatorSettings


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("locator", help="keep the region's filters and its shield set")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    serving = verbs.add_parser("serve", help="serve the members of the region")
    serving.set_defaults(run=run_serve)
    mount_keeping(verbs, lambda: built_locator(LocatorSettings()))


def run_serve(_: argparse.Namespace) -> int:
    """Serve until told to stop."""

    async def serve() -> None:
        settings = LocatorSettings()  # pydantic reads the environment
        await serve_party(settings, built_locator(settings))

    return run_party(serve)


def built_locator(
    settings: LocatorSettings, clock: Clock | None = None
) -> AbstractAsyncContextManager[Party]:
    """Open a locator; raises rather than start unsafe, as `built_party` does."""
    limits = LocatorLimits(
        settings.located_a_day,
        settings.shield_asked_a_child,
        settings.shield_batches_a_day,
        settings.notes_a_day,
    )

    def stories(index: Index, _: Region) -> Iterable[PeerHandler]:
        return (*Locating(index, limits).handlers(), *ShieldSet(index, limits).handlers())

    return built_party(settings, stories, clock)
