"""`keys`: make an authority's key files, and each week's wrap key."""

import argparse
import asyncio
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from index_service.crypto.providers import (
    FileKeyProvider,
    KeyFault,
    KeyRefused,
    KeyUse,
    make_keys,
    week_id,
)
from index_service.crypto.sealer_keys import make_sealer_keys
from index_service.crypto.witness_key import WITNESS_NAME, make_witness_key, witness_seed
from index_service.domain.clock import SystemClock
from index_service.log.witness import WitnessKey
from index_service.log.witness_state import StateUnfit, begin_state
from index_service.opening import opened
from index_service.services.founding import open_week
from index_service.settings import Settings
from index_service.store.engines import engine_for

LOG_KEY_DAYS_AHEAD = 35


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("keys", help="make key files")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    make = verbs.add_parser("make", help="make all keys of a new authority in an empty directory")
    make.add_argument("directory", type=Path)
    make.set_defaults(run=run_make)
    sealer = verbs.add_parser("make-sealer", help="make the sealer's own keys, in their directory")
    sealer.add_argument("directory", type=Path)
    sealer.set_defaults(run=run_make_sealer)
    witness = verbs.add_parser("make-witness", help="make a witness's key, and begin its state")
    witness.add_argument("directory", type=Path)
    witness.add_argument("state", type=Path, help="an empty directory of its own")
    witness.set_defaults(run=run_make_witness)
    week = verbs.add_parser("open-week", help="make this week's wrap key and open it")
    week.set_defaults(run=run_open_week)


def run_make(chosen: argparse.Namespace) -> int:
    """Make every key; refuses a directory others can read."""
    chosen.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    today = SystemClock().today()
    try:
        make_keys(FileKeyProvider(chosen.directory), week_id(today), today.year)
    except KeyRefused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 2
    return 0


def run_make_sealer(chosen: argparse.Namespace) -> int:
    """Make the two seeds that sign heads; refuses a directory with any other key in it."""
    chosen.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        make_sealer_keys(FileKeyProvider(chosen.directory))
    except KeyRefused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 2
    return 0


def run_make_witness(chosen: argparse.Namespace) -> int:
    """Make a witness's key and begin the directory of what it cosigned: both, or neither anew."""
    chosen.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    provider = FileKeyProvider(chosen.directory)
    try:
        make_witness_key(provider)
        begin_state(chosen.state, WitnessKey("witness", witness_seed(provider)).verifier.public)
    except KeyRefused as refused:
        print(f"refused: {refused}", file=sys.stderr)
        return 2
    except StateUnfit as refused:
        provider.destroy(WITNESS_NAME)
        print(f"refused: the state directory is not fit ({refused.code})", file=sys.stderr)
        return 2
    return 0


def run_open_week(_: argparse.Namespace) -> int:
    """Say in the database that this week's wrap key is open, then make it if it is missing.

    In this order: running writers take up a new key within a second of its making.
    """
    settings = Settings()
    today = SystemClock().today()
    asyncio.run(_open(settings, week_id(today)))
    ensure_week(FileKeyProvider(settings.key_directory), today)
    return 0


def ensure_week(provider: FileKeyProvider, today: date) -> int:
    """Return this week's id, its wrap key made if there was none.

    The log's key of the year to come is made five weeks ahead: without it nothing could
    be answered from New Year's Day on.
    """
    week = week_id(today)
    ahead = today + timedelta(days=LOG_KEY_DAYS_AHEAD)
    for name in (f"{KeyUse.WRAP}.{week}", f"{KeyUse.LOG}.{ahead.year}"):
        try:
            provider.create(name)
        except KeyRefused as refused:
            if refused.fault is not KeyFault.EXISTS:
                raise
    return week


async def _open(settings: Settings, week: int) -> None:
    engine = engine_for(settings.database_url, settings.csa, "job", size=1)
    try:
        async with opened(settings) as made:
            await open_week(made.index, week, engine)
    finally:
        await engine.dispose()
