"""`log`: hand out a whole shard's openings, or every row's state, for `index-verify`."""

import argparse
import sys
from collections.abc import AsyncIterator
from typing import Any

from pydantic import ValidationError

from index_service.commands.starting import named_settings, uvloop_run
from index_service.crypto.providers import KeyRefused
from index_service.domain.access import checked_reference
from index_service.domain.errors import Invalid, Unavailable
from index_service.opening import built_job
from index_service.services.auditing.handing_out import NoHead, openings, states
from index_service.services.index import Index
from index_service.settings import JobSettings
from index_service.store.engines import WrongRoles, pool_for
from index_service.store.reading import LOST

DUTY = "audit"


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("log", help="hand out what the log is verified by (role audit)")
    verbs = noun.add_subparsers(dest="verb", required=True, metavar="VERB")
    stating = verbs.add_parser("states", help="write every row's state; stills writers a second")
    stating.set_defaults(run=run)
    opening = verbs.add_parser("openings", help="write every entry of a shard, opened")
    opening.add_argument("--case", required=True, type=_case, help="the case it is for")
    opening.add_argument("--shard", type=int, help="the newest if not given")
    opening.set_defaults(run=run)


def _case(text: str) -> str:
    try:
        return checked_reference(text)
    except Invalid:
        raise argparse.ArgumentTypeError(
            "3 to 24 of A-Z, 0-9, / and -; no number of a child"
        ) from None


def run(chosen: argparse.Namespace) -> int:
    """Write it to standard output. A missing or unsafe setting is 2, a log without head 1."""
    try:
        settings = JobSettings()  # pydantic reads the environment
        uvloop_run(_run(settings, chosen))
    except ValidationError as wrong:
        print("not started: missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
        return 2
    except KeyRefused as refused:
        print(f"not started: a key was refused: {refused}", file=sys.stderr)
        return 2
    except WrongRoles:
        print("not started: the login role is not this authority's for auditing", file=sys.stderr)
        return 2
    except NoHead:
        print("nothing to hand out: no signed head of it, or its year is dropped", file=sys.stderr)
        return 1
    except (*LOST, Unavailable) as lost:
        print(f"broken off: the database cannot be had ({type(lost).__name__})", file=sys.stderr)
        return 3
    return 0


async def _run(settings: JobSettings, chosen: argparse.Namespace) -> None:
    async with built_job(settings, DUTY) as index:
        pool = await pool_for(settings.database_url, settings.csa, DUTY, size=1)
        try:
            async for line in _lines(index, pool, chosen):
                sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
        finally:
            pool.terminate()


def _lines(index: Index, pool: Any, chosen: argparse.Namespace) -> AsyncIterator[bytes]:
    if chosen.verb == "states":
        return states(index, pool)
    return openings(index, pool, chosen.shard, chosen.case)
