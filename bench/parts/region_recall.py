"""Who is contacted about whom: labelled questions put to a real deriver and a real locator.

Every question goes by signed messages over mutual TLS, as an index's own: derived by one call,
located by another. The asking authority is any but the child's own, and is not counted.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from bench.parts.development_data import POPULATION, facts_of, read_rows
from bench.parts.region_filled import name_of
from bench.parts.region_stand import EPOCH, SERIES, RegionStand
from index_service.crypto.peer_keys import PeerKeyUse
from index_service.domain.matching.keys import Facts, query_keys
from index_service.domain.matching.region_keys import KINDS_OF
from index_service.federation.oblivious import region_input
from index_service.federation.region_bodies import POSSIBLE
from index_service.federation.region_client import RegionClient
from index_service.federation.sizes import DERIVED_AT_ONCE, DERIVED_WIDE_AT_ONCE

SETS: Final = {"first": DERIVED_AT_ONCE, "wide": DERIVED_WIDE_AT_ONCE}
GROUPS: Final = ("normal", "hard", "impostors normal", "impostors hard")
ASKERS: Final = 4
AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its group, and whose child it truly is; "" of one who is nowhere."""

    group: str
    facts: Facts
    answer: str


@dataclass(slots=True)
class Found:
    """What a group's questions came to in one set."""

    asked: int = 0
    right: int = 0
    contacts: list[int] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)  # contacted beside the right one
    inputs: int = 0
    dropped: int = 0  # keys beyond those a call carries
    cpu_s: float = 0.0

    @property
    def recall(self) -> float:
        """The share of questions in which the right authority is contacted."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def mean(self) -> float:
        """How many authorities are contacted a question."""
        return sum(self.contacts) / self.asked if self.asked else 0.0

    def at(self, share: float) -> int:
        """Return how many authorities are contacted at most in this share of questions."""
        ordered = sorted(self.contacts)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


@dataclass(slots=True)
class Measured:
    """All groups by set, and what answering a question cost."""

    found: dict[tuple[str, str], Found]
    answering_cpu_ms: dict[str, float]
    seconds: float


def questions(rows: int, most: int, seed: int) -> list[Asked]:
    """Return so many questions of each group, by lot where there are more."""
    chance, found = random.Random(seed), list[Asked]()
    homes = dict[int, str]()
    for number, row in enumerate(read_rows(POPULATION)):
        if number >= rows:
            break
        homes[number] = name_of(row["authority"])
    for name in ("normal", "hard"):
        present = [r for r in read_rows(f"queries-{name}.csv.gz") if int(r["true_id"]) < rows]
        absent = list(read_rows(f"impostors-{name}.csv.gz"))
        for group, some in ((name, present), (f"impostors {name}", absent)):
            chosen = chance.sample(some, min(most, len(some))) if most else some
            found += [
                Asked(group, facts_of(row), homes.get(int(row["true_id"]), "")) for row in chosen
            ]
    return found


async def recalled(stands: RegionStand, asked: Sequence[Asked], seed: int) -> Measured:
    """Put every question twice: with the first set of digests, and with the wide one."""
    chance, begun = random.Random(seed), time.monotonic()
    askers = chance.sample(stands.authorities, min(ASKERS, len(stands.authorities)))
    measured = {(group, name): Found() for group in GROUPS for name in SETS}
    before = stands.answering_cpu_s()
    async with AsyncExitStack() as stack:
        clients = {}
        for member in askers:
            asking = stands.asking(member, PeerKeyUse.SERVE)
            clients[member] = await stack.enter_async_context(asking)
        few, spent = asyncio.Semaphore(AT_ONCE), dict.fromkeys(SETS, 0.0)

        async def one(question: Asked, set_name: str) -> None:
            async with few:
                member = chance.choice([each for each in askers if each != question.answer])
                found = measured[question.group, set_name]
                await _ask(clients[member], member, question, (set_name, found))

        for set_name in SETS:
            started = time.process_time()
            await asyncio.gather(*(one(question, set_name) for question in asked))
            spent[set_name] = time.process_time() - started
    after = stands.answering_cpu_s()
    for (_, set_name), found in measured.items():
        found.cpu_s = spent[set_name] / max(1, len(asked))
    told = 2 * max(1, len(asked))
    answering = {name: 1000 * (after[name] - before[name]) / told for name in after}
    return Measured(measured, answering, time.monotonic() - begun)


async def _ask(region: RegionClient, member: str, question: Asked, into: tuple[str, Found]) -> None:
    set_name, found = into
    keys = [key for key in query_keys(question.facts, 1) if key[0] in KINDS_OF[set_name]]
    size = SETS[set_name]
    inputs = [region_input(SERIES, kind, text) for kind, text in keys[:size]]
    digests = await region.derive(SERIES, EPOCH, inputs, size)
    said = await region.locate(set_name, EPOCH, digests)
    told = {name for name, word in said.items() if word == POSSIBLE and name != member}
    found.asked += 1
    found.inputs += len(inputs)
    found.dropped += len(keys) - len(inputs)
    found.right += question.answer in told
    found.contacts.append(len(told))
    found.strangers.append(len(told - {question.answer}))
