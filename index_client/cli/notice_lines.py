"""The lines of a coming-to-notice run: a CSV file read whole, and every bad line told at once.

What is said of a bad line is its number, the column, and what its form should be; nothing
that stands in the file is repeated.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from index_client.cli.faults import Wrong
from index_client.generated.forms import FORMS
from index_client.generated.types import BatchSubject

LINES_MAX = 400  # as many as one batch may ask about
FILE_BYTES_MAX = 1024 * 1024
COLUMNS = {
    "given_name": ("NameText", "a name: letters, no figures"),
    "middle_names": ("NameText", "names: letters, no figures"),
    "family_name": ("NameText", "a name: letters, no figures"),
    "date_of_birth": ("DayText", "a day: 2016-05-14 or 14/05/2016"),
    "gender": ("", "female, male or not_specified"),
    "postcode": ("PostcodeText", "a postcode"),
    "house": ("PlaceText", "a house's number or name"),
    "nhs_number": ("NhsNumberText", "ten figures, the last one checking the others"),
    "upn": ("UpnText", "a unique pupil number"),
    "reference": ("AccessReferenceText", "capital letters, figures, / and -, 3 to 24 of them"),
}
_GENDERS = ("female", "male", "not_specified")
_IDENTIFIERS = ("nhs_number", "upn")
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One child of the run: where the file has them, the report's number, what is known."""

    number: int
    reference: str
    facts: dict[str, str] = field(repr=False)

    def subject(self, purpose: Any, reason: Any) -> BatchSubject:
        """Return the question: with its own purpose, reason and reference."""
        lookup: Any = self.facts
        asked: BatchSubject = {"purpose": purpose, "reason": reason, "lookup": lookup}
        if self.reference:
            asked["reference"] = self.reference
        return asked


def read_lines(path: Path, *, referenced: bool = False) -> list[NoticeLine]:
    """Return the run's lines; Wrong with a sentence for every line that is not in order.

    `referenced`: each needs a report's number, as a wider search across the region does.
    """
    rows = list(_rows(path))
    if not rows:
        raise Wrong("The file has no heading.")
    columns = _columns(rows[0][1])
    faults: list[str] = []
    lines = [_line(number, columns, row, faults) for number, row in rows[1:]]
    bare = [line for line in lines if referenced and not line.reference]
    faults += [f"Line {line.number}: a wider search needs a reference." for line in bare]
    if not lines:
        faults.append("The file has no lines below its heading.")
    if len(lines) > LINES_MAX:
        faults.append(f"The file has {len(lines)} lines: one run takes at most {LINES_MAX}.")
    if faults:
        raise Wrong(*faults, "Nothing was asked.")
    return lines


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line of the file, fields); empty lines are passed over."""
    begins = 1
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise Wrong("The file is larger than 1 MiB.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1
    except OSError:
        raise Wrong("The file cannot be read.") from None
    except UnicodeDecodeError:
        raise Wrong("The file is not UTF-8 text: save it as CSV UTF-8.") from None
    except csv.Error:
        raise Wrong(f"Line {begins}: this is not CSV; look for a quotation mark.") from None


def _columns(heading: Sequence[str]) -> list[str]:
    names = [name.strip().lower() for name in heading]
    faults = [
        f"Column {place} of the heading is not known, or is there twice."
        for place, name in enumerate(names, 1)
        if name not in COLUMNS or name in names[: place - 1]
    ]
    if faults:
        raise Wrong(*faults, f"Known are: {', '.join(COLUMNS)}.", "Nothing was asked.")
    return names


def _line(number: int, columns: list[str], row: list[str], faults: list[str]) -> NoticeLine:
    if len(row) != len(columns):
        faults.append(f"Line {number}: has {len(row)} fields, the heading {len(columns)}.")
        return NoticeLine(number, "", {})
    given = {
        name: " ".join(text.split())
        for name, text in zip(columns, row, strict=True)
        if text.strip()
    }
    facts = {}
    for name, text in given.items():
        fitting = _fitting(name, text)
        if fitting is None:
            faults.append(f"Line {number}: {name} is to be {COLUMNS[name][1]}.")
        facts[name] = fitting or ""
    if not _enough(facts):
        faults.append(
            f"Line {number}: needs a number, or a name with a date of birth, or both names with a "
            "postcode."
        )
    reference = facts.pop("reference", "")
    return NoticeLine(number, reference, facts)


def _fitting(name: str, text: str) -> str | None:
    """Return a field as the contract spells it; None where it cannot be."""
    form, _ = COLUMNS[name]
    if name == "gender":
        return text.lower() if text.lower() in _GENDERS else None
    if name == "date_of_birth":
        return _day(text)
    if not re.fullmatch(FORMS[form], text):
        return None
    return text if name != "nhs_number" or _checks(text) else None


def _day(text: str) -> str | None:
    british = _BRITISH.fullmatch(text)
    spelt = f"{british[3]}-{british[2]:0>2}-{british[1]:0>2}" if british else text
    try:
        return spelt if date.fromisoformat(spelt).isoformat() == spelt else None
    except ValueError:
        return None


def _checks(nhs_number: str) -> bool:
    """Whether the last figure is right (modulus 11)."""
    figures = [int(sign) for sign in nhs_number if sign.isdigit()]
    total = sum(weight * figure for weight, figure in zip(range(10, 1, -1), figures, strict=False))
    return (11 - total % 11) % 11 == figures[-1]


def _enough(facts: dict[str, str]) -> bool:
    names = {name for name in ("given_name", "family_name") if name in facts}
    by_number = any(name in facts for name in _IDENTIFIERS)
    by_day = bool(names) and "date_of_birth" in facts
    return by_number or by_day or (len(names) == 2 and "postcode" in facts)
