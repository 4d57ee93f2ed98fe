"""A valid member that tries guess after guess; and one that tries them off line, with a filter.

The first has everything a peer has: key, certificate, the deriver. The second has all of that
member's keys and a filter it stole, but nobody who derives for it.
"""

import asyncio
import hashlib
import hmac
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from demo.region import LOCATOR
from demo.towns import NORTHMERE
from index_service.domain.matching.keys import query_keys
from index_service.domain.matching.region_keys import KINDS_OF
from index_service.federation.filters import Filter, keys_stated
from index_service.federation.oblivious import KeyPair, region_input
from index_service.services.peering.region_sheet import region_token
from proofs.workings.peer_real import EPOCH, Real, first
from proofs.workings.peer_seen import Peopled, digests_of, facts_of, goes_on, tells
from proofs.workings.peer_state import stores_of
from proofs.workings.peer_wire import Heard
from tests.region import RegionServed
from tests.stories.made import Stated, a_child

AT_ONCE: Final = 24
DISTINCT_MAX: Final = 25
RIGHT_ONE_IN: Final = 6  # of plausible guesses, so many are of children who live there
LUCKY_MAX: Final = 4  # of 10,000 by chance alone: 16 bits say yes to 0.15 of them


@dataclass(slots=True)
class Trawl:
    """What a trawl came to."""

    guesses: int = 0
    right: int = 0  # guesses of children who live there and are shown
    told: set[str] = field(default_factory=set)  # distinct children, by either leg
    after: list[Heard] = field(default_factory=list)  # leg 1 of children there, once stopped
    misses: list[Heard] = field(default_factory=list)  # leg 1 of nobody, once stopped
    refused: int = 0
    stopped: bool = False  # a child who is there was not told of


def guesses(people: Peopled, count: int, chance: random.Random) -> list[tuple[Stated, bool]]:
    """Return guesses in an order by lot, each with whether the child lives there and is shown."""
    there = people.crowd + people.children["shown"]
    right = count // RIGHT_ONE_IN
    # Each once before any again: a trawl is for many children.
    known = [(there[number % len(there)], True) for number in range(right)]
    made = known + [(a_child(), False) for _ in range(count - right)]
    chance.shuffle(made)
    return made


async def trawled(
    real: Real, key: KeyPair, tried: Sequence[tuple[Stated, bool]], told: Callable[[str], None]
) -> Trawl:
    """Ask leg 1 of every guess, and leg 2 wherever it says to go on."""
    found, few = Trawl(), asyncio.Semaphore(AT_ONCE)

    async def one(child: Stated, is_there: bool) -> None:
        async with few:
            question = first(digests_of(facts_of(child), key))
            begun_stopped = found.stopped
            heard = await real.asked(question)
            found.guesses, found.right = found.guesses + 1, found.right + is_there
            found.refused += heard.status != 200
            if goes_on(heard):
                found.told.add(child["nhs_number"])
                await real.ask_on(question, heard, facts_of(child))
            elif is_there:
                found.stopped = True
                found.after.append(heard)
            elif begun_stopped:
                found.misses.append(heard)
            told(f"{found.guesses} of {len(tried)} guesses, {len(found.told)} children told of")

    await asyncio.gather(*(one(child, is_there) for child, is_there in tried))
    return found


async def asks_on_anyway(real: Real, key: KeyPair, child: Stated) -> bool:
    """Return whether leg 2 tells anything of a child leg 1 stopped at."""
    question = first(digests_of(facts_of(child), key))
    heard = await real.asked(question)
    return tells(await real.ask_on(question, heard, facts_of(child)))


# Off line


@dataclass(frozen=True, slots=True)
class Offline:
    """How often each way of digesting guesses hits the stolen filter."""

    guesses: int
    hits: dict[str, int]
    control_right: int  # of guesses that are there, with the deriver's key
    control_there: int
    control_wrong: int

    @property
    def is_chance(self) -> bool:
        """Whether no way does better than a coin of 16 bits."""
        return max(self.hits.values()) <= max(LUCKY_MAX, self.guesses // 2_000)

    @property
    def is_seen(self) -> bool:
        """Whether the deriver's key shows who is there, so that the filter is worth stealing."""
        return self.control_there > 0 and self.control_right == self.control_there


async def offline(
    region: RegionServed, tried: Sequence[tuple[Stated, bool]], key: KeyPair
) -> Offline:
    """Try guesses against Northmere's own filter with Camfield's key material alone."""
    written = await stolen_filter(region)
    kept = Filter.open(written, keys_stated(written))
    secrets = _secrets(region.papers.members["camfield"].keys)
    keyring = region["camfield"].served.index.keyring
    hits: dict[str, int] = {}
    right = there = wrong = 0
    for child, is_there in tried:
        asked = [each for each in query_keys(facts_of(child), 1) if each[0] in KINDS_OF["first"]]
        for kind, text in asked:
            for way, digest in _ways(region_input("search", kind, text), secrets):
                hits[way] = hits.get(way, 0) + kept.holds(digest)
            token = region_token(keyring, EPOCH, region_input("search", kind, text))
            hits["own token"] = hits.get("own token", 0) + kept.holds(token)
        held = any(kept.holds(digest) for digest in digests_of(facts_of(child), key))
        there, right, wrong = (
            there + is_there,
            right + (held and is_there),
            wrong + (held and not is_there),
        )
    return Offline(len(tried), hits, right, there, wrong)


async def stolen_filter(region: RegionServed) -> bytes:
    """Return Northmere's filter as it lies at the locator."""
    async with stores_of(region)[LOCATOR].connected() as connection:
        sql = 'select filter from member_filter where member = $1 and "set" = $2'
        return bytes(await connection.fetchval(sql, NORTHMERE, "first"))


def _secrets(keys: Path) -> list[bytes]:
    """Return every secret of a member, as files hold them."""
    return [path.read_bytes() for path in sorted(keys.iterdir()) if path.is_file()]


def _ways(text: bytes, secrets: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    yield "SHA-512", hashlib.sha512(text).digest()
    yield "SHA-256", hashlib.sha256(text).digest()
    for number, secret in enumerate(secrets):
        yield f"HMAC by secret {number}", hmac.digest(secret, text, "sha512")
