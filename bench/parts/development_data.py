"""The development data as it is read by benches and proofs: rows, and the facts of a row."""

import csv
import gzip
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from index_service.domain.child import Gender, IdentifierScheme, PersonName
from index_service.domain.errors import Invalid
from index_service.domain.identifiers import checked_nhs_number, checked_upn
from index_service.domain.matching.keys import Facts

DATA: Final = Path(
    os.environ.get("INDEX_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)
POPULATION: Final = "population-1m.csv.gz"
Row = dict[str, str]


def read_rows(name: str) -> Iterator[Row]:
    """Yield the rows of one file of the development data."""
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def facts_of(row: Row) -> Facts:
    """Return the searchable facts of a row; what the API would refuse is left out."""
    checks = (
        (IdentifierScheme.NHS_NUMBER, checked_nhs_number, row["nhs_number"]),
        (IdentifierScheme.UPN, checked_upn, row["upn"]),
    )
    identifiers = {}
    for scheme, check, text in checks:
        try:
            identifiers[scheme] = check(text)
        except Invalid:
            continue
    try:
        born = date.fromisoformat(row["date_of_birth"])
    except ValueError:
        born = None
    return Facts(
        names=(PersonName(row["family_name"], row["given_name"], row["middle_name"]),),
        date_of_birth=born,
        postcode=row["postcode"],
        house=row["house"],
        identifiers=identifiers,
        gender={"F": Gender.FEMALE, "M": Gender.MALE}.get(row["sex"]),
    )
