"""What is done to one child's records, step by step, drawn by chance; and how to shrink it."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

STEPS = (5, 8)


class Deed(StrEnum):
    """What one step does. Each needs something to do it to, else it does nothing."""

    LINE = "a supplier's line about the child"
    CREATE = "the child recorded by hand"
    AMEND = "a record of the child amended"
    RENAME = "the child renamed"
    OTHER = "another child supplied"
    MISTAKE = "another child's record given the child's facts"
    SHIELD = "a shield granted"
    LIFT = "a shield lifted"
    RELEASE = "a hold released by two people as another child"
    ADOPT = "the identity closed and a fresh child recorded"
    UPKEEP = "upkeep run"
    RESTART = "the index restarted"


_WEIGHTS = {
    Deed.LINE: 32,
    Deed.CREATE: 9,
    Deed.AMEND: 12,
    Deed.RENAME: 6,
    Deed.OTHER: 3,
    Deed.MISTAKE: 7,
    Deed.SHIELD: 11,
    Deed.LIFT: 5,
    Deed.RELEASE: 8,
    Deed.ADOPT: 3,
    Deed.UPKEEP: 4,
    Deed.RESTART: 1,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One deed with the seed of everything chance decides in it."""

    deed: Deed
    seed: int


Programme = tuple[Step, ...]


def programme(seed: int, steps: tuple[int, int] = STEPS) -> Programme:
    """Return one run's steps. The child is there first and is shielded soon: else nothing shows."""
    chance = random.Random(f"programme {seed}")
    deeds = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=chance.randint(*steps))
    deeds[0] = chance.choice((Deed.LINE, Deed.LINE, Deed.CREATE))
    deeds[chance.randrange(1, min(4, len(deeds)))] = Deed.SHIELD
    return tuple(Step(deed, chance.randrange(2**32)) for deed in deeds)


async def shrunk(steps: Programme, fails: Callable[[Programme], Awaitable[bool]]) -> Programme:
    """Return fewer steps that still fail: each is left out in turn until none can be."""
    at = 0
    while at < len(steps):
        fewer = (*steps[:at], *steps[at + 1 :])
        if fewer and await fails(fewer):
            steps, at = fewer, 0
        else:
            at += 1
    return steps


def told(steps: Sequence[Step]) -> str:
    """Return a programme as a person reads it."""
    return "; ".join(f"{step.deed.value} ({step.seed})" for step in steps)
