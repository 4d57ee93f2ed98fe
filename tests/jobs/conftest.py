"""What every job's story begins with: an index that answers, and jobs beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from index_service.domain.clock import Clock, FixedClock, SystemClock
from index_service.log.entry import AccessEntry, Outcome
from index_service.opening import built_job
from index_service.services.index import Index
from tests.authority import Served
from tests.stories.conftest import ask

__all__ = ["ask", "beside", "entry_of", "in_a_while"]


def in_a_while(minutes: int = 10) -> Clock:
    """Return a clock that is so many minutes on: what is asked now was asked a while ago."""
    return FixedClock(SystemClock().now() + timedelta(minutes=minutes))


@asynccontextmanager
async def beside(served: Served, duty: str, clock: Clock | None = None) -> AsyncIterator[Index]:
    """Open the index as a job of a duty sees it, at another moment.

    The log keeps the true time: there are keys of this year only.
    """
    async with built_job(served.settings, duty) as index:
        yield replace(index, clock=clock or in_a_while())


def entry_of(index: Index) -> AccessEntry:
    """Return an entry of a change made by a test."""
    stamp = index.log.stamp()
    return AccessEntry(*stamp, action="change", route="tests", outcome=Outcome.RECORDED)
