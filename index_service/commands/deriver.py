"""`deriver`: evaluates the region's oblivious function, as a member run apart from all others."""

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from index_service.commands.region_party import (
    Party,
    built_party,
    mount_keeping,
    run_party,
    serve_party,
)
from index_service.commands.starting import named_settings
from index_service.crypto.oprf_keys import (
    SERIES,
    OprfKeys,
    destroy_oprf_seeds,
    make_oprf_seeds,
)
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.domain.clock import Clock
from index_service.federation.directory import RegionPolicy
from index_service.federation.errors import DirectoryRefused
from index_service.federation.forms import EPOCH_MAX
from index_service.federation.oblivious import KeyPair, derive_key_pair
from index_service.services.index import Index
from index_service.services.peering.heard import PeerHandler
from index_service.services.peering.region import Region
from index_service.services.region.evaluating import DeriverLimits, Evaluating
from index_service.settings import DeriverSettings


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("deriver", help="evaluate the region's oblivious function")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    serving = verbs.add_parser("serve", help="serve the members of the region")
    serving.set_defaults(run=run_serve)
    mount_keeping(verbs, lambda: built_deriver(DeriverSettings()))
    making = verbs.add_parser("make-keys", help="make an epoch's keys, print their public halves")
    making.add_argument("epoch", type=_epoch)
    making.set_defaults(run=run_make_keys)
    dropping = verbs.add_parser("destroy-keys", help="destroy the keys of epochs gone by")
    dropping.add_argument("before", type=_epoch, help="the first epoch whose keys stay")
    dropping.set_defaults(run=run_destroy_keys)


def run_serve(_: argparse.Namespace) -> int:
    """Serve until told to stop."""

    async def serve() -> None:
        settings = DeriverSettings()  # pydantic reads the environment
        await serve_party(settings, built_deriver(settings))

    return run_party(serve)


def run_make_keys(chosen: argparse.Namespace) -> int:
    """Make the keys of an epoch if they are not there; print what the directory is to say."""
    return _on_keys(lambda settings: _make(settings, chosen.epoch))


def run_destroy_keys(chosen: argparse.Namespace) -> int:
    """Destroy what epochs before one were derived with: nobody derives for them any more."""
    return _on_keys(lambda settings: _destroy(settings, chosen.before))


def built_deriver(
    settings: DeriverSettings, clock: Clock | None = None
) -> AbstractAsyncContextManager[Party]:
    """Open a deriver; raises rather than start unsafe, as `built_party` does."""
    limits = DeriverLimits(settings.lookup_inputs_a_day, settings.job_inputs_a_child)

    def stories(index: Index, region: Region) -> Iterable[PeerHandler]:
        provider = FileKeyProvider(settings.oprf_key_directory)
        keys: OprfKeys[KeyPair] = OprfKeys(region.policy.region, provider, derive_key_pair)
        return Evaluating(index, keys, limits).handlers()

    return built_party(settings, stories, clock)


def public_keys(region: str, directory: Path, epoch: int) -> dict[str, dict[str, str]]:
    """Return the public halves of an epoch's keys, as the region's directory writes them."""
    keys: OprfKeys[KeyPair] = OprfKeys(region, FileKeyProvider(directory), derive_key_pair)
    return {
        series: {str(epoch): b64encode(keys.of(series, epoch).public).decode()} for series in SERIES
    }


def _make(settings: DeriverSettings, epoch: int) -> None:
    policy = RegionPolicy.read(Path(settings.region_policy).read_text(encoding="utf-8"))
    directory = settings.oprf_key_directory
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_oprf_seeds(FileKeyProvider(directory), epoch)
    print(json.dumps(public_keys(policy.region, directory, epoch)))


def _destroy(settings: DeriverSettings, before: int) -> None:
    count = destroy_oprf_seeds(FileKeyProvider(settings.oprf_key_directory), before)
    print(f"destroyed {count}")


def _on_keys(what: Any) -> int:
    try:
        what(DeriverSettings())
    except ValidationError as wrong:
        print("missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
        return 2
    except (KeyRefused, DirectoryRefused) as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 2
    except OSError as lost:
        print(f"refused: {type(lost).__name__}", file=sys.stderr)
        return 2
    return 0


def _epoch(text: str) -> int:
    number = int(text)
    if not 0 <= number <= EPOCH_MAX:
        raise ValueError("no epoch")
    return number
