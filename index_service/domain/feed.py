"""What an agency's feed says, line by line, and what became of each line."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index_service.domain.child import ChildRecord
from index_service.domain.errors import Code, Invalid
from index_service.domain.involvement import Contact, Service

LINE_BYTES_MAX = 16 * 1024
_REFERENCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,38}[A-Za-z0-9])?")


class LineKind(StrEnum):
    """What a line is about."""

    CHILD = "child"
    INVOLVEMENT = "involvement"


class InvolvementVerb(StrEnum):
    """What a line says of an involvement."""

    BEGIN = "begin"
    CHANGE = "change"  # of worker, of team, or of consent
    CEASE = "cease"


class LineCode(StrEnum):
    """Why a line was not accepted: stable, and determined by the line alone."""

    LINE_TOO_LONG = "line_too_long"
    NOT_UTF8 = "not_utf8"
    CHARACTER_NOT_ALLOWED = "character_not_allowed"
    NOT_JSON = "not_json"
    DUPLICATE_KEY = "duplicate_key"
    TOO_DEEP = "too_deep"
    NOT_CSV = "not_csv"  # quotes that do not close, or a line end inside them
    COLUMN_COUNT = "column_count"  # more or fewer cells than the header has columns
    FIELD_UNKNOWN = "field_unknown"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    IDENTIFIER_INVALID = "identifier_invalid"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    REFERENCE_UNKNOWN = "reference_unknown"  # to what this supplier itself never sent
    CONSENT_MISSING = "consent_missing"  # reg 11(3): a sensitive service needs it to be supplied


class LineOutcome(StrEnum):
    """What became of a line: for the management team, never for the supplier."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    HELD = "held"
    DOUBTFUL = "doubtful"
    HALTED = "halted"
    ROUTED = "routed"  # goes to the authority the child belongs to
    INVALID = "invalid"

    @property
    def told(self) -> str:
        """What the supplier hears: only what its own line determines."""
        return "invalid" if self is LineOutcome.INVALID else "accepted"


@dataclass(frozen=True, slots=True, repr=False)
class RawLine:
    """One line as it was read: its number from 1, its bytes, and its content or why none."""

    number: int
    sent: bytes
    content: object | LineCode


@dataclass(frozen=True, slots=True, repr=False)
class ChildLine:
    """A supplier's full statement of one child, under the supplier's own reference."""

    reference: str
    as_of: date
    child: ChildRecord


@dataclass(frozen=True, slots=True, repr=False)
class InvolvementLine:
    """A supplier's statement about one involvement with a child it also supplies.

    A beginning has service, contact and `began`; a change has those it changes; an end
    has `ceased`. `consent` is stated for sensitive services only.
    """

    verb: InvolvementVerb
    reference: str
    child_reference: str
    as_of: date
    service: Service | None = None
    contact: Contact | None = None
    began: date | None = None
    ceased: date | None = None
    consent: bool | None = None


@dataclass(frozen=True, slots=True)
class LineInvalid:
    """Why a line was not accepted, and the path of known names where."""

    code: LineCode
    field: str = ""


def checked_feed_reference(text: str, field: str = "reference") -> str:
    """Return a supplier's own reference for a child or an involvement."""
    if not _REFERENCE.fullmatch(text):
        raise Invalid(Code.FIELD_INVALID, field)
    return text
