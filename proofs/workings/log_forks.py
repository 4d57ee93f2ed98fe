"""Forks and rollbacks by whoever holds the log's own keys, shown to who has seen another head."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from index_verify.policy import Policy
from index_verify.splitting import check_split
from index_verify.words import Verdict
from proofs.workings.log_real import RealLog
from tests.verify.handed import by_index_verify
from tests.verify.made import MadeLog, Stored
from tests.verify.second import Case, faults


@dataclass(slots=True)
class Caught:
    """How many were made, and how many each verifier caught."""

    made: int = 0
    by_index_verify: int = 0
    by_second: int = 0

    @property
    def all(self) -> bool:
        """Whether none got past either."""
        return 0 < self.made == self.by_index_verify == self.by_second


def forked(log: RealLog, at: int, chance: Random) -> MadeLog:
    """Return a history that is another from a place on, under the log's own keys."""
    stored = list(log.stored)
    made = Stored(chance.randbytes(32), chance.randbytes(32), b"", None)
    way = chance.choice(["changed", "left out", "put in", "cut and grown anew"])
    if way == "changed":
        stored[at] = made
    elif way == "left out":
        del stored[at]
    elif way == "put in":
        stored.insert(at, made)
    else:
        stored[at:] = [made] * chance.randrange(1, 64)
    return MadeLog(log.keys, shard=log.shard, stored=stored)


def forks(log: RealLog, times: int, chance: Random, place: Path) -> Caught:
    """Show one history to one, another to the other: every pair of heads is compared.

    Of one size, the two heads convict by themselves; of different sizes, the leaves that one
    was shown do, and no consistency proof can be made.
    """
    found = Caught()
    policy = Policy.of(log.policy())
    for _ in range(times):
        known = chance.choice(log.sizes[-2:])
        other = forked(log, chance.randrange(known), chance)
        size = chance.choice([len(other.stored), min(known, len(other.stored))])
        note = other.note(size)
        case = Case(log.policy(), exports=[other.export(size)], heads=[log.note(known)])
        report = by_index_verify(case, place)
        caught = report.verdict is Verdict.TAMPERED
        if size == known:
            split = check_split((log.note(known), note), None, policy)
            caught = caught and split.verdict is Verdict.TAMPERED and "fork" in split.kinds
        found.made += 1
        found.by_index_verify += caught
        found.by_second += bool(faults(case))
    return found


def rollbacks(log: RealLog, times: int, chance: Random, place: Path) -> Caught:
    """Show an older log, signed anew by its own keys, to who has seen a newer head."""
    found = Caught()
    for _ in range(times):
        size = chance.randrange(1, len(log.stored))
        older = MadeLog(log.keys, shard=log.shard, stored=log.stored[:size])
        opened = chance.choice([None, True])
        case = Case(log.policy(), exports=[older.export(opened=opened)], heads=[log.note()])
        report = by_index_verify(case, place)
        found.made += 1
        found.by_index_verify += "rollback" in report.kinds
        found.by_second += bool(faults(case))
    return found
