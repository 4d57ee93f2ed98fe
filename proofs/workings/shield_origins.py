"""How often a child nobody meant waits for the team beside shielded ones, by origin of the name.

A record is held where it may be a shielded child's. Of a population, some are shielded and
others arrive as new records: each of these that is held is held in error. The real keys,
guards and doubt are asked; only the store is not there.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice
from types import SimpleNamespace
from typing import Any

from bench.parts.development_data import DATA, POPULATION, facts_of, read_rows
from bench.parts.origins import origin_of
from index_service.crypto.keyring import Keyring
from index_service.crypto.providers import MemoryKeyProvider, make_keys
from index_service.domain.child import ChildRecord, Gender, Identity, PersonName, Tracing
from index_service.domain.matching.keys import Facts
from index_service.services.encoding import Policy
from index_service.services.placing import Surroundings, sought
from index_service.services.sealing import facts_of as facts_of_record
from index_service.services.sealing import new_child
from proofs.workings.population import population, record_of
from proofs.workings.shield_said import Inventor

CHILDREN = 350_000  # of a large authority
SHIELDED_SHARE = 0.005
ARRIVING = 200_000
MISSPELT = 500  # shielded children supplied again with a slip in the family name
YEAR, WEEK = 2026, 202647


@dataclass
class Held:
    """How many arrived and how many were held in error, by origin of the family name."""

    arrived: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    shielded: int = 0
    misspelt: int = 0
    misspelt_held: int = 0
    invented: bool = False  # no development data: names of no origin

    def add(self, other: "Held") -> None:
        """Add another share's."""
        self.arrived += other.arrived
        self.held += other.held
        self.shielded, self.invented = other.shielded, other.invented
        self.misspelt += other.misspelt
        self.misspelt_held += other.misspelt_held

    def rate(self, origin: str | None = None) -> float:
        """Return how many of 10,000 were held in error, of one origin or of all."""
        held = self.held.total() if origin is None else self.held[origin]
        arrived = self.arrived.total() if origin is None else self.arrived[origin]
        return round(10_000 * held / max(1, arrived), 2)


def held_in_error(share: int, shares: int, seed: int) -> Held:
    """Shield some children of a population and let a share of the others arrive anew."""
    people, invented = _people(seed)
    chance = random.Random(seed)
    places = chance.sample(range(len(people)), len(people))
    shielded = places[: int(len(people) * SHIELDED_SHARE)]
    arriving = places[len(shielded) :][:ARRIVING][share::shares]
    guarded = _Guarded([people[place] for place in shielded])
    found = Held(shielded=len(shielded), invented=invented)
    for place in arriving:
        origin = origin_of(people[place].names[0].family)
        found.arrived[origin] += 1
        found.held[origin] += guarded.holds(people[place])
    slips = Inventor(0, chance)
    for place in shielded[:MISSPELT][share::shares]:
        name = people[place].names[0]
        if len(name.family) > 2:  # a slip in a shorter name leaves another
            slip = replace(name, family=slips.misspelt(name.family))
            found.misspelt += 1
            found.misspelt_held += guarded.holds(
                replace(people[place], names=(slip,), identifiers={})
            )
    return found


def _people(seed: int) -> tuple[list[Facts], bool]:
    """Return a population's facts: of the development data, else invented."""
    if (DATA / POPULATION).exists():
        return [facts_of(row) for row in islice(read_rows(POPULATION), CHILDREN)], False
    invented = population(CHILDREN // 10, seed)
    return [facts_of_record(record_of(each)) for each in invented], True


class _Guarded:
    """Shielded children as placing finds them, without a store."""

    def __init__(self, shielded: list[Facts]) -> None:
        provider = MemoryKeyProvider()
        make_keys(provider, WEEK, YEAR)
        keys_only: Any = SimpleNamespace(keyring=Keyring("northmere", provider))
        self._index: Any = keys_only
        self._around = Surroundings(keys_only)
        for facts in shielded:
            record = _record(facts)
            child = new_child(self._index.keyring, record, Policy(shielded=True))
            self._around.index_new(child, facts_of_record(record))

    def holds(self, facts: Facts) -> bool:
        """Return whether a new record of these facts would wait unseen."""
        return self._around.resembles_guarded(sought(self._index, facts), None)


def _record(facts: Facts) -> ChildRecord:
    name: PersonName = facts.names[0]
    assert facts.date_of_birth is not None  # INVARIANT: the population's are all dates
    return ChildRecord(
        identity=Identity(name, facts.date_of_birth, facts.gender or Gender.NOT_SPECIFIED),
        tracing=Tracing((), facts.postcode, facts.house),
        identifiers=facts.identifiers,
    )
