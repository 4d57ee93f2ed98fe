"""Reading an agreement's document: nothing is guessed, passed over or repeated in a fault."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from consent.agreement_terms import InForce, Instrument
from consent.facts import AgencyKind

ALL_PARTIES = "all_parties"
TEXT_LENGTH_MAX = 240  # characters

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AGENCY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Word = TypeVar("_Word", bound=StrEnum)


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
    KIND_REPEATED = "kind_repeated"
    CLASS_NOT_GIVABLE = "class_not_givable"
    IDENTITY_MISSING = "identity_missing"


class AgreementInvalid(Exception):  # noqa: N818 (a fault of a document, not of our code)
    """The document is no agreement: what is wrong and where, never the value found there."""

    def __init__(self, code: AgreementFault, path: str) -> None:
        super().__init__(f"{code} at {path or 'the top'}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the document and the path of known names that leads to it."""

    value: object
    path: str

    def fault(self, code: AgreementFault) -> AgreementInvalid:
        """Return what is wrong here, to be raised."""
        return AgreementInvalid(code, self.path)

    def parts(self, *keys: str) -> dict[str, "Place"]:
        """Return the parts of an object that has exactly these keys."""
        if not isinstance(self.value, dict):
            raise self.fault(AgreementFault.NOT_AN_OBJECT)
        for key in keys:
            if key not in self.value:
                raise AgreementInvalid(AgreementFault.KEY_MISSING, self._below(key))
        if len(self.value) != len(keys):
            # The unknown key is not named: a path holds known names only.
            raise self.fault(AgreementFault.KEY_UNKNOWN)
        return {key: Place(self.value[key], self._below(key)) for key in keys}

    def listed(self) -> list["Place"]:
        """Return the members of a list."""
        if not isinstance(self.value, list):
            raise self.fault(AgreementFault.NOT_A_LIST)
        return [Place(value, f"{self.path}[{at}]") for at, value in enumerate(self.value)]

    def word(self, vocabulary: Iterable[_Word]) -> _Word:
        """Return one word of this vocabulary."""
        return self._known({word.value: word for word in vocabulary})

    def words(self, vocabulary: Iterable[_Word]) -> frozenset[_Word]:
        """Return a list of words, each of this vocabulary and there once."""
        known, found = {word.value: word for word in vocabulary}, set[_Word]()
        for place in self.listed():
            word = place._known(known)
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

    def agencies(self) -> frozenset[str]:
        """Return the ids of agencies named, each there once.

        In the one form ids are compared in: a misspelt id would withhold from nobody.
        """
        found: set[str] = set()
        for place in self.listed():
            agency = place.text(_AGENCY)
            if agency in found:
                raise place.fault(AgreementFault.WORD_REPEATED)
            found.add(agency)
        return frozenset(found)

    def text(self, form: re.Pattern[str] | None = None) -> str:
        """Return one printable line without outer spaces, of this form if one is given."""
        text = self.value
        if not isinstance(text, str) or not text.isprintable() or text != text.strip():
            raise self.fault(AgreementFault.TEXT_INVALID)
        if not 0 < len(text) <= TEXT_LENGTH_MAX or (form and not form.fullmatch(text)):
            raise self.fault(AgreementFault.TEXT_INVALID)
        return text

    def day(self) -> date:
        """Return a day written YYYY-MM-DD."""
        # fromisoformat alone takes week dates and undashed ones too.
        if not isinstance(self.value, str) or not _DAY.fullmatch(self.value):
            raise self.fault(AgreementFault.DATE_INVALID)
        try:
            return date.fromisoformat(self.value)
        except ValueError:
            raise self.fault(AgreementFault.DATE_INVALID) from None

    def number(self, least: int, most: int) -> int:
        """Return a whole number within these bounds."""
        # JSON's true is an int to Python.
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.fault(AgreementFault.NUMBER_INVALID)
        return self.value

    def instrument(self) -> Instrument:
        """Return the law or decision something rests on."""
        parts = self.parts("title", "dated")
        return Instrument(parts["title"].text(), parts["dated"].day())

    def _known(self, words: Mapping[str, _Word]) -> _Word:
        if not isinstance(self.value, str) or self.value not in words:
            raise self.fault(AgreementFault.WORD_UNKNOWN)
        return words[self.value]

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else str(key)


def in_force(begins: Place, until: Place) -> InForce:
    """Return the days from a first to a last one, or without end."""
    first, last = begins.day(), None if until.value is None else until.day()
    if last is not None and last < first:
        raise until.fault(AgreementFault.DATES_REVERSED)
    return InForce(first, last)
