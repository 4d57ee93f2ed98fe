"""The sharing agreement: a dated document as data, checked strictly and compiled to look-ups.

The format is described in README.md. What an agreement may say has a floor under it:
no practitioner is ever given provenance or restrictions, identity always goes with any
other class, and numbers go by scheme. The floor is enforced here, once, when compiling.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

from consent.facts import AccessReason, Action, AgencyKind, DisclosureClass, Purpose, Role

FORMAT = 1
ALL_PARTIES = "all_parties"
CHECK_YEARS_MAX = 3  # the law's; an agreement may ask for less, never for more
TEXT_LENGTH_MAX = 240  # characters

# The only actions for which an agreement gives classes; the rest are the team's alone.
AGREED_ACTIONS = (
    Action.LOOKUP,
    Action.READ_CHILD,
    Action.CREATE_CHILD,
    Action.AMEND_CHILD,
    Action.READ_INVOLVEMENT,
    Action.RECORD_INVOLVEMENT,
    Action.RECORD_ASSESSMENT,
)

_SCHEMES = {
    "nhs_number": DisclosureClass.NHS_NUMBER,
    "upn": DisclosureClass.UPN,
    "case_number": DisclosureClass.CASE_NUMBER,
}
_NOT_GIVABLE = frozenset(
    {*_SCHEMES.values(), DisclosureClass.PROVENANCE, DisclosureClass.RESTRICTION}
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_VERSION = re.compile(r"[0-9a-z][0-9a-z.-]{0,15}")
_Word = TypeVar("_Word", bound=StrEnum)

_ActionsByHolder = Mapping[tuple[Role, AgencyKind], frozenset[Action]]
_PurposesByHolder = Mapping[tuple[Role, AgencyKind, Action], frozenset[Purpose]]
_ClassesByKind = Mapping[tuple[AgencyKind, Action], frozenset[DisclosureClass]]


class AgreementFault(StrEnum):
    """What can be wrong with an agreement's document."""

    NOT_AN_OBJECT = "not_an_object"
    NOT_A_LIST = "not_a_list"
    KEY_UNKNOWN = "key_unknown"
    KEY_MISSING = "key_missing"
    WORD_UNKNOWN = "word_unknown"
    WORD_REPEATED = "word_repeated"
    TEXT_INVALID = "text_invalid"
    DATE_INVALID = "date_invalid"
    DATES_REVERSED = "dates_reversed"
    NUMBER_INVALID = "number_invalid"
    KIND_NOT_PARTY = "kind_not_party"
    CLASS_NOT_GIVABLE = "class_not_givable"
    IDENTITY_MISSING = "identity_missing"


class AgreementInvalid(Exception):  # noqa: N818 (a fault of a document, not of our code)
    """The document is no agreement: what is wrong and where, never the value found there."""

    def __init__(self, code: AgreementFault, path: str) -> None:
        super().__init__(f"{code} at {path or 'the top'}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Instrument:
    """The law or decision a gateway rests on, and its date."""

    title: str
    dated: date


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """A compiled agreement. Immutable; equal and hashed by the text of its document.

    `in_force_until` is the last day in force. A key absent from a mapping means none.
    """

    canonical: str  # the document as JSON, keys sorted
    version: str
    name: str
    instrument: Instrument
    in_force_from: date
    in_force_until: date | None
    check_years_max: int
    parties: frozenset[AgencyKind]
    actions: _ActionsByHolder
    purposes: _PurposesByHolder
    reasons: Mapping[Purpose, frozenset[AccessReason]]
    classes: _ClassesByKind
    numbers: _ClassesByKind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Agreement) and self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)


def default_document() -> dict[str, object]:
    """Return the document of the packaged default agreement, version 1, as a fresh dict."""
    text = resources.files("consent").joinpath("agreement_v1.json").read_text("utf-8")
    document: dict[str, object] = json.loads(text)
    return document


def compile_agreement(document: Mapping[str, object]) -> Agreement:
    """Return the agreement a document states; AgreementInvalid unless all of it is understood."""
    parts = _Place(dict(document), "").parts(
        "format",
        "version",
        "name",
        "instrument",
        "in_force_from",
        "in_force_until",
        "check_years_max",
        "parties",
        "roles",
        "purposes",
        "classes",
        "identifiers",
    )
    parts["format"].number(FORMAT, FORMAT)
    version = parts["version"].text(_VERSION)
    name, instrument = parts["name"].text(), _instrument(parts["instrument"])
    begins, until = parts["in_force_from"].day(), parts["in_force_until"]
    ends = None if until.value is None else until.day()
    if ends is not None and ends < begins:
        raise until.fault(AgreementFault.DATES_REVERSED)
    parties = parts["parties"].words(AgencyKind)
    purposes = parts["purposes"].parts(*Purpose)
    classes = _classes(parts["classes"], parties)
    return Agreement(
        check_years_max=parts["check_years_max"].number(1, CHECK_YEARS_MAX),
        actions=_actions(parts["roles"], parties),
        purposes=_purposes(purposes, parties),
        reasons=_reasons(purposes),
        numbers=_numbers(parts["identifiers"], parties),
        # Last: only a document understood in full is surely plain JSON.
        canonical=json.dumps(dict(document), sort_keys=True, separators=(",", ":")),
        version=version,
        name=name,
        instrument=instrument,
        in_force_from=begins,
        in_force_until=ends,
        parties=parties,
        classes=classes,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """One value of the document and the path of known names that leads to it."""

    value: object
    path: str

    def fault(self, code: AgreementFault) -> AgreementInvalid:
        return AgreementInvalid(code, self.path)

    def parts(self, *keys: str) -> dict[str, "_Place"]:
        """Return the parts of an object that has exactly these keys."""
        if not isinstance(self.value, dict):
            raise self.fault(AgreementFault.NOT_AN_OBJECT)
        for key in keys:
            if key not in self.value:
                raise AgreementInvalid(AgreementFault.KEY_MISSING, self._below(key))
        if len(self.value) != len(keys):
            # The unknown key is not named: a path holds known names only.
            raise self.fault(AgreementFault.KEY_UNKNOWN)
        return {key: _Place(self.value[key], self._below(key)) for key in keys}

    def listed(self) -> list["_Place"]:
        if not isinstance(self.value, list):
            raise self.fault(AgreementFault.NOT_A_LIST)
        return [_Place(value, f"{self.path}[{at}]") for at, value in enumerate(self.value)]

    def words(self, vocabulary: Iterable[_Word]) -> frozenset[_Word]:
        """Return a list of words, each of this vocabulary and there once."""
        known = {word.value: word for word in vocabulary}
        found: set[_Word] = set()
        for place in self.listed():
            if not isinstance(place.value, str) or place.value not in known:
                raise place.fault(AgreementFault.WORD_UNKNOWN)
            word = known[place.value]
            if word in found:
                raise place.fault(AgreementFault.WORD_REPEATED)
            found.add(word)
        return frozenset(found)

    def kinds(self, parties: frozenset[AgencyKind]) -> frozenset[AgencyKind]:
        """Return kinds of agency, all of them parties; `all_parties` stands for the lot."""
        if self.value == ALL_PARTIES:
            return parties
        kinds = self.words(AgencyKind)
        if not kinds <= parties:
            raise self.fault(AgreementFault.KIND_NOT_PARTY)
        return kinds

    def text(self, form: re.Pattern[str] | None = None) -> str:
        """Return one printable line without outer spaces, of this form if one is given."""
        text = self.value
        if not isinstance(text, str) or not text.isprintable() or text != text.strip():
            raise self.fault(AgreementFault.TEXT_INVALID)
        if not 0 < len(text) <= TEXT_LENGTH_MAX or (form and not form.fullmatch(text)):
            raise self.fault(AgreementFault.TEXT_INVALID)
        return text

    def day(self) -> date:
        # fromisoformat alone takes week dates and undashed ones too.
        if not isinstance(self.value, str) or not _DAY.fullmatch(self.value):
            raise self.fault(AgreementFault.DATE_INVALID)
        try:
            return date.fromisoformat(self.value)
        except ValueError:
            raise self.fault(AgreementFault.DATE_INVALID) from None

    def number(self, least: int, most: int) -> int:
        # JSON's true is an int to Python.
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.fault(AgreementFault.NUMBER_INVALID)
        return self.value

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else str(key)


def _instrument(place: _Place) -> Instrument:
    parts = place.parts("title", "dated")
    return Instrument(parts["title"].text(), parts["dated"].day())


def _actions(place: _Place, parties: frozenset[AgencyKind]) -> _ActionsByHolder:
    held: dict[tuple[Role, AgencyKind], frozenset[Action]] = {}
    roles = place.parts(*Role)
    for role in Role:
        parts = roles[role].parts("agency_kinds", "actions")
        actions = parts["actions"].words(Action)
        held.update({(role, kind): actions for kind in parts["agency_kinds"].kinds(parties)})
    return MappingProxyType(held)


def _purposes(places: Mapping[str, _Place], parties: frozenset[AgencyKind]) -> _PurposesByHolder:
    opened: dict[tuple[Role, AgencyKind, Action], frozenset[Purpose]] = {}
    for purpose in Purpose:
        parts = places[purpose].parts("instrument", "reasons", "open_to")
        _instrument(parts["instrument"])
        for place in parts["open_to"].listed():
            open_to = place.parts("roles", "agency_kinds", "actions")
            actions = open_to["actions"].words(Action)
            kinds = open_to["agency_kinds"].kinds(parties)
            for role in open_to["roles"].words(Role):
                for key in [(role, kind, action) for kind in kinds for action in actions]:
                    opened[key] = opened.get(key, frozenset()) | {purpose}
    return MappingProxyType(opened)


def _reasons(places: Mapping[str, _Place]) -> Mapping[Purpose, frozenset[AccessReason]]:
    return MappingProxyType(
        {
            purpose: places[purpose]
            .parts("instrument", "reasons", "open_to")["reasons"]
            .words(AccessReason)
            for purpose in Purpose
        }
    )


def _classes(place: _Place, parties: frozenset[AgencyKind]) -> _ClassesByKind:
    parts = place.parts("by_action", "withheld")
    by_action = parts["by_action"].parts(*AGREED_ACTIONS)
    given: dict[tuple[AgencyKind, Action], frozenset[DisclosureClass]] = {}
    for action in AGREED_ACTIONS:
        classes = by_action[action].words(DisclosureClass)
        if classes & _NOT_GIVABLE:
            raise by_action[action].fault(AgreementFault.CLASS_NOT_GIVABLE)
        if DisclosureClass.IDENTITY not in classes:
            raise by_action[action].fault(AgreementFault.IDENTITY_MISSING)
        given.update({(kind, action): classes for kind in parties})
    for exception in parts["withheld"].listed():
        withheld = exception.parts("agency_kinds", "actions", "classes")
        classes = withheld["classes"].words(DisclosureClass)
        if DisclosureClass.IDENTITY in classes:
            raise withheld["classes"].fault(AgreementFault.IDENTITY_MISSING)
        actions = withheld["actions"].words(AGREED_ACTIONS)
        for kind in withheld["agency_kinds"].kinds(parties):
            given.update({(kind, action): given[kind, action] - classes for action in actions})
    return MappingProxyType(given)


def _numbers(place: _Place, parties: frozenset[AgencyKind]) -> _ClassesByKind:
    parts = place.parts("actions", "schemes")
    actions = parts["actions"].words(AGREED_ACTIONS)
    schemes = parts["schemes"].parts(*_SCHEMES)
    given: dict[tuple[AgencyKind, Action], frozenset[DisclosureClass]] = {}
    for scheme, number in _SCHEMES.items():
        gateway = schemes[scheme].parts("instrument", "agency_kinds")
        _instrument(gateway["instrument"])
        kinds = gateway["agency_kinds"].kinds(parties)
        for key in [(kind, action) for kind in kinds for action in actions]:
            given[key] = given.get(key, frozenset()) | {number}
    return MappingProxyType(given)
