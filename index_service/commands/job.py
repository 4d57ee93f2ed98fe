"""`job`: run one of the jobs, once or every so often, until told to stop."""

import argparse
import asyncio
import signal
import sys
from typing import Any

from pydantic import ValidationError

from index_service.commands.starting import named_settings, uvloop_run
from index_service.crypto.providers import KeyRefused
from index_service.domain.errors import Unavailable
from index_service.federation.errors import DirectoryRefused
from index_service.jobs.jobs import JOBS, Job
from index_service.jobs.running import keep_running, run_once
from index_service.log.policy import PolicyRefused
from index_service.opening import built_job
from index_service.settings import ExpirySettings, JobSettings
from index_service.store.engines import WrongRoles
from index_service.store.reading import LOST

# What a job must be told besides what every job is.
_TOLD: dict[str, type[JobSettings]] = {"expire": ExpirySettings}


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    command = nouns.add_parser("job", help="run a job: " + ", ".join(JOBS))
    command.add_argument("name", choices=tuple(JOBS))
    command.add_argument("--once", action="store_true", help="run it once and end")
    command.add_argument("--every", type=_seconds, metavar="SECONDS", help="from run to run")
    command.set_defaults(run=run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 1 <= seconds <= 7 * 24 * 60 * 60:
        raise argparse.ArgumentTypeError("a second to a week")
    return seconds


def run(chosen: argparse.Namespace) -> int:
    """Run the job. A missing or unsafe setting is 2, said without its value; a failed run 1."""
    try:
        settings = _TOLD.get(chosen.name, JobSettings)()  # pydantic reads the environment
    except ValidationError as wrong:
        print("not started: missing or unsafe settings: " + named_settings(wrong), file=sys.stderr)
        return 2
    try:
        return int(uvloop_run(_run(settings, JOBS[chosen.name], chosen)))
    except KeyRefused as refused:
        print(f"not started: a key was refused: {refused}", file=sys.stderr)
        return 2
    except DirectoryRefused as refused:
        print(f"not started: the part in a region was refused ({refused})", file=sys.stderr)
        return 2
    except PolicyRefused as refused:
        print(f"not started: the log's policy was refused: {refused.code}", file=sys.stderr)
        return 2
    except WrongRoles:
        print("not started: the login role is not this authority's for this job", file=sys.stderr)
        return 2
    except (*LOST, Unavailable) as lost:
        print(f"not started: the database cannot be had ({type(lost).__name__})", file=sys.stderr)
        return 3


async def _run(settings: JobSettings, job: Job, chosen: argparse.Namespace) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with built_job(settings, job.duty) as index:

        async def once(told: asyncio.Event) -> bool:
            return await job.run(index, told)

        if chosen.once:
            return 0 if await run_once(job.name, once, stop) else 1
        await keep_running(job.name, once, chosen.every or job.every_s, stop)
    return 0
