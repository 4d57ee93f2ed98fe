"""Which tests must notice a mutation of which module, and how many they do."""

import json
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from proofs.workings.policy_mutation import Mutation, mutations

ROOT = Path(__file__).resolve().parent.parent.parent
# Each group of modules with the share of mutations that must be noticed, in percent.
GROUPS = {
    "consent": ("consent/*.py", 95.0),
    "fact builder": ("index_service/services/facts.py", 90.0),
    "disclosure": ("index_service/domain/disclosure.py", 90.0),
}
OF_A_FEW = (
    "consent/rules_child.py",
    "consent/rules_involvement.py",
    "index_service/domain/disclosure.py",
    "index_service/services/facts.py",
)
SOME = 0.1  # of the places of those few
# The quickest first, and before them those that speak of the module by name.
_CONSENT = (
    "rules_child",
    "rules_asker",
    "rules_involvement",
    "rules_assessment",
    "two_authorities",
    "personas",
    "whole_table",
    "agreement",
    "agreement_compiled",
    "agreement_difference",
    "agreement_edits",
    "asker_rights",
    "asker_checks",
    "asker_reasons",
    "access_report",
    "budget",
    "caseload",
    "coverage",
    "log_heads",
    "panel",
    "peers",
    "subscriptions",
    "supervision",
    "who_looked",
    "readme",
    "theorems",
    "theorems_of_rules",
)
_OTHERS = {
    "fact builder": ("tests/services/test_facts.py", "tests/services/test_mutants_facts.py"),
    "disclosure": ("tests/services/test_mutants_disclosure.py",),
}
# Mutations that change no answer there can be, by name, with the reason.
_TELLS = "index_service/domain/disclosure.py shown_status"
_FACTS = "index_service/services/facts.py CaseFacts._in_force"
EQUIVALENT = {
    f"{_TELLS}: plan left out": "nothing is told of a plan there is not: the types ask again",
    f"{_TELLS}: after left out": "likewise of being looked after",
    f"{_FACTS}: returns None": "as false to whoever asks",
    f"{_FACTS}: begins <= self._today left out": "what has not begun never governs: asked above",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One mutation and whether the tests noticed it."""

    group: str
    mutation: Mutation
    killed: bool
    seconds: float


def modules(group: str) -> list[str]:
    """Return the modules of a group, by path."""
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(GROUPS[group][0]))


def files_for(group: str, path: str) -> list[str]:
    """Return the test files that must notice a mutation of a module, the likeliest first."""
    if group in _OTHERS:
        return list(_OTHERS[group])
    stem = Path(path).stem
    names = sorted(_CONSENT, key=lambda name: name != stem)
    files = [f"tests/consent/test_{name}.py" for name in names]
    more = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("tests/consent/test_mutants_*.py"))
    return [*files[:1], *more, *files[1:]]


def chosen(count: int | None, seed: int) -> list[tuple[str, Mutation]]:
    """Return all mutations but the equivalent ones, or at most so many of them by lot."""
    paths = [(group, path) for group in GROUPS for path in modules(group)]
    if count is None:
        found = [(group, each) for group, path in paths for each in mutations(ROOT, path)]
    else:
        # By lot among the places of a few modules: to make them all takes longer than to try some.
        chance = random.Random(seed)
        paths = [each for each in paths if each[1] in OF_A_FEW]
        found = [
            (group, each)
            for group, path in paths
            for each in mutations(ROOT, path, lambda _: chance.random() < SOME)
        ]
        chance.shuffle(found)
    return [each for each in found if each[1].name not in EQUIVALENT][:count]


def stale() -> list[str]:
    """Return the equivalent mutations that are none any more."""
    paths = {path for group in GROUPS for path in modules(group)}
    named = {mutation.name for path in sorted(paths) for mutation in mutations(ROOT, path)}
    return sorted(EQUIVALENT.keys() - named)


def score(
    tried: Sequence[tuple[str, Mutation]], workers: int, told: Callable[[str], None]
) -> list[Tried]:
    """Try every mutation, several at once."""
    waiting: SimpleQueue[tuple[str, Mutation]] = SimpleQueue()
    for one in tried:
        waiting.put(one)
    done: list[Tried] = []
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(_work, waiting, done) for _ in range(workers)]
        while not all(each.done() for each in running):
            told(f"{len(done)} of {len(tried)} mutations tried")
            time.sleep(0.2)
    for each in running:
        each.result()
    return done


def _work(waiting: "SimpleQueue[tuple[str, Mutation]]", done: list[Tried]) -> None:
    """Try what waits in a process of its own, until nothing does."""
    command = [sys.executable, "-m", "proofs.workings.policy_killing"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        while True:
            try:
                group, mutation = waiting.get_nowait()
            except Empty:
                break
            answer = _asked(process, mutation, files_for(group, mutation.path))
            done.append(Tried(group, mutation, answer["killed"], answer["seconds"]))
        process.stdin.close()  # type: ignore[union-attr]  # opened above


def _asked(process: "subprocess.Popen[str]", mutation: Mutation, tests: list[str]) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    asked = {"name": mutation.name, "path": mutation.path, "text": mutation.text, "tests": tests}
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def whole(told: Callable[[str], None]) -> list[str]:
    """Return the groups whose tests fail although nothing was changed: they would notice all."""
    waiting: SimpleQueue[tuple[str, Mutation]] = SimpleQueue()
    for group in GROUPS:
        waiting.put((group, Mutation(group, modules(group)[0], 0, "")))
    told("every test on the modules as they are")
    done: list[Tried] = []
    _work(waiting, done)
    return [each.group for each in done if each.killed]


def by_group(tried: Sequence[Tried]) -> dict[str, tuple[int, int]]:
    """Return of each group how many mutations were noticed, and how many tried."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for each in tried:
        counted[each.group].append(each.killed)
    return {group: (sum(kills), len(kills)) for group, kills in counted.items()}
