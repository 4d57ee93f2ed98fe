"""The classifier: from traces to who was shielded, learnt on some days and tried on others."""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from proofs.workings.signature_traces import Traces

EPOCHS = 40
RATE = 0.5
DECAY = 0.001
LEARNT_ON_MAX = 1500  # children without a shield a day: as many as teach anything
Row = tuple[float, ...]
Scorer = Callable[[Row], float]


@dataclass(frozen=True, slots=True)
class Guessed:
    """One day as the classifier has it: each child's traces as ranks, and the truth."""

    names: tuple[str, ...]
    rows: dict[UUID, Row]
    shielded: frozenset[UUID]

    def among(self, some: Iterable[UUID]) -> "Guessed":
        """Return the same day with these children and the shielded ones alone."""
        kept = self.shielded.union(some)
        rows = {child_id: row for child_id, row in self.rows.items() if child_id in kept}
        return Guessed(self.names, rows, self.shielded)


def ranked(found: Traces, shielded: Iterable[UUID], left_out: Iterable[UUID] = ()) -> Guessed:
    """Return a day with each trace as its rank among that day's, from 0 to 1."""
    out = set(left_out)
    ids = [child_id for child_id in found if child_id not in out]
    names = tuple(found[ids[0]])
    columns = [_ranks([found[child_id][name] for child_id in ids]) for name in names]
    rows = dict(zip(ids, zip(*columns, strict=True), strict=True))
    return Guessed(names, rows, frozenset(shielded) & rows.keys())


def _ranks(values: Sequence[float]) -> list[float]:
    """Return ranks from 0 to 1; equals share the middle of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end - 1) / 2 / max(1, len(values) - 1)
        start = end
    return ranks


def auc(day: Guessed, scorer: Scorer) -> float:
    """Return how often a shielded child of the day is scored above another one."""
    ids = list(day.rows)
    ranks = _ranks([scorer(day.rows[child_id]) for child_id in ids])
    ours = [
        rank * (len(ids) - 1) + 1
        for child_id, rank in zip(ids, ranks, strict=True)
        if child_id in day.shielded
    ]
    n, m = len(ours), len(ids) - len(ours)
    return (sum(ours) - n * (n + 1) / 2) / (n * m)


def mean_auc(days: Sequence[Guessed], scorer: Scorer) -> float:
    """Return the mean over days: what one day is like is no trace of anybody."""
    return sum(auc(day, scorer) for day in days) / len(days)


def best_single(days: Sequence[Guessed]) -> tuple[str, Scorer]:
    """Return the one trace, either way up, that tells best on these days."""

    def along(column: int, sign: int) -> Scorer:
        return lambda row: sign * row[column]

    tried = [
        (mean_auc(days, along(column, sign)), name, along(column, sign))
        for column, name in enumerate(days[0].names)
        for sign in (1, -1)
    ]
    _, name, scorer = max(tried, key=lambda one: one[0])
    return name, scorer


def logistic(days: Sequence[Guessed], seed: int) -> Scorer:
    """Learn a weight for each trace, and for its being in the middle, by gradient descent."""
    chance = random.Random(seed)
    learnt: list[tuple[Row, float, float]] = []
    for day in days:
        others = [child_id for child_id in day.rows if child_id not in day.shielded]
        some = chance.sample(others, min(LEARNT_ON_MAX, len(others)))
        for group, truth in ((day.shielded, 1.0), (some, 0.0)):
            learnt += [(_shaped(day.rows[each]), truth, 1 / len(group)) for each in group]
    whole = sum(weight for _, _, weight in learnt)
    weights = [0.0] * len(learnt[0][0])
    bias = 0.0
    for _ in range(EPOCHS):
        slopes = [0.0] * len(weights)
        tilt = 0.0
        for row, truth, weight in learnt:
            odds = bias + sum(w * x for w, x in zip(weights, row, strict=True))
            off = weight * (1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))) - truth)
            tilt += off
            for place, value in enumerate(row):
                slopes[place] += off * value
        weights = [
            w - RATE * (slope / whole + DECAY * w) for w, slope in zip(weights, slopes, strict=True)
        ]
        bias -= RATE * tilt / whole
    final = tuple(weights)
    return lambda row: sum(w * x for w, x in zip(final, _shaped(row), strict=True))


def _shaped(row: Row) -> Row:
    """Return ranks about their middle, and how far each is from it."""
    return (*(2 * value - 1 for value in row), *(abs(2 * value - 1) - 0.5 for value in row))


@dataclass(frozen=True, slots=True)
class Told:
    """How well shielded children are told from others, on days nothing was learnt from."""

    single: float
    logistic: float
    by: tuple[str, ...]  # the traces chosen

    @property
    def best(self) -> float:
        """The better of both."""
        return max(self.single, self.logistic)


def told(days: Sequence[Guessed], seed: int = 0) -> Told:
    """Learn on every second day and try on the others, then the other way round."""
    halves = (days[::2], days[1::2])
    singles: list[float] = []
    learnt: list[float] = []
    chosen: list[str] = []
    for taught, tried in (halves, halves[::-1]):
        name, scorer = best_single(taught)
        chosen.append(name)
        singles += [auc(day, scorer) for day in tried]
        weighing = logistic(taught, seed)
        learnt += [auc(day, weighing) for day in tried]
    return Told(sum(singles) / len(days), sum(learnt) / len(days), tuple(chosen))


def spread(shielded: int, others: int) -> float:
    """Return the standard error an AUC has where nothing is to be told (Mann and Whitney)."""
    return math.sqrt((shielded + others + 1) / (12 * shielded * others))
