"""`seal`: number committed entries into the tree and sign its heads, a process of its own."""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from index_service.commands.starting import named_settings, uvloop_run
from index_service.crypto.providers import FileKeyProvider, KeyRefused
from index_service.crypto.sealer_keys import SealerSecrets
from index_service.domain.clock import Clock, SystemClock
from index_service.domain.errors import Unavailable
from index_service.log.checkpoint import HeadKeys
from index_service.log.policy import CosigningPolicy, PolicyRefused
from index_service.log.second_place import (
    FileSecondPlace,
    HttpSecondPlace,
    PlaceUnfit,
    SwapRefused,
)
from index_service.services.sealing_log.anew import NotReleased
from index_service.services.sealing_log.cosigning import Cosigning
from index_service.services.sealing_log.growing import RolledBack
from index_service.services.sealing_log.off_machine import OffMachine
from index_service.services.sealing_log.running import End, keep_sealing, seal_anew, seal_once
from index_service.services.sealing_log.sealer import FoundedAlready, Rounds, Sealer
from index_service.settings import SealSettings
from index_service.store.engines import WrongRoles, engine_for, pool_for, stands_for
from index_service.store.reading import LOST
from index_service.store.sealed_log import SealedLog

DUTY = "seal"


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    command = nouns.add_parser("seal", help="seal the access log: tree, signed heads")
    how = command.add_mutually_exclusive_group()
    how.add_argument("--found", action="store_true", help="begin a log, once, and end")
    how.add_argument("--once", action="store_true", help="seal what waits now, and end")
    how.add_argument("--policy", action="store_true", help="print the public keys, and end")
    how.add_argument(
        "--after-rollback",
        type=UUID,
        metavar="ENTRY",
        help="begin the tree anew with the entry that approved its release, seal, and end",
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Seal until told to stop. A missing or unsafe setting is 2, said without its value."""
    try:
        settings = SealSettings()  # pydantic reads the environment
        if chosen.policy:
            print(policy_lines(settings), end="")
            return 0
        return int(uvloop_run(_run(settings, chosen)))
    except ValidationError as wrong:
        print("not started: missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
    except KeyRefused as refused:
        print(f"not started: a key was refused: {refused}", file=sys.stderr)
    except ValueError as refused:
        print(f"not started: INDEX_LOG_ORIGIN is no log's name: {refused}", file=sys.stderr)
    except PolicyRefused as refused:
        print(f"not started: the witness policy was refused ({refused.code})", file=sys.stderr)
    except WrongRoles:
        print("not started: the login role is not this authority's for sealing", file=sys.stderr)
    except NotReleased as refused:
        print(f"refused: nothing is begun anew ({refused.code})", file=sys.stderr)
        return End.REFUSED
    except FoundedAlready:
        print("founded already: the second place holds a head", file=sys.stderr)
        return 1
    except RolledBack as refused:
        print(f"refused: the database holds a sealed log ({refused.code})", file=sys.stderr)
        return End.ROLLED_BACK
    except (PlaceUnfit, SwapRefused) as refused:
        print(f"refused: the second place is not fit ({refused.code})", file=sys.stderr)
        return End.SECOND_PLACE
    except (*LOST, Unavailable) as lost:
        print(f"not started: the database cannot be had ({type(lost).__name__})", file=sys.stderr)
        return End.STORE_LOST
    return 2


async def _run(settings: SealSettings, chosen: argparse.Namespace) -> int:
    async with sealing_of(settings) as parts:
        if chosen.found:
            await parts.rounds.found()
            return End.WELL
        if chosen.after_rollback is not None:
            entry = chosen.after_rollback
            end = await seal_anew(parts.rounds, parts.off_machine, entry, parts.cosigning)
            if end is not End.WELL:
                return end
        if chosen.once or chosen.after_rollback is not None:
            return await seal_once(parts.rounds, parts.off_machine, parts.cosigning)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        await keep_sealing(parts.rounds, parts.off_machine, stop, cosigning=parts.cosigning)
    return End.WELL


@dataclass(frozen=True, slots=True)
class SealingParts:
    """A sealer ready to work, its way off the machine and its witnesses if it has them."""

    rounds: Rounds
    off_machine: OffMachine | None
    cosigning: Cosigning | None


@asynccontextmanager
async def sealing_of(
    settings: SealSettings, clock: Clock | None = None
) -> AsyncIterator[SealingParts]:
    """Open a sealer and close it, here or in a process of its own.

    Raises KeyRefused, PolicyRefused, WrongRoles or ValueError rather than start unsafe.
    """
    secrets = SealerSecrets(settings.csa, FileKeyProvider(settings.sealer_key_directory))
    keys = _head_keys(settings, secrets)
    policy = _policy(settings, keys)
    await _check_role(settings)
    pool = await pool_for(settings.database_url, settings.csa, DUTY, size=4)
    try:
        store = SealedLog(pool, settings.csa)
        place = FileSecondPlace(settings.second_place, keys.verifiers)
        moment = clock or SystemClock()
        sealer = Sealer(settings.csa, store, secrets, keys, place, moment)
        off_machine = None
        if settings.off_machine_url != "none":
            keeper = HttpSecondPlace(settings.off_machine_url, keys.verifiers)
            off_machine = OffMachine(keeper, store, keys)
        cosigning = Cosigning(policy, store, keys) if policy else None
        yield SealingParts(Rounds(sealer), off_machine, cosigning)
    finally:
        pool.terminate()


def _policy(settings: SealSettings, keys: HeadKeys) -> CosigningPolicy | None:
    if settings.witness_policy == "none":
        return None
    try:
        text = Path(settings.witness_policy).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PolicyRefused("file") from None
    return CosigningPolicy.read(text, keys.verifiers)


async def _check_role(settings: SealSettings) -> None:
    engine = engine_for(settings.database_url, settings.csa, DUTY, size=1)
    try:
        if not await stands_for(engine, settings.csa, DUTY):
            raise WrongRoles
    finally:
        await engine.dispose()


def policy_lines(settings: SealSettings) -> str:
    """Return the sealer's lines of a policy file: whose log it is, and its two public keys."""
    secrets = SealerSecrets(settings.csa, FileKeyProvider(settings.sealer_key_directory))
    keys = _head_keys(settings, secrets)
    logs = "".join(f"log {key.text()}\n" for key in keys.verifiers)
    return f"csa {settings.csa}\n{logs}"


def _head_keys(settings: SealSettings, secrets: SealerSecrets) -> HeadKeys:
    return HeadKeys(settings.log_origin, secrets.ed25519_seed, secrets.ml_dsa_seed)
