"""The rules as z3 reads them beside policy itself: on the points of the enumerated space."""

import random
from dataclasses import dataclass, field

from consent import rules_asker, rules_child, rules_involvement
from consent.agreement import compile_agreement
from proofs.workings.policy_agreements import Document
from proofs.workings.policy_rules import Tables
from proofs.workings.policy_rules_child import Book
from proofs.workings.policy_space import INVOLVEMENTS, OF_EVERY_KIND, SLICES
from proofs.workings.policy_theorems import as_written, really

ENTRIES = (*INVOLVEMENTS, *OF_EVERY_KIND)


@dataclass
class Crossed:
    """How many points were compared, where the two differ, and which rules nobody wrote down."""

    points: int = 0
    shown: int = 0
    differences: int = 0
    first: str = ""
    unwritten: list[str] = field(default_factory=list)

    def add(self, other: "Crossed") -> None:
        """Add another agreement's."""
        self.points += other.points
        self.shown += other.shown
        self.differences += other.differences
        self.first = self.first or other.first
        self.unwritten = sorted({*self.unwritten, *other.unwritten})


def crossed(document: Document, every: int, seed: int) -> Crossed:
    """Compare every so-manieth point of each slice, with an entry of a record by lot."""
    agreement = compile_agreement(document)
    tables, chance, found = Tables(agreement), random.Random(seed), Crossed()
    rules = (
        *rules_asker.ASKER_RULES,
        *rules_child.CHILD_RULES,
        *rules_involvement.INVOLVEMENT_RULES,
    )
    found.unwritten = [rule.__name__ for rule in rules if not hasattr(Book, rule.__name__)]
    if found.unwritten:
        return found
    for name, part in SLICES.items():
        for point in part.points(chance.randrange(every), every):
            entry = chance.choice(ENTRIES)
            policy = really(document, agreement, point, entry)
            written = as_written(document, tables, point, entry)
            found.points += 1
            found.shown += policy.record.allowed
            if (policy.record, policy.levels) != (written.record, written.levels):
                found.differences += 1
                found.first = found.first or f"{name}: {point}, {entry}"
    return found
