"""Whose word a consent is, for how long, what stands before it, and what proves it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from index_service.domain.clock import ADULT_AGE_YEARS, age_on, attains
from index_service.domain.consenting import Consent, ConsentFor, ConsentState, Giver, Understanding
from index_service.domain.errors import Code, Invalid

PRESUMED_AGE_YEARS = 16  # Family Law Reform Act 1969 section 8
STAY_FROM_AGE_YEARS = 17
STAY_UNTIL_AGE_YEARS = 25
LASTS_YEARS_MAX = 3
AHEAD_DAYS_MAX = 366

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """Who speaks, and whether the child was judged to understand; None where not stated."""

    giver: Giver
    understanding: Understanding | None = None


def judged(said: Said, given_for: ConsentFor, born: date, today: date) -> Understanding:
    """Return the judgement that makes it theirs to say, or raise Invalid.

    The child where they understand, else whoever has parental responsibility; from 16 they
    are presumed to, at 18 nobody else may. To stay past 18 is the young person's alone.
    """
    age = age_on(born, today)
    if given_for is ConsentFor.STAY_PAST_18:
        if age < STAY_FROM_AGE_YEARS:
            raise Invalid(Code.CONSENT_GIVER_NOT_ALLOWED, "given_for")
        if said.giver is not Giver.CHILD:
            raise not_theirs()
    understanding = said.understanding or _presumed(age)
    adult = age >= ADULT_AGE_YEARS
    if adult is not (understanding is Understanding.NOT_NEEDED):
        raise Invalid(Code.CONSENT_GIVER_NOT_ALLOWED, "understanding")
    incapable = understanding is Understanding.INSUFFICIENT
    if incapable is not (said.giver is Giver.PARENTAL_RESPONSIBILITY):
        raise not_theirs()
    return understanding


def not_theirs() -> Invalid:
    """Return what is raised where somebody else must say it."""
    return Invalid(Code.CONSENT_GIVER_NOT_ALLOWED, "giver")


def _presumed(age: int) -> Understanding:
    if age >= ADULT_AGE_YEARS:
        return Understanding.NOT_NEEDED
    if age >= PRESUMED_AGE_YEARS:
        return Understanding.SUFFICIENT
    raise Invalid(Code.FIELD_MISSING, "understanding")


def checked_begin(begins: date | None, today: date) -> date:
    """Return the first day: today, or one within a year to come; never one that has passed."""
    first = begins or today
    if not 0 <= (first - today).days <= AHEAD_DAYS_MAX:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "begins")
    return first


def checked_until(
    until: date | None, given_for: ConsentFor, said: Said, born: date, first: date
) -> date:
    """Return the last day; the longest there may be unless one is stated. Nothing lasts for ever.

    Three years, to be asked again; a stay past 18 to the eve of the 25th birthday; what a
    person with parental responsibility gave ends on the eve of the 18th.
    """
    ends = attains(born, STAY_UNTIL_AGE_YEARS) - _DAY
    if given_for is not ConsentFor.STAY_PAST_18:
        ends = min(ends, attains(first, LASTS_YEARS_MAX))
    if said.giver is Giver.PARENTAL_RESPONSIBILITY:
        ends = min(ends, attains(born, ADULT_AGE_YEARS) - _DAY)
    last = until or ends
    if not first <= last <= ends:
        raise Invalid(Code.DATE_OUT_OF_RANGE, "until")
    return last


def refuse_if_decided(
    said: Said, concerns: tuple[object, ...], standing: Iterable[Consent]
) -> None:
    """Raise Invalid where a child who understands has the last word and somebody else speaks.

    A refusal or withdrawal of theirs lasts; a consent of theirs for as long as it stands.
    """
    last = _newest(concerns, standing)
    if last is None or said.giver is Giver.CHILD:
        return
    if last.last_said.giver is Giver.CHILD and last.state is not ConsentState.GIVEN:
        raise not_theirs()


def refuse_overlap(new: Consent, standing: Iterable[Consent], today: date) -> None:
    """Raise Invalid where one that is alive covers the same days; a child's beats a parent's."""
    rows = [each for each in standing if each.concerns == new.concerns]
    for other in rows:
        alive = other.state is ConsentState.GIVEN and not superseded(other, rows, today)
        if not alive or not _meet(new, other) or (other.until and other.until < today):
            continue
        beaten = other.last_said.giver is not Giver.CHILD and new.given.giver is Giver.CHILD
        if not beaten:
            raise Invalid(Code.CONSENT_OVERLAPS, "begins")


def superseded(consent: Consent, standing: Iterable[Consent], today: date) -> bool:
    """Say whether something newer on the same matter has begun."""
    return any(
        each.concerns == consent.concerns
        and each.sequence > consent.sequence
        and each.begins <= today
        for each in standing
    )


def canonical_terms(consent: Consent) -> bytes:
    """Return the one byte form a consent is committed to by: its terms when it was recorded.

    What happens to it later (renewed, withdrawn) is not part of it.
    """
    decision = ConsentState.REFUSED if consent.state is ConsentState.REFUSED else ConsentState.GIVEN
    given, until = consent.given, consent.stated_until
    terms = {
        "agency": consent.agency,
        "begins": consent.begins.isoformat(),
        "consent_id": str(consent.id),
        "decision": decision,
        "given_for": consent.given_for,
        "giver": given.giver,
        "judged_by": given.account,
        "judged_on": given.day.isoformat(),
        "purpose": consent.purpose,
        "receiving_authority": consent.receiving,
        "service": consent.service,
        "understanding": given.understanding,
        "until": until.isoformat() if until else None,
        "v": 1,
    }
    return json.dumps(terms, sort_keys=True, separators=(",", ":")).encode()


def _newest(concerns: tuple[object, ...], standing: Iterable[Consent]) -> Consent | None:
    rows = [each for each in standing if each.concerns == concerns]
    return max(rows, key=lambda each: each.sequence, default=None)


def _meet(one: Consent, other: Consent) -> bool:
    return _starts_by(one, other.until) and _starts_by(other, one.until)


def _starts_by(consent: Consent, day: date | None) -> bool:
    return day is None or consent.begins <= day
