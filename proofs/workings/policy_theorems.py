"""What no question whatever may come to, said of an agreement's document alone.

Each theorem is a condition for which z3 must find no question. Its control leaves out the
rule it rests on: then z3 must find one, and policy without that rule must answer it so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from consent import rules_child, rules_involvement
from consent.agreement import Agreement
from consent.decide import decide, decide_involvement
from consent.facts import Ask, AskerFacts, ChildFacts, InvolvementFacts, Obligation
from proofs.workings.policy_agreements import Document
from proofs.workings.policy_logic import (
    Facts,
    Logic,
    Plain,
    Symbolic,
    Truth,
    plain_facts,
    read,
    symbols,
)
from proofs.workings.policy_model import NEEDS_NO_PURPOSE, READS_THE_ARCHIVE
from proofs.workings.policy_rules import EVERY, Tables
from proofs.workings.policy_rules_child import ALL_BUT_IDENTITY, LEVELS, Book, Record
from proofs.workings.policy_space import Point

SOLVER_MS_MAX = 120_000


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, of symbols or plain, and what policy comes to on it."""

    logic: Logic
    facts: Facts
    record: Record
    levels: dict[str, Truth]  # of each level, whether at least so much is shown
    document: Document

    def is_(self, name: str, *words: str | None) -> Truth:
        """Return whether a fact is one of these words."""
        return self.logic.in_(getattr(self.facts, name), words, name)

    def kind_in(self, kinds: Any) -> Truth:
        """Return whether the asker's kind is among those a document names."""
        return self.is_("kind", *(self.document["parties"] if kinds == "all_parties" else kinds))

    def covered(self, days: Any) -> Truth:
        """Return whether something is in force on the day of asking."""
        first, last = (days[name] and int(days[name].replace("-", "")) for name in _DAYS)
        return self.logic.between(first, self.facts.today, last)

    def team(self) -> Truth:
        """Return whether the management team asks."""
        return self.is_("role", "management_team")

    def shows(self, classes: frozenset[Any] = EVERY) -> Truth:
        """Return whether any of these classes is shown."""
        return self.logic.any_(*(self.record.shown[name] for name in classes))


_DAYS = ("in_force_from", "in_force_until")


@dataclass(frozen=True, slots=True)
class Theorem:
    """A sentence, the condition that would belie it, and the rule it rests on."""

    sentence: str
    belied: Callable[[Answered], Truth]
    rests_on: str


# What the parties' document makes lawful, in its own words


def _account_in_order(said: Answered) -> Truth:
    logic, facts = said.logic, said.facts
    oldest = facts.today - said.document["check_years_max"] * 10_000
    return logic.all_(
        said.is_("state", "active"),
        facts.accredited,
        facts.was_checked,
        logic.between(oldest, facts.checked, facts.today),
        facts.was_trained,
        logic.between(None, facts.trained, facts.today),
        facts.has_signed,
        logic.between(None, facts.signed, facts.today),
    )


def _purpose_open(said: Answered) -> Truth:
    """Return whether the purpose stated is open, lawful that day, and has the reason stated."""
    logic, document = said.logic, said.document
    open_ = []
    for purpose, gateway in document["purposes"].items():
        rows = (
            logic.all_(
                said.is_("role", *row["roles"]),
                said.kind_in(row["agency_kinds"]),
                said.is_("action", *row["actions"]),
            )
            for row in gateway["open_to"]
        )
        closed = [
            agency
            for row in document["named"]
            if purpose in row["purposes_closed"]
            for agency in row["agencies"]
        ]
        no_reason = said.is_("action", *NEEDS_NO_PURPOSE)
        reasons = said.is_("reason", *gateway["reasons"])
        open_.append(
            logic.all_(
                said.is_("purpose", purpose),
                said.covered(gateway),
                logic.any_(*rows),
                logic.not_(said.is_("agency", *closed)),
                logic.any_(reasons, logic.all_(said.is_("reason", None), no_reason)),
            )
        )
    none = (said.is_("purpose", None), said.is_("reason", None))
    asks_none = logic.all_(*none, said.team(), said.is_("action", *NEEDS_NO_PURPOSE))
    return logic.any_(asks_none, *open_)


def _role_has_action(said: Answered) -> Truth:
    return said.logic.any_(
        *(
            said.logic.all_(
                said.is_("role", role),
                said.kind_in(row["agency_kinds"]),
                said.is_("action", *row["actions"]),
            )
            for role in ("practitioner", "management_team", "case_system")
            for row in said.document["roles"][role]
        )
    )


def _without_lawful_basis(said: Answered) -> Truth:
    logic, facts = said.logic, said.facts
    reads_archive = logic.all_(said.team(), said.is_("action", *READS_THE_ARCHIVE))
    lawful = logic.all_(
        _account_in_order(said),
        said.covered(said.document),
        said.kind_in("all_parties"),
        _role_has_action(said),
        _purpose_open(said),
        logic.any_(logic.not_(facts.archived), reads_archive),
        logic.any_(logic.not_(facts.held), said.team()),
    )
    return logic.all_(said.shows(), logic.not_(lawful))


def _closed_record_shown(said: Answered) -> Truth:
    closed = said.logic.any_(said.facts.archived, said.facts.held)
    return said.logic.all_(said.shows(), closed, said.logic.not_(said.team()))


def _overrides(said: Answered) -> Truth:
    """Return whether an override in force is used by who may: by right or statutory task."""
    logic, statutory = said.logic, said.document["override"]["statutory"]
    by_statute = logic.all_(
        said.is_("role", "practitioner"),
        said.kind_in(statutory["agency_kinds"]),
        said.is_("purpose", *statutory["purposes"]),
    )
    may = logic.any_(said.facts.right, by_statute)
    return logic.all_(said.is_("action", "override"), said.facts.overridden, may)


def _shield_broken(said: Answered) -> Truth:
    logic, facts = said.logic, said.facts
    others_shown = logic.all_(said.levels["brokered"], logic.not_(facts.own))
    return logic.all_(
        facts.shielded,
        logic.not_(said.team()),
        logic.not_(_overrides(said)),
        logic.any_(said.shows(ALL_BUT_IDENTITY), others_shown),
    )


def _shielded_entry_shown(said: Answered) -> Truth:
    """Return whether a shield tells who works with the child, with involvements permitted."""
    logic, facts = said.logic, said.facts
    owed = said.record.owed[Obligation.WITHHOLD_WHEREABOUTS]
    silent = logic.all_(facts.shielded, said.record.allowed, logic.not_(said.team()))
    return logic.all_(silent, logic.not_(_overrides(said)), logic.not_(owed))


def _shielded_written_over(said: Answered) -> Truth:
    """Return whether another than the team may state anything of a shielded child as a whole."""
    logic, facts = said.logic, said.facts
    ends_own = logic.all_(said.is_("action", "record_assessment"), facts.own_assessment)
    writes = said.is_("action", "amend_child", "record_assessment")
    others = logic.not_(logic.any_(said.team(), ends_own))
    return logic.all_(facts.shielded, writes, others, said.shows())


def _sensitive_service_assesses(said: Answered) -> Truth:
    sensitive = said.is_("kind", "mental_health", "sexual_health", "substance_misuse")
    return said.logic.all_(said.is_("action", "record_assessment"), sensitive, said.shows())


def _sensitive_shown(said: Answered) -> Truth:
    logic, facts = said.logic, said.facts
    ordinary = logic.not_(logic.any_(said.team(), facts.own))
    return logic.all_(facts.sensitive, ordinary, said.levels["existence"])


def _sensitive_without_basis(said: Answered) -> Truth:
    logic, facts = said.logic, said.facts
    based = said.is_("basis", "consent", "significant_harm")
    shown = said.levels["brokered"]
    return logic.all_(facts.sensitive, logic.not_(based), logic.not_(said.team()), shown)


def _suspended_shown(said: Answered) -> Truth:
    shown = said.logic.any_(said.shows(), said.levels["brokered"])
    return said.logic.all_(said.is_("state", "suspended"), shown)


def _entry_without_record(said: Answered) -> Truth:
    nothing = said.logic.not_(said.record.allowed)
    return said.logic.all_(nothing, said.levels["brokered"])


THEOREMS = (
    Theorem(
        "nothing is disclosed without a lawful basis",
        _without_lawful_basis,
        "asker_with_a_defect_is_answered_nothing",
    ),
    Theorem(
        "nothing of a held or archived record is disclosed to an ordinary asker",
        _closed_record_shown,
        "held_record_waits_for_the_team",
    ),
    Theorem(
        "no more of a shielded child than identity is shown without an override in force",
        _shield_broken,
        "shielded_record_shows_identity_only",
    ),
    Theorem(
        "every answer about a shielded child owes silence on whereabouts",
        _shielded_entry_shown,
        "shielded_record_withholds_whereabouts",
    ),
    Theorem(
        "a shielded record is written over by the team alone, an own assessment ended",
        _shielded_written_over,
        "shielded_record_is_overwritten_by_the_team_alone",
    ),
    Theorem(
        "no sensitive service records a common assessment",
        _sensitive_service_assesses,
        "asker_with_a_defect_is_answered_nothing",
    ),
    Theorem(
        "of a sensitive service an ordinary asker learns at most that it can be brokered",
        _sensitive_shown,
        "sensitive_involvement_is_brokered",
    ),
    Theorem(
        "a sensitive entry without a basis is the team's alone",
        _sensitive_without_basis,
        "sensitive_entry_stands_on_a_basis",
    ),
    Theorem(
        "a suspended account is shown nothing",
        _suspended_shown,
        "asker_with_a_defect_is_answered_nothing",
    ),
    Theorem(
        "no entry is shown of a record that is not",
        _entry_without_record,
        "no_involvement_without_the_record",
    ),
)


# By z3, of every question there is


def symbolically(
    document: Document, agreement: Agreement, without: str = ""
) -> tuple[Answered, Truth]:
    """Return what the rules come to on any question, one perhaps left out; and its bounds."""
    facts, bounds = symbols(28 if without else 31)  # a control's question is really asked
    logic, left_out = Symbolic(), frozenset({without})
    book = Book(logic, Tables(agreement), facts)
    record = book.record(left_out)
    return Answered(logic, facts, record, book.involvement(record, left_out), document), bounds


def counterexample(said: Answered, bounds: Truth, belied: Truth) -> dict[str, Any] | None:
    """Return a question of which this is true; None where z3 has shown there is none."""
    solver = z3.Solver()
    solver.set("timeout", SOLVER_MS_MAX)
    solver.add(bounds, belied)
    found = solver.check()
    if found == z3.unknown:
        raise TimeoutError("z3 came to no answer")
    return read(solver.model(), said.facts) if found == z3.sat else None


# By policy itself, of one question


@contextmanager
def left_out(rule: str) -> Iterator[None]:
    """Leave one rule out of policy for as long as this lasts."""
    children, entries = rules_child.CHILD_RULES, rules_involvement.INVOLVEMENT_RULES
    rules_child.CHILD_RULES = tuple(each for each in children if each.__name__ != rule)
    rules_involvement.INVOLVEMENT_RULES = tuple(each for each in entries if each.__name__ != rule)
    try:
        yield
    finally:
        rules_child.CHILD_RULES = children
        rules_involvement.INVOLVEMENT_RULES = entries


def really(
    document: Document, agreement: Agreement, point: Point, entry: InvolvementFacts
) -> Answered:
    """Return what policy itself comes to on one question."""
    who, ask = point.asker, point.ask
    decision = decide(who, ask, point.child, agreement)
    level = decide_involvement(who, ask, decision, entry, agreement)
    shown = {name: name in decision.permits for name in EVERY}
    owed = {owing: owing in decision.obligations for owing in Obligation}
    reached = {each.value: LEVELS.index(level) >= place for place, each in enumerate(LEVELS)}
    record = Record(shown, decision.allowed, owed)
    return Answered(Plain(), plain_facts(point, entry), record, reached, document)


def as_written(
    document: Document, tables: Tables, point: Point, entry: InvolvementFacts
) -> Answered:
    """Return what the rules as written down here come to on one question."""
    facts = plain_facts(point, entry)
    book = Book(Plain(), tables, facts)
    record = book.record()
    levels = {"nothing": True, **book.involvement(record)}
    return Answered(Plain(), facts, record, levels, document)


def asked(found: dict[str, Any]) -> tuple[Point, InvolvementFacts]:
    """Return the question z3 found, as policy is asked it."""
    who = AskerFacts(
        found["role"],
        found["kind"],
        found["agency"],
        found["state"],
        _day(found, "checked", "was_checked"),
        _day(found, "trained", "was_trained"),
        _day(found, "signed", "has_signed"),
        found["accredited"],
        found["right"],
        found["supervises"],
    )
    today = _day(found, "today")
    assert today is not None
    ask = Ask(found["action"], today, found["purpose"], found["reason"])
    of_child = ("archived", "held", "shielded", "overridden", "own_assessment")
    child = ChildFacts(*(found[name] for name in of_child))
    entry = InvolvementFacts(
        found["sensitive"], found["basis"], found["own"], found["of_kind"], found["of_agency"]
    )
    return Point(who, ask, child), entry


def _day(found: dict[str, Any], name: str, said: str = "") -> date | None:
    if said and not found[said]:
        return None
    year, month, day = found[name] // 10_000, found[name] // 100 % 100, found[name] % 100
    return date(year, month, day)
