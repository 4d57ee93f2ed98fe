"""`database migrate`: bring the tables up to date, as index_owner."""

import argparse
import sys
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("database", help="migrate the database")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    migrate = verbs.add_parser("migrate", help="bring the tables up to date (DATABASE_URL)")
    migrate.add_argument("--ini", type=Path, default=Path("alembic.ini"))
    migrate.set_defaults(run=run_migrate)


def run_migrate(chosen: argparse.Namespace) -> int:
    """Upgrade to the newest revision."""
    if not chosen.ini.is_file():
        print(f"no {chosen.ini}: run where alembic.ini is, or name it with --ini", file=sys.stderr)
        return 2
    command.upgrade(Config(str(chosen.ini)), "head")
    return 0
