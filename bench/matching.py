"""How well the right child is found: the real keys, tiers, scores and grades on 1M children.

    python -m bench.matching [--rows N]

Reads population-1m, queries-* and impostors-* from INDEX_DATA (default ../shared/data beside
the repository), prints a table and, last, one line of JSON. Columns `ops` and `true_id` are
read to mark the answers only; the matcher is given Facts, which cannot hold them. Sealing and
SQL are not part of this bench: the index is a dictionary of the same keys.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from bench.parts.development_data import DATA, POPULATION, Row, facts_of, read_rows
from bench.parts.origins import origin_of
from index_service.domain.child import PersonName
from index_service.domain.matching import grade, keys, score
from index_service.domain.matching.grade import Grade, Graded

SETS: Final = ("normal", "hard")
NOBODY: Final = -1  # true_id of a child who is not in the population
CHUNK_ROWS: Final = 20_000
WantedKeys = dict[tuple[keys.TokenKind, str], int]


@dataclass(slots=True)
class Asked:
    """One question with its right answer, and what became of it."""

    set_name: str
    facts: keys.Facts
    answer: int
    tiers: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    ranked: list[Graded[int]] = field(default_factory=list)
    candidates: int = 0

    @property
    def place(self) -> int | None:
        """Return the place of the right child among those shown, from 0."""
        found = (place for place, one in enumerate(self.ranked) if one.key == self.answer)
        return next(found, None)

    def graded(self, wanted: Grade, *, right: bool) -> bool:
        """Whether any child, right or wrong, was given this grade."""
        return any(one.grade is wanted and (one.key == self.answer) is right for one in self.ranked)


def questions(rows: int) -> list[Asked]:
    """Return all queries about the first `rows` children, impostors, and unnamed babies."""
    asked = []
    for name in SETS:
        present = [
            Asked(name, facts_of(row), int(row["true_id"]))
            for row in read_rows(f"queries-{name}.csv.gz")
            if int(row["true_id"]) < rows
        ]
        asked += present
        asked += [
            Asked(f"impostors {name}", facts_of(row), NOBODY)
            for row in read_rows(f"impostors-{name}.csv.gz")
        ]
        if name == "normal":
            asked += [
                Asked("baby", replace(one.facts, names=(_unnamed(one.facts.names[0]),)), one.answer)
                for one in present[::4]
            ]
    return asked


def _unnamed(name: PersonName) -> PersonName:
    return PersonName(family=name.family, given="Baby")


def wanted_keys(asked: Iterable[Asked]) -> WantedKeys:
    """Give every key asked for a number, and each question its numbers by tier."""
    numbers: WantedKeys = {}
    for one in asked:
        tier_1, tier_2 = (
            tuple(numbers.setdefault(key, len(numbers)) for key in keys.query_keys(one.facts, tier))
            for tier in (1, 2)
        )
        one.tiers = (tier_1, tier_2)
    return numbers


def index_share(
    share: int, shares: int, rows: int, wanted: WantedKeys
) -> tuple[dict[int, list[int]], int, dict[int, Row], dict[str, int]]:
    """Index every shares-th chunk: who is under the wanted keys, rows kept, keys in all.

    Only what some question asks for is kept; what each child is stored under does not
    depend on it. Rows of the same household and day of birth are counted for twins.
    """
    found: dict[int, list[int]] = {}
    kept: dict[int, Row] = {}
    households: dict[str, int] = {}
    stored = 0
    started = time.monotonic()
    for number, row in enumerate(islice(read_rows(POPULATION), rows)):
        if number // CHUNK_ROWS % shares != share:
            continue
        index = keys.index_keys(facts_of(row))
        stored += len(index)
        households[_household(row)] = households.get(_household(row), 0) + 1
        for kind, text, _ in index:
            if (key := wanted.get((kind, text))) is not None:
                found.setdefault(key, []).append(number)
                kept[number] = row
        if number % 200_000 == 199_999:
            print(f"  indexed to {number + 1:,} in {time.monotonic() - started:.0f} s", flush=True)
    return found, stored, kept, households


def _household(row: Row) -> str:
    return "|".join((row["family_name"], row["date_of_birth"], row["house"], row["postcode"]))


@dataclass(slots=True)
class Index:
    """The children found under the keys asked for."""

    found: dict[int, list[int]] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    households: dict[str, int] = field(default_factory=dict)
    keys_stored: int = 0
    facts: dict[int, score.Candidate] = field(default_factory=dict)

    def candidates(self, wanted: Iterable[int]) -> dict[int, score.Candidate]:
        """Return the candidates under any of these keys."""
        numbers = {number for key in wanted for number in self.found.get(key, ())}
        return {number: self._candidate(number) for number in sorted(numbers)}

    def _candidate(self, number: int) -> score.Candidate:
        if (known := self.facts.get(number)) is None:
            known = self.facts[number] = score.Candidate(facts_of(self.rows[number]))
        return known

    def is_twin(self, number: int) -> bool:
        """Whether another child has this one's family name, day of birth and address."""
        row = self.rows.get(number)
        return row is not None and self.households[_household(row)] > 1


def build_index(rows: int, wanted: WantedKeys) -> Index:
    """Index the population on all processors."""
    index, shares = Index(), os.cpu_count() or 1
    with ProcessPoolExecutor(shares) as pool:
        jobs = [pool.submit(index_share, share, shares, rows, wanted) for share in range(shares)]
        for job in jobs:
            found, stored, kept, households = job.result()
            for key, numbers in found.items():
                index.found.setdefault(key, []).extend(numbers)
            for household, count in households.items():
                index.households[household] = index.households.get(household, 0) + count
            index.rows |= kept
            index.keys_stored += stored
    return index


def look_up(one: Asked, index: Index) -> float:
    """Answer one question as the search does, and return the processor seconds of scoring."""
    query = score.prepare(one.facts)
    found: dict[int, score.Candidate] = {}
    spent = 0.0
    for wanted in one.tiers:
        found |= index.candidates(wanted)
        started = time.process_time()
        scored = [(key, query, child, score.score(query, child)) for key, child in found.items()]
        one.ranked = grade.rank(scored)
        spent += time.process_time() - started
        one.candidates = len(found)
        if not grade.tier_2_needed(one.ranked):
            break
    return spent


def share_of(part: int, whole: int) -> float:
    """Return a rounded share; 0 of nothing is 0."""
    return round(part / whole, 5) if whole else 0.0


def summary(asked: list[Asked]) -> dict[str, float]:
    """Return the figures of one group of questions."""
    counts = sorted(one.candidates for one in asked)
    places = [one.place for one in asked]
    return {
        "asked": len(asked),
        "recall_at_1": share_of(sum(place == 0 for place in places), len(asked)),
        "recall_at_5": share_of(
            sum(place is not None and place < 5 for place in places), len(asked)
        ),
        "certain_right": sum(one.graded(Grade.CERTAIN, right=True) for one in asked),
        "certain_wrong": sum(one.graded(Grade.CERTAIN, right=False) for one in asked),
        "probable_right": sum(one.graded(Grade.PROBABLE, right=True) for one in asked),
        "probable_wrong": sum(one.graded(Grade.PROBABLE, right=False) for one in asked),
        "candidates_p95": counts[int(len(counts) * 0.95)] if counts else 0,
        "candidates_max": counts[-1] if counts else 0,
        "shown_mean": round(sum(len(one.ranked) for one in asked) / len(asked), 2) if asked else 0,
    }


def print_table(asked: list[Asked], index: Index) -> dict[str, dict[str, float]]:
    """Print the figures by set, then for twins, then by look of the name."""
    groups: dict[str, list[Asked]] = {name: [] for name in (*SETS, "impostors normal")}
    for one in asked:
        groups.setdefault(one.set_name, []).append(one)
        if one.set_name in SETS:
            if index.is_twin(one.answer):
                groups.setdefault(f"twins {one.set_name}", []).append(one)
            if (row := index.rows.get(one.answer)) is not None:
                groups.setdefault(f"{origin_of(row['family_name'])}, {one.set_name}", []).append(
                    one
                )
    by_set = sorted(groups, key=lambda name: (", " in name, "twins" in name))
    figures = {name: summary(groups[name]) for name in by_set}
    headings = list(next(iter(figures.values())))
    print(f"{'':34}" + "".join(f"{heading:>16}" for heading in headings))
    for name, of_group in figures.items():
        print(f"{name:34}" + "".join(f"{of_group[heading]:>16g}" for heading in headings))
    return figures


def result_line(
    figures: dict[str, dict[str, float]], seconds: float, conditions: dict[str, object]
) -> dict[str, object]:
    """Return what the bench says on its last line."""
    impostors = [figures[f"impostors {name}"] for name in SETS]
    return {
        "bench": "matching",
        "recall_at_1_normal": figures["normal"]["recall_at_1"],
        "recall_at_1_hard": figures["hard"]["recall_at_1"],
        "recall_at_5_normal": figures["normal"]["recall_at_5"],
        "recall_at_5_hard": figures["hard"]["recall_at_5"],
        "impostors_certain_pct": 100
        * share_of(
            int(sum(one["certain_wrong"] for one in impostors)),
            int(sum(one["asked"] for one in impostors)),
        ),
        "impostors_probable_pct": 100
        * share_of(
            int(sum(one["probable_wrong"] for one in impostors)),
            int(sum(one["asked"] for one in impostors)),
        ),
        "wrong_certain": sum(int(figures[name]["certain_wrong"]) for name in SETS),
        "wrong_probable": sum(int(figures[name]["probable_wrong"]) for name in SETS),
        "candidates_p95_normal": figures["normal"]["candidates_p95"],
        "candidates_p95_hard": figures["hard"]["candidates_p95"],
        "seconds": round(seconds, 1),
        "conditions": conditions,
    }


def main(arguments: list[str]) -> int:
    """Run the bench; 0 also where there is no data, which the JSON line then says."""
    parser = argparse.ArgumentParser(prog="bench.matching", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="children indexed")
    rows = parser.parse_args(arguments).rows
    if not (DATA / POPULATION).is_file():
        print(json.dumps({"bench": "matching", "data": "absent"}))
        return 0
    started = time.monotonic()
    asked = questions(rows)
    wanted = wanted_keys(asked)
    print(f"{len(asked):,} questions ask for {len(wanted):,} keys; indexing {rows:,} children")
    index = build_index(rows, wanted)
    print(f"indexed in {time.monotonic() - started:.0f} s; asking", flush=True)
    spent = 0.0
    for place, one in enumerate(asked, 1):
        spent += look_up(one, index)
        if place % 4_000 == 0:
            print(f"  {place:,} asked, {time.monotonic() - started:.0f} s", flush=True)
    scored = sum(one.candidates for one in asked)
    figures = print_table(asked, index)
    conditions = {
        "children": rows,
        "keys_per_child": round(index.keys_stored / rows, 1),
        "keys_per_query": round(sum(len(one.tiers[0]) for one in asked) / len(asked), 1),
        "score_us_per_candidate": round(spent * 1e6 / max(scored, 1), 1),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
    }
    print(json.dumps(result_line(figures, time.monotonic() - started, conditions)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
