"""Races on one index: shields against feed lines, and withdrawals of consent against reads.

The races themselves are those of the stories, here a thousand times.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx

from proofs.workings.shield_index import DATABASE, Tried
from proofs.workings.shield_races import Race, raced
from tests.authority import Served
from tests.stories.asking import Ask
from tests.stories.consent_said import tell
from tests.stories.racing_consent import race_consent
from tests.stories.racing_shield import race

A_TIME = 100  # races with one set of tokens, which are good for ten minutes


@dataclass
class Races:
    """How many races were run, how often it was looked after the fact, and what was wrong."""

    races: int = 0
    looked: int = 0
    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)


@asynccontextmanager
async def _asking(tried: Tried) -> AsyncIterator[Ask]:
    transport = httpx.ASGITransport(app=tried.built.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://index.test") as client:
        served = Served(tried.postgres, DATABASE, tried.settings, tried.built)
        yield Ask(client, tried.issuer, served)


async def race_shields(tried: Tried, races: int, told: Callable[[str], None]) -> Races:
    """Shield so many children while lines about each are in flight."""
    found = Races()
    for begin in range(0, races, A_TIME):
        told(f"{begin} of {races} races of a shield")
        async with _asking(tried) as ask:
            some = min(A_TIME, races - begin)
            seen = await raced(ask, partial(_from, begin), some, "social_worker")
        found.races += seen.races
        found.looked += seen.looked
        found.unanswered += seen.unanswered
        found.wrong += seen.unshielded
    return found


def _from(begin: int, number: int) -> Race:
    return race(begin + number)


async def race_consents(tried: Tried, races: int, told: Callable[[str], None]) -> Races:
    """Withdraw so many consents among reads that may rest on them."""
    found = Races()
    for begin in range(0, races, A_TIME):
        told(f"{begin} of {races} races of a withdrawal")
        async with _asking(tried) as ask:
            if begin == 0:
                await tell(ask.served, "social_care")
            seen = await race_consent(ask, min(A_TIME, races - begin))
        found.races += seen.races
        found.looked += seen.late
        found.wrong += seen.wrong
    return found
