"""One question in two logics: of plain truth values, and of symbols that stand for any of them.

A rule is written down once, over either: what z3 reasons about is word for word what is
compared with the real rules, question by question.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

import z3

from consent.facts import (
    AccessReason,
    AccountState,
    Action,
    AgencyKind,
    InvolvementFacts,
    Purpose,
    Role,
    SensitiveBasis,
)
from proofs.workings.policy_agreements import NAMED_AGENCY, OTHER_AGENCY, OWN_AGENCY
from proofs.workings.policy_space import Point

Truth = Any  # a bool, or a z3 expression of one
AGENCIES = (OWN_AGENCY, OTHER_AGENCY, NAMED_AGENCY)
# What may be stated or left out has a word for nothing first.
WORDS: dict[str, tuple[str | None, ...]] = {
    "role": tuple(Role),
    "kind": tuple(AgencyKind),
    "action": tuple(Action),
    "purpose": (None, *Purpose),
    "reason": (None, *AccessReason),
    "state": tuple(AccountState),
    "agency": AGENCIES,
    "basis": tuple(SensitiveBasis),
    "of_kind": tuple(AgencyKind),
    "of_agency": AGENCIES,
}
DAYS = ("today", "checked", "trained", "signed")
FLAGS = (
    "was_checked",
    "was_trained",
    "has_signed",
    "accredited",
    "right",
    "supervises",
    "archived",
    "held",
    "shielded",
    "overridden",
    "own_assessment",
    "sensitive",
    "own",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Every fact of one question, each a plain value or a symbol."""

    role: Any
    kind: Any
    action: Any
    purpose: Any
    reason: Any
    state: Any
    agency: Any
    basis: Any
    of_kind: Any
    of_agency: Any
    today: Any
    checked: Any
    trained: Any
    signed: Any
    was_checked: Truth
    was_trained: Truth
    has_signed: Truth
    accredited: Truth
    right: Truth
    supervises: Truth
    archived: Truth
    held: Truth
    shielded: Truth
    overridden: Truth
    own_assessment: Truth
    sensitive: Truth
    own: Truth


class Logic(Protocol):
    """How truths are put together."""

    def all_(self, *truths: Truth) -> Truth:
        """Return whether all hold; true if there is none."""

    def any_(self, *truths: Truth) -> Truth:
        """Return whether any holds; false if there is none."""

    def not_(self, truth: Truth) -> Truth:
        """Return whether it does not hold."""

    def in_(self, fact: Any, words: Iterable[str | None], of: str) -> Truth:
        """Return whether a fact is one of these words of a vocabulary."""

    def between(self, first: Any, day: Any, last: Any) -> Truth:
        """Return whether a day lies within two others, both included; None is no limit."""


class Plain:
    """Plain truth values."""

    def all_(self, *truths: Truth) -> Truth:
        """Return whether all hold."""
        return all(truths)

    def any_(self, *truths: Truth) -> Truth:
        """Return whether any holds."""
        return any(truths)

    def not_(self, truth: Truth) -> Truth:
        """Return whether it does not hold."""
        return not truth

    def in_(self, fact: Any, words: Iterable[str | None], of: str) -> Truth:
        """Return whether a fact is one of these words."""
        return fact in words and fact in WORDS[of]

    def between(self, first: Any, day: Any, last: Any) -> Truth:
        """Return whether a day lies within two others."""
        return (first is None or first <= day) and (last is None or day <= last)


class Symbolic:
    """Expressions for z3."""

    def all_(self, *truths: Truth) -> Truth:
        """Return that all hold."""
        return z3.And(*truths)

    def any_(self, *truths: Truth) -> Truth:
        """Return that any holds."""
        return z3.Or(*truths)

    def not_(self, truth: Truth) -> Truth:
        """Return that it does not hold."""
        return z3.Not(truth)

    def in_(self, fact: Any, words: Iterable[str | None], of: str) -> Truth:
        """Return that a symbol stands for one of these words."""
        return z3.Or(*(fact == WORDS[of].index(word) for word in words))

    def between(self, first: Any, day: Any, last: Any) -> Truth:
        """Return that a day lies within two others."""
        limits = [first <= day] if first is not None else []
        return z3.And(*limits, *([day <= last] if last is not None else []))


def day_number(day: date | None) -> int:
    """Return a day as a number that orders as the calendar does; a year is ten thousand."""
    return 0 if day is None else day.year * 10_000 + day.month * 100 + day.day


def plain_facts(point: Point, entry: InvolvementFacts) -> Facts:
    """Return the facts of one question as they are."""
    who, ask, child = point.asker, point.ask, point.child
    return Facts(
        role=who.role,
        kind=who.agency_kind,
        action=ask.action,
        purpose=ask.purpose,
        reason=ask.reason,
        state=who.account_state,
        agency=who.agency,
        basis=entry.basis,
        of_kind=entry.agency_kind,
        of_agency=entry.agency,
        today=day_number(ask.today),
        checked=day_number(who.checked_on),
        trained=day_number(who.trained_on),
        signed=day_number(who.signed_on),
        was_checked=who.checked_on is not None,
        was_trained=who.trained_on is not None,
        has_signed=who.signed_on is not None,
        accredited=who.employer_accredited,
        right=who.may_override,
        supervises=who.may_supervise,
        archived=child.archived,
        held=child.held,
        shielded=child.shielded,
        overridden=child.overridden,
        own_assessment=child.own_assessment,
        sensitive=entry.sensitive,
        own=entry.own_agency,
    )


def symbols(last_of_month: int = 31) -> tuple[Facts, Truth]:
    """Return facts that stand for any question, and what binds them to the vocabularies.

    Months of 31 days hold more questions than there are; of 28, only days there are.
    """
    words = {name: z3.Int(name) for name in WORDS}
    days = {name: z3.Int(name) for name in DAYS}
    flags = {name: z3.Bool(name) for name in FLAGS}
    bounds = [z3.And(symbol >= 0, symbol < len(WORDS[name])) for name, symbol in words.items()]
    bounds += [_is_a_day(day, last_of_month) for day in days.values()]
    return Facts(**words, **days, **flags), z3.And(*bounds)


def _is_a_day(number: Any, last: int) -> Truth:
    """Return that a number is a day of this century."""
    month, day = (number / 100) % 100, number % 100
    within = z3.And(number > 2000 * 10_000, number < 2100 * 10_000)
    return z3.And(within, month >= 1, month <= 12, day >= 1, day <= last)


def read(model: Any, facts: Facts) -> dict[str, StrEnum | int | bool | None]:
    """Return what a model of z3's makes of each symbol, in the vocabularies' words."""
    found: dict[str, Any] = {}
    for each in fields(facts):
        value = model.eval(getattr(facts, each.name), model_completion=True)
        if each.name in WORDS:
            found[each.name] = WORDS[each.name][value.as_long()]
        else:
            found[each.name] = value.as_long() if each.name in DAYS else z3.is_true(value)
    return found
