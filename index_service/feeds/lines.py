"""Checks what a line says: from its content to a domain line, or why not."""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial

from index_service.domain.dates import checked_near_date, checked_past_date, checked_time
from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import (
    ChildLine,
    InvolvementLine,
    InvolvementVerb,
    LineCode,
    LineInvalid,
    LineKind,
    RawLine,
    checked_feed_reference,
)
from index_service.domain.fields import (
    checked_email,
    checked_name,
    checked_phone,
    checked_team_name,
)
from index_service.domain.involvement import (
    SENSITIVE_SERVICES,
    Contact,
    Day,
    Hours,
    PersonContact,
    Service,
    TeamContact,
)
from index_service.domain.stated import (
    checked,
    child_record,
    choice,
    inside,
    known,
    required,
    text,
    truth,
)

_CHILD_KEYS = frozenset({"kind", "reference", "as_of", "child"})
_CONTACT_KEYS = frozenset(
    {
        "team_name",
        "team_phone",
        "team_days",
        "team_hours",
        "person_name",
        "person_phone",
        "person_email",
        "ask_for_duty",
    }
)
_INVOLVEMENT_KEYS = _CONTACT_KEYS | {
    "kind",
    "verb",
    "reference",
    "child_reference",
    "as_of",
    "service",
    "began",
    "ceased",
    "consent",
}
_DAYS = tuple(Day)
_DAY_SPAN = re.compile(r"([a-z]{3})-([a-z]{3})")
_TIME_SPAN = re.compile(r"([0-9:]{5})-([0-9:]{5})")


class _ConsentMissing(Exception):  # noqa: N818 (told apart here only; not a family of errors)
    """A sensitive service is supplied without consent."""


def parse_line(raw: RawLine, today: date) -> ChildLine | InvolvementLine | LineInvalid:
    """Return what the line states, checked, or the code and field it fails by."""
    if isinstance(raw.content, LineCode):
        return LineInvalid(raw.content)
    try:
        if not isinstance(raw.content, dict):
            raise Invalid(Code.FIELD_INVALID)
        if choice(raw.content, "kind", LineKind) is LineKind.CHILD:
            return _child_line(raw.content, today)
        return _involvement_line(raw.content, today)
    except Invalid as refusal:
        # INVARIANT: the checks raise only codes that LineCode spells the same.
        return LineInvalid(LineCode(refusal.code.value), refusal.field)
    except _ConsentMissing:
        return LineInvalid(LineCode.CONSENT_MISSING, "consent")


def _child_line(content: object, today: date) -> ChildLine:
    line = known(content, _CHILD_KEYS)
    return ChildLine(
        checked_feed_reference(text(line, "reference")),
        checked_past_date(text(line, "as_of"), today, "as_of"),
        inside("child", partial(child_record, today=today), required(line, "child")),
    )


def _involvement_line(content: object, today: date) -> InvolvementLine:
    line = known(content, _INVOLVEMENT_KEYS)
    verb = choice(line, "verb", InvolvementVerb)
    if verb is InvolvementVerb.BEGIN:
        for key in ("service", "team_name", "team_phone", "began"):
            required(line, key)
    service = choice(line, "service", Service) if _states(line, "service") else None
    consent = truth(line, "consent") if _states(line, "consent") else None
    if verb is InvolvementVerb.BEGIN and service in SENSITIVE_SERVICES and not consent:
        raise _ConsentMissing
    began = _day(line, "began", today)
    ceased = None
    if verb is InvolvementVerb.CEASE:
        ceased = checked_past_date(text(line, "ceased"), today, "ceased")
        if began and ceased < began:
            raise Invalid(Code.DATE_OUT_OF_RANGE, "ceased")
    elif _states(line, "ceased"):
        raise Invalid(Code.FIELD_INVALID, "ceased")  # only an end has a last day
    return InvolvementLine(
        verb=verb,
        reference=checked_feed_reference(text(line, "reference")),
        child_reference=checked_feed_reference(text(line, "child_reference"), "child_reference"),
        as_of=checked_past_date(text(line, "as_of"), today, "as_of"),
        service=service,
        contact=_contact(line),
        began=began,
        ceased=ceased,
        consent=consent,
    )


def _states(line: Mapping[str, object], key: str) -> bool:
    return line.get(key) is not None


def _day(line: Mapping[str, object], key: str, today: date) -> date | None:
    return checked_near_date(text(line, key), today, key) if _states(line, key) else None


def _contact(line: Mapping[str, object]) -> Contact | None:
    """A contact is stated whole or not at all: its team always, a person perhaps."""
    if not any(_states(line, key) for key in _CONTACT_KEYS):
        return None
    person = None
    if _states(line, "person_name"):
        person = PersonContact(
            checked_name(text(line, "person_name"), "person_name"),
            checked(line, "person_phone", checked_phone),
            checked(line, "person_email", checked_email),
        )
    elif _states(line, "person_phone") or _states(line, "person_email"):
        raise Invalid(Code.FIELD_MISSING, "person_name")
    return Contact(
        TeamContact(
            checked_team_name(text(line, "team_name"), "team_name"),
            checked_phone(text(line, "team_phone"), "team_phone"),
            _hours(line),
        ),
        person,
        truth(line, "ask_for_duty") if _states(line, "ask_for_duty") else False,
    )


def _hours(line: Mapping[str, object]) -> tuple[Hours, ...]:
    if not _states(line, "team_days") and not _states(line, "team_hours"):
        return ()
    span = _TIME_SPAN.fullmatch(text(line, "team_hours"))
    if span is None or span[1] == span[2]:
        raise Invalid(Code.FIELD_INVALID, "team_hours")
    opens, closes = (checked_time(time, "team_hours") for time in span.groups())
    return (Hours(_days(text(line, "team_days")), opens, closes),)


def _days(stated: str) -> tuple[Day, ...]:
    """Read "mon-fri" or "mon wed fri"; the days come in order, none twice."""
    try:
        if span := _DAY_SPAN.fullmatch(stated):
            first, last = (_DAYS.index(Day(day)) for day in span.groups())
            days = _DAYS[first : last + 1]
        else:
            days = tuple(Day(day) for day in stated.split(" "))
    except ValueError:
        # `from None`: the cause holds the value.
        raise Invalid(Code.FIELD_INVALID, "team_days") from None
    if not days or list(days) != sorted(set(days), key=_DAYS.index):
        raise Invalid(Code.FIELD_INVALID, "team_days")
    return days
