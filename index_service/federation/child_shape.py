"""The shape of a child in a peer's answer, and the one way to read it: nothing else gets in.

Parts are those a lookup shows. A score is in tenths of a bit here: messages hold whole numbers.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from consent.facts import SENSITIVE_KINDS, AgencyKind
from index_service.domain import shapes
from index_service.domain.child import CARERS_MAX, Gender
from index_service.domain.dates import checked_date
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Invalid
from index_service.domain.fields import checked_email, checked_name, checked_org_name, checked_phone
from index_service.domain.identifiers import checked_case_number, checked_nhs_number, checked_upn
from index_service.domain.involvement import SENSITIVE_SERVICES, CafClosure, Day, Service
from index_service.domain.matching.compare import Level
from index_service.domain.matching.grade import Grade
from index_service.domain.matching.score import Field
from index_service.domain.shapes import Shape
from index_service.federation.question import malformed, read_id

MATCHES_MAX: Final = 5
_INVOLVEMENTS_MAX: Final = 64
_HOURS_MAX: Final = 3
_TENTHS_MAX: Final = 10_000

Read = Callable[[object], Any]


def read_matches(said: object) -> tuple[Shown, ...]:
    """Return the children a peer shows, each checked in every part; MessageRefused if not."""
    try:
        matches: list[Shown] = _list(_MATCH, MATCHES_MAX)(said)
    except (Invalid, ValueError):
        raise malformed() from None
    if len({match["child"]["child_id"] for match in matches}) != len(matches):
        raise malformed()
    return tuple(matches)


def _form(shape: Shape) -> Read:
    pattern = re.compile(shape.pattern)

    def read(said: object) -> str:
        text = _text(said)
        if not shape.length_min <= len(text) <= shape.length_max or not pattern.fullmatch(text):
            raise malformed()
        return text

    return read


def _checked(check: Callable[[str], str]) -> Read:
    def read(said: object) -> str:
        text = _text(said)
        if check(text) != text:  # a peer sends what it keeps, and that was checked there
            raise malformed()
        return text

    return read


def _word(words: type[StrEnum], *but: StrEnum) -> Read:
    def read(said: object) -> str:
        word = words(_text(said))
        if word in but:
            raise malformed()
        return word.value

    return read


def _or_null(inner: Read) -> Read:
    return lambda said: None if said is None else inner(said)


def _list(inner: Read, most: int, least: int = 0) -> Read:
    def read(said: object) -> list[Any]:
        if not isinstance(said, list) or not least <= len(said) <= most:
            raise malformed()
        return [inner(each) for each in said]

    return read


def _object(parts: dict[str, Read], optional: dict[str, Read] | None = None) -> Read:
    known = parts | (optional or {})

    def read(said: object) -> Shown:
        if not isinstance(said, dict) or not parts.keys() <= said.keys() <= known.keys():
            raise malformed()
        return {name: known[name](value) for name, value in said.items()}

    return read


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise malformed()
    return said


def _just(*values: object) -> Read:
    def read(said: object) -> object:
        if not any(said is value for value in values):
            raise malformed()
        return said

    return read


def _tenths(said: object) -> int:
    if type(said) is not int or abs(said) > _TENTHS_MAX:
        raise malformed()
    return said


def _id(said: object) -> str:
    found: UUID = read_id(said)
    return str(found)


def _date(said: object) -> str:
    return checked_date(_text(said), "date").isoformat()


def _agency(said: object) -> str:
    return "" if said == "" else str(_TITLE(said))


_NAME, _TITLE = _checked(checked_name), _checked(checked_org_name)
_PHONE, _EMAIL, _TIME = _checked(checked_phone), _checked(checked_email), _form(shapes.TIME)
_BOOLEAN = _just(True, False)

_PERSON_NAME = _object(
    {"given_name": _or_null(_NAME), "middle_names": _or_null(_NAME), "family_name": _NAME}
)
_HOURS = _object({"days": _list(_word(Day), 7, 1), "opens": _TIME, "closes": _TIME})
_TEAM = _object({"name": _TITLE, "phone": _PHONE, "hours": _list(_HOURS, _HOURS_MAX)})
_PERSON = _object({"name": _NAME, "phone": _or_null(_PHONE), "email": _or_null(_EMAIL)})
_CONTACT = _object({"team": _TEAM, "person": _or_null(_PERSON), "ask_for_duty": _BOOLEAN})
# A sensitive service is never told by name, in no borough: an answer that does is none.
_INVOLVEMENT = _object(
    {
        "involvement_id": _id,
        "level": _form(Shape(r"^(existence|contact|content)$", 7, 9, "contact")),
        "agency": _or_null(_agency),
        "agency_kind": _word(AgencyKind, *SENSITIVE_KINDS),
        "service": _word(Service, *SENSITIVE_SERVICES),
        "contact": _or_null(_CONTACT),
        "began": _or_null(_date),
        "ceased": _or_null(_date),
        "last_confirmed": _or_null(_date),
    }
)
_ASSESSMENT = _object(
    {
        "agency": _agency,
        "contact": _CONTACT,
        "held_since": _date,
        "review_due": _date,
        "closed": _or_null(_date),
        "closure": _or_null(_word(CafClosure)),
    }
)
_LEAD = _object({"agency": _agency, "contact": _CONTACT, "since": _or_null(_date)})
_IDENTIFIERS = _object(
    {},
    {
        "nhs_number": _or_null(_checked(checked_nhs_number)),
        "upn": _or_null(_checked(checked_upn)),
        "case_number": _or_null(_checked(checked_case_number)),
    },
)
_CHILD = _object(
    {
        "child_id": _id,
        "restricted": _just(False),  # of a shielded child a peer tells nothing at all
        "name": _PERSON_NAME,
        "date_of_birth": _date,
        "gender": _word(Gender),
        "carers": _list(_PERSON_NAME, CARERS_MAX),
        "identifiers": _IDENTIFIERS,
    },
    {
        "involvements": _list(_INVOLVEMENT, _INVOLVEMENTS_MAX),
        "contact_can_be_brokered": _just(True),
        "assessment": _or_null(_ASSESSMENT),
        "lead_professional": _or_null(_LEAD),
    },
)
_WHY = _object({"field": _word(Field), "level": _word(Level)})
_MATCH = _object(
    {
        "grade": _word(Grade, Grade.NONE),
        "score_tenths": _tenths,
        "why": _list(_WHY, len(Field)),
        "child": _CHILD,
    }
)
