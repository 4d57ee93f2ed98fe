"""Asks policy and the naive model every question of the space, and compares the answers whole."""

from collections import Counter
from dataclasses import dataclass, field

from consent.agreement import Agreement, compile_agreement
from consent.decide import (
    decide,
    decide_assessment,
    decide_involvement,
    may_ask,
    may_hold_assessment,
    may_mediate,
    override_terms,
)
from consent.decision import Decision
from consent.facts import AgencyKind
from proofs.workings.policy_agreements import Document
from proofs.workings.policy_model import Model, Said
from proofs.workings.policy_space import (
    ASSESSMENTS,
    INVOLVEMENTS,
    OF_EVERY_KIND,
    SLICES,
    Point,
)

DIFFERENCES_KEPT = 5


@dataclass
class Compared:
    """How many answers were compared, how many were yes, and where the two differ."""

    points: Counter[str] = field(default_factory=Counter)
    yes: Counter[str] = field(default_factory=Counter)
    differences: int = 0
    first: list[str] = field(default_factory=list)

    def note(self, slice_: str, point: object, said: object, expected: object, yes: bool) -> None:
        """Compare one pair of answers; `yes` says whether the expected one gives anything."""
        self.points[slice_] += 1
        self.yes[slice_] += yes
        if said != expected:
            self.differences += 1
            if len(self.first) < DIFFERENCES_KEPT:
                self.first.append(f"{slice_}: {point}: policy says {said}, the model {expected}")

    def add(self, other: "Compared") -> None:
        """Add another process's."""
        self.points += other.points
        self.yes += other.yes
        self.differences += other.differences
        self.first = (self.first + other.first)[:DIFFERENCES_KEPT]


class Comparing:
    """Compares policy with the model under one agreement."""

    def __init__(self, document: Document) -> None:
        self.agreement: Agreement = compile_agreement(document)
        self.model = Model(document)
        self.compared = Compared()
        self._entries: set[object] = set()

    def run(self, every: int = 1, first: int = 0) -> Compared:
        """Compare every so-manieth point of each slice, from a first one on."""
        for kind in AgencyKind:
            said, expected = may_hold_assessment(kind, self.agreement), self.model.may_hold(kind)
            self.compared.note("holders of assessments", kind, said, expected, expected)
        for name, part in SLICES.items():
            for point in part.points(first, every):
                self.point(name, point)
        return self.compared

    def point(self, name: str, point: Point) -> None:
        """Compare all that can be asked at one point."""
        who, ask, child = point.asker, point.ask, point.child
        note, agreement, model = self.compared.note, self.agreement, self.model
        asked = may_ask(who, ask, agreement)
        wrong = model.may_ask(who, ask)
        note(name, point, (asked.allowed, asked.reasons), (not wrong, wrong), not wrong)
        decision = decide(who, ask, child, agreement)
        said = model.decide(who, ask, child)
        shown = bool(said.classes)
        note(f"{name}: records", point, _whole(decision), (shown, *_words(said)), shown)
        if name == "questions":
            terms = override_terms(who, ask, agreement).value
            expected = model.second_person(who, ask)
            note("overrides", point, terms, expected, expected == "not_needed")
        if ask.reason is None:
            through, not_through = may_mediate(who, ask, agreement), model.may_mediate(who, ask)
            note("mediators", point, through.reasons, not_through, not not_through)
        self._entries_of(point, decision, said)

    def _entries_of(self, point: Point, decision: Decision, said: Said) -> None:
        """Compare the entries of a record, once for each decision a holder can come to."""
        who, ask = point.asker, point.ask
        known = (who.role, who.agency_kind, who.agency, said.classes and ask.action, said.classes)
        if (known, said.obligations) in self._entries:
            return
        self._entries.add((known, said.obligations))
        note, model = self.compared.note, self.model
        for facts in (*INVOLVEMENTS, *OF_EVERY_KIND):
            level = decide_involvement(who, ask, decision, facts, self.agreement)
            expected = model.involvement(who, ask, said, facts)
            note("involvements", (point, facts), level.value, expected, expected != "nothing")
        for about in ASSESSMENTS:
            told = decide_assessment(who, ask, decision, about, self.agreement)
            expected_told = model.assessment(who, ask, said, about)
            note("assessments", (point, about), told, expected_told, expected_told)


_Whole = tuple[frozenset[str], frozenset[str], frozenset[str]]


def _words(said: Said) -> _Whole:
    return said.classes, said.obligations, said.reasons


def _whole(decision: Decision) -> tuple[bool, frozenset[str], frozenset[str], frozenset[str]]:
    return decision.allowed, decision.permits, decision.obligations, frozenset(decision.reasons)
