"""What one agreement gives that another does not: what a second person reads before it holds.

Part by part, so that nothing is missed: where no part is wider, no answer is. A wider part
that another part still closes is told too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypeVar

from consent.agreement import Agreement
from consent.agreement_terms import (
    Budget,
    CafTelling,
    CoverageMode,
    InForce,
    NamedAgency,
    OverrideTerms,
    SubscriptionTerms,
)
from consent.facts import AgencyKind, DisclosureClass, InvolvementLevel, Purpose, SecondPerson

_Word = TypeVar("_Word", bound=StrEnum)
_Key = TypeVar("_Key", bound=tuple[StrEnum, ...])
_Found = Iterator[tuple[str, ...]]

# Each from the stricter to the wider.
_LEVELS = tuple(InvolvementLevel)
_COVERAGE = tuple(CoverageMode)
_TELLING = tuple(CafTelling)
_SECOND_PERSON = (SecondPerson.BEFORE, SecondPerson.AFTER, SecondPerson.NOT_NEEDED)

_NO_BUDGET = Budget(0, 0, 0, 0)
_NOT_NAMED = NamedAgency(frozenset(), InvolvementLevel.CONTENT, frozenset())


class WideningKind(StrEnum):
    """Which part of an agreement has become wider."""

    DAYS = "days"
    CHECK_YEARS = "check_years"
    PARTY = "party"
    ACTION = "action"
    PURPOSE = "purpose"
    REASON = "reason"
    GATEWAY = "gateway"
    CLASS = "class"
    NUMBER = "number"
    COVERAGE = "coverage"
    LEVEL = "level"
    BROKERED = "brokered"
    CAF = "caf"
    OVERRIDE = "override"
    APPROVER = "approver"
    SECOND_PERSON = "second_person"
    MEDIATION = "mediation"
    NAMED = "named"
    BUDGET = "budget"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True, order=True)
class Widening:
    """One thing some asker could get that it could not before.

    `where` holds known words and agencies' ids, from the general to the particular.
    """

    kind: WideningKind
    where: tuple[str, ...]


def widenings(old: Agreement, new: Agreement) -> tuple[Widening, ...]:
    """Return all in which the new agreement is wider than the old, in order; empty if in none."""
    found = {
        WideningKind.DAYS: _days(old.in_force, new.in_force),
        WideningKind.CHECK_YEARS: _number(old.check_years_max, new.check_years_max),
        WideningKind.PARTY: _words(old.parties, new.parties),
        WideningKind.ACTION: _gained(old.actions, new.actions),
        WideningKind.PURPOSE: _gained(old.purposes, new.purposes),
        WideningKind.REASON: _reasons(old, new),
        WideningKind.GATEWAY: _gateways(old, new),
        WideningKind.CLASS: _gained(_by_action(old.classes), _by_action(new.classes)),
        WideningKind.NUMBER: _gained(_by_action(old.numbers), _by_action(new.numbers)),
        WideningKind.COVERAGE: _raised(_COVERAGE, old.coverage, new.coverage),
        WideningKind.LEVEL: _levels(old, new),
        WideningKind.BROKERED: _words(old.brokered_told_to, new.brokered_told_to),
        WideningKind.CAF: _raised(_TELLING, old.caf, new.caf),
        WideningKind.OVERRIDE: _routes(old.override, new.override),
        WideningKind.APPROVER: _words(old.override.approvers, new.override.approvers),
        WideningKind.SECOND_PERSON: _overrides_agreed(old.override, new.override),
        WideningKind.MEDIATION: _mediation(old, new),
        WideningKind.NAMED: _named(old, new),
        WideningKind.BUDGET: _budgets(old, new),
        WideningKind.SUBSCRIPTION: _subscriptions(old.subscriptions, new.subscriptions),
    }
    return tuple(sorted(Widening(kind, where) for kind, all_ in found.items() for where in all_))


def narrowings(old: Agreement, new: Agreement) -> tuple[Widening, ...]:
    """Return all in which the new agreement is narrower than the old."""
    return widenings(new, old)


def _words(old: frozenset[_Word], new: frozenset[_Word], *above: str) -> _Found:
    for word in new - old:
        yield (*above, word.value)


def _gained(old: Mapping[_Key, frozenset[_Word]], new: Mapping[_Key, frozenset[_Word]]) -> _Found:
    for key, words in new.items():
        yield from _words(old.get(key, frozenset()), words, *(word.value for word in key))


def _number(old: int, new: int, *where: str) -> _Found:
    if new > old:
        yield (*where, str(new))


def _raised(ranks: tuple[_Word, ...], old: _Word, new: _Word, *where: str) -> _Found:
    if ranks.index(new) > ranks.index(old):
        yield (*where, new.value)


def _days(old: InForce, new: InForce, *where: str) -> _Found:
    if new.begins < old.begins:
        yield (*where, "in_force_from")
    if old.until is not None and (new.until is None or new.until > old.until):
        yield (*where, "in_force_until")


def _by_action(
    classes: Mapping[tuple[AgencyKind, _Word], frozenset[DisclosureClass]],
) -> Mapping[tuple[_Word, AgencyKind], frozenset[DisclosureClass]]:
    return {(action, kind): given for (kind, action), given in classes.items()}


def _reasons(old: Agreement, new: Agreement) -> _Found:
    for purpose in Purpose:
        yield from _words(old.reasons[purpose], new.reasons[purpose], purpose.value)


def _gateways(old: Agreement, new: Agreement) -> _Found:
    for gateway, days in new.gateways.items():
        yield from _days(old.gateways[gateway], days, gateway.value)


def _levels(old: Agreement, new: Agreement) -> _Found:
    for kinds, level in new.levels.items():
        before = old.levels.get(kinds, InvolvementLevel.NOTHING)
        yield from _raised(_LEVELS, before, level, *kinds)
    for asking, agency in old.agency_levels:
        before = old.agency_levels[asking, agency]
        level = new.agency_levels.get((asking, agency), InvolvementLevel.CONTENT)
        yield from _raised(_LEVELS, before, level, asking, agency)


def _routes(old: OverrideTerms, new: OverrideTerms) -> _Found:
    for kind in new.statutory_kinds:
        for purpose in new.statutory_purposes:
            if not old.on_statutory_route(kind, purpose):
                yield kind.value, purpose.value


def _overrides_agreed(old: OverrideTerms, new: OverrideTerms) -> _Found:
    yield from _raised(_SECOND_PERSON, old.second_person, new.second_person)
    # Leaving the statutory route can be wider too, where its terms were the stricter ones.
    for kind in old.statutory_kinds | new.statutory_kinds:
        for purpose in old.statutory_purposes | new.statutory_purposes:
            before, after = old.terms(kind, purpose), new.terms(kind, purpose)
            yield from _raised(_SECOND_PERSON, before, after, kind, purpose)


def _mediation(old: Agreement, new: Agreement) -> _Found:
    yield from _words(old.mediation.mediators, new.mediation.mediators, "mediators")
    yield from _words(old.mediation.requesters, new.mediation.requesters, "requesters")


def _named(old: Agreement, new: Agreement) -> _Found:
    for agency, before in old.named.items():
        after = new.named.get(agency, _NOT_NAMED)
        yield from _words(after.withheld, before.withheld, agency)
        yield from _words(after.closed, before.closed, agency)
        yield from _raised(_LEVELS, before.level, after.level, agency)


def _budgets(old: Agreement, new: Agreement) -> _Found:
    for kind, budget in new.budgets.items():
        before = old.budgets.get(kind, _NO_BUDGET)
        for each in fields(Budget):
            numbers = getattr(before, each.name), getattr(budget, each.name)
            yield from _number(*numbers, kind, each.name)


def _subscriptions(old: SubscriptionTerms, new: SubscriptionTerms) -> _Found:
    yield from _words(old.without_involvement, new.without_involvement, "without_involvement")
    for agency, kinds in new.across.items():
        yield from _words(old.across.get(agency, frozenset()), kinds, agency)
