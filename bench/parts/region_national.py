"""152 authorities and 12 million children, reckoned from what was measured with 32 and one.

How often a stranger's filter is hit follows, question by question, from how many of the measured
authorities were hit: per child, so that larger authorities and more of them count as they do.
"""

import math
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from bench.parts.region_recall import Found
from index_service.domain.matching.keys import GUARD_KEYS_MAX
from index_service.domain.matching.region_keys import REGION_KEYS_MAX
from index_service.federation.filters import build, size_of
from index_service.federation.oblivious import (
    blind,
    derive_key_pair,
    evaluate_batch,
    finalize,
    verify,
)
from index_service.federation.sizes import (
    ANSWER_BYTES,
    DERIVED_BY_JOBS,
    FIRST_ANSWER_BYTES,
    KEYS_A_CHILD,
    QUESTION_BYTES,
)

AUTHORITIES: Final = 152
CHILDREN: Final = 12_000_000
CAPACITY_STEP: Final = 10_000
_SPREAD: Final = 0.6  # of the logarithm of an authority's size
_BUILT_KEYS: Final = 400_000
_HEADS_BYTES = 1_500  # of a leg: both signed heads

Clocked = TypeVar("Clocked")


@dataclass(frozen=True, slots=True)
class National:
    """What a lookup and an epoch come to in a whole country."""

    contacts: dict[tuple[str, str], float]  # by group and set
    contacts_p95: dict[tuple[str, str], int]
    filters_mb: dict[str, float]  # of all authorities, by set
    deriver_cpu_h: float
    members_cpu_h: float
    members_cpu_h_max: float
    filters_cpu_h: float
    nightly_deriver_cpu_h: float  # of the shield check, which asks about every record each night
    uploaded_mb: float
    leg_bytes: int


def sizes(seed: int = 1) -> list[int]:
    """Return how many children each authority has: unequal, as authorities are."""
    chance = random.Random(seed)
    drawn = [chance.lognormvariate(0.0, _SPREAD) for _ in range(AUTHORITIES)]
    return [round(CHILDREN * each / sum(drawn)) for each in drawn]


def national(found: dict[tuple[str, str], Found], children: Sequence[int]) -> National:
    """Reckon a country from what a region of these authorities measured."""
    held = sizes()
    contacts, p95 = {}, {}
    for key, one in found.items():
        each = [_contacts(hit, one.recall, children, held) for hit in one.strangers]
        contacts[key] = sum(each) / len(each) if each else 0.0
        p95[key] = round(sorted(each)[int(0.95 * (len(each) - 1))]) if each else 0
    capacities = [-(-each // CAPACITY_STEP) * CAPACITY_STEP for each in held]
    bytes_of = {
        name: sum(size_of(capacity * keys) for capacity in capacities)
        for name, keys in KEYS_A_CHILD.items()
    }
    evaluated_s, asked_s, built_s = _derived_s()
    inputs = CHILDREN * REGION_KEYS_MAX  # every child has as many rows, random where fewer keys
    return National(
        contacts,
        p95,
        {name: each / 1e6 for name, each in bytes_of.items()},
        inputs * evaluated_s / 3600,
        inputs * asked_s / 3600,
        max(held) * REGION_KEYS_MAX * asked_s / 3600,
        sum(capacities) * sum(KEYS_A_CHILD.values()) * built_s / 3600,
        CHILDREN * GUARD_KEYS_MAX * evaluated_s / 3600,
        sum(bytes_of.values()) / 1e6 * 4 / 3,
        QUESTION_BYTES * 2 + FIRST_ANSWER_BYTES + ANSWER_BYTES + 2 * _HEADS_BYTES,
    )


def _contacts(hit: int, recall: float, measured: Sequence[int], held: Sequence[int]) -> float:
    """Return the authorities contacted for a question that met so many strangers' filters."""
    others = len(measured) - (2 if recall else 1)
    # All hit tells only that the rate is high: half of one less stands for it.
    share = min(hit, others - 0.5) / others
    rate = -math.log1p(-share) / (sum(measured) / len(measured))
    mean = sum(held) / len(held)
    strangers = sum(-math.expm1(-rate * each) for each in held) - -math.expm1(-rate * mean)
    return strangers + recall


def _derived_s() -> tuple[float, float, float]:
    """Return processor seconds an input: at the deriver, at a member; and a key of a filter."""
    key = derive_key_pair(bytes(32), b"bench")
    inputs = [os.urandom(40) for _ in range(DERIVED_BY_JOBS)]
    blinded, blinding_s = _clocked(lambda: blind(inputs, DERIVED_BY_JOBS))
    evaluated, evaluating_s = _clocked(lambda: evaluate_batch(key, blinded.points))
    _, verifying_s = _clocked(lambda: verify(key.public, blinded.points, evaluated))
    _, finishing_s = _clocked(lambda: finalize(blinded, evaluated))
    digests = [os.urandom(8) for _ in range(_BUILT_KEYS)]
    _, building_s = _clocked(lambda: build(digests, _BUILT_KEYS))
    asking_s = blinding_s + verifying_s + finishing_s
    return evaluating_s / len(inputs), asking_s / len(inputs), building_s / _BUILT_KEYS


def _clocked(what: Callable[[], Clocked]) -> tuple[Clocked, float]:
    begun = time.process_time()
    return what(), time.process_time() - begun


def learnt(contacted: float) -> list[list[object]]:
    """Return what each party learns of one lookup, in words and numbers."""
    untouched = round(AUTHORITIES - 1 - contacted, 1)
    return [
        ["deriver", "which member asks, when, first or wide", "blinded points: nothing of whom"],
        ["locator", "which member asks, when, which filters hit", "digests: the same child again"],
        ["authority told possible", "who asks and why, digests", "whom, if it knows the child"],
        [f"the other {untouched}", "nothing", "nothing"],
        ["asking authority", "what is disclosed", "of those that disclose nothing, one word"],
        ["deriver and locator together", "digests of their own guesses", "can test guesses"],
    ]
