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
from index_service.domain.clock import SystemClock
from index_service.main import built
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
        async with built(settings) as made:
            await open_week(made.index, week, engine)
    finally:
        await engine.dispose()
