"""How the columns of a CSV feed map to the fields of a line: data, not code.

A supplier whose system writes other headings gets a ColumnMap of its own, never a
reader of its own. A cell that is empty states nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from index_service.domain.child import CARERS_MAX, FORMER_NAMES_MAX
from index_service.domain.errors import Code, Invalid
from index_service.domain.feed import LineKind

_NAME = ("family_name", "given_name", "middle_names")
_CHILD: dict[str, tuple[str, ...]] = {
    **{part: ("name", part) for part in _NAME},
    **{
        fact: (fact,)
        for fact in ("date_of_birth", "gender", "nhs_number", "upn", "case_number", "education")
    },
    "address_kind": ("address", "kind"),
    **{line: ("address", line) for line in ("house", "street", "town", "postcode")},
    **{f"school_{part}": ("school", part) for part in ("urn", "name", "phone", "starts", "ends")},
    **{f"practice_{part}": ("practice", part) for part in ("ods", "name", "phone", "since")},
    **{
        f"former_{place}_{part}": (f"former_names[{place - 1}]", part)
        for place in range(1, FORMER_NAMES_MAX + 1)
        for part in _NAME
    },
    **{
        f"carer_{place}_{part}": (f"carers[{place - 1}]", "name", part)
        for place in range(1, CARERS_MAX + 1)
        for part in _NAME
    },
    **{
        f"carer_{place}_{part}": (f"carers[{place - 1}]", part)
        for place in range(1, CARERS_MAX + 1)
        for part in ("relation", "parental_responsibility", "phone")
    },
}
_LINE = ("kind", "reference", "as_of")
_INVOLVEMENT = (
    "verb",
    "child_reference",
    "service",
    "team_name",
    "team_phone",
    "team_days",
    "team_hours",
    "person_name",
    "person_phone",
    "person_email",
    "ask_for_duty",
    "began",
    "ceased",
    "consent",
)
# Every column name of the published schema, in the order of the published example.
COLUMNS = (*_LINE, *_CHILD, *_INVOLVEMENT)
_TRUTHS = frozenset({"ask_for_duty", "consent"}) | {
    name for name in _CHILD if name.endswith("_parental_responsibility")
}
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What a supplier's headings and words stand for in the published schema.

    `columns`: its heading -> our column. `constants`: our column -> what every line
    says. `words`: our column -> its word -> ours. `ignored`: headings not taken.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a map to columns the schema does not have: a defect of the map."""
        targets = {*self.columns.values(), *self.constants, *self.words}
        if not targets <= set(COLUMNS):
            raise ValueError("a column map names a column the schema does not have")

    def read_header(self, headings: Sequence[str]) -> tuple[str, ...]:
        """Return our column for each heading, "" for those not taken.

        Raises Invalid for the whole feed: an unknown heading (FIELD_UNKNOWN), one twice
        (DUPLICATE_KEY), or none for what every line must have (FIELD_MISSING).
        """
        unknown = set(headings) - self.columns.keys() - self.ignored
        if unknown:
            raise Invalid(Code.FIELD_UNKNOWN, "header")
        names = tuple(self.columns.get(heading, "") for heading in headings)
        taken = [name for name in names if name]
        if len(set(taken)) != len(taken):
            raise Invalid(Code.DUPLICATE_KEY, "header")
        if not set(_LINE) <= {*taken, *self.constants}:
            raise Invalid(Code.FIELD_MISSING, "header")
        return names

    def read_row(self, names: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
        """Return the line one row states, in the shape an NDJSON line has."""
        flat: dict[str, str] = dict(self.constants)
        for name, cell in zip(names, cells, strict=True):
            if name and cell:
                words = self.words.get(name)
                flat[name] = words.get(cell, cell) if words else cell
        return _nested(flat) if flat.get("kind") == LineKind.CHILD else dict(_said(flat))


def _said(flat: Mapping[str, str]) -> dict[str, object]:
    return {
        name: _TRUTH.get(cell, cell) if name in _TRUTHS else cell for name, cell in flat.items()
    }


def _nested(flat: Mapping[str, str]) -> dict[str, object]:
    """A child's columns become its nested facts; what is no child's stays and is refused."""
    child: dict[str, object] = {}
    line: dict[str, object] = {"child": child}
    for name, cell in flat.items():
        place = _CHILD.get(name)
        if place is None:
            line[name] = cell
            continue
        inner = child
        for key in place[:-1]:
            deeper = inner.setdefault(key, {})
            assert isinstance(deeper, dict)  # noqa: S101 (places never end inside another)
            inner = deeper
        inner[place[-1]] = _TRUTH.get(cell, cell) if name in _TRUTHS else cell
    for key, count_max in (("former_names", FORMER_NAMES_MAX), ("carers", CARERS_MAX)):
        listed = [
            child.pop(f"{key}[{place}]") for place in range(count_max) if f"{key}[{place}]" in child
        ]
        if listed:
            child[key] = listed
    return line


PUBLISHED_COLUMNS = ColumnMap(columns={name: name for name in COLUMNS})

# How a schools' management system of the census kind names the same facts.
SCHOOL_CENSUS_COLUMNS = ColumnMap(
    columns={
        "PupilReference": "reference",
        "ExtractDate": "as_of",
        "Surname": "family_name",
        "Forename": "given_name",
        "MiddleNames": "middle_names",
        "FormerSurname": "former_1_family_name",
        "DOB": "date_of_birth",
        "Sex": "gender",
        "UPN": "upn",
        "PAON": "house",
        "Street": "street",
        "Town": "town",
        "PostCode": "postcode",
        "SchoolURN": "school_urn",
        "SchoolName": "school_name",
        "SchoolTelephone": "school_phone",
        "EntryDate": "school_starts",
        "LeavingDate": "school_ends",
    },
    constants={"kind": "child", "address_kind": "current", "education": "attending"},
    words={"gender": {"F": "female", "M": "male", "U": "not_specified"}},
    ignored=frozenset({"YearGroup", "EnrolmentStatus"}),
)
