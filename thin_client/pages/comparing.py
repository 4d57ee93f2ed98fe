"""Two records of children side by side: fact by fact, and whether they agree."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from thin_client import codes, spoken, words

Fact = Callable[[Any], str]


def beside(one: Any, other: Any) -> list[dict[str, str]]:
    """Return the facts of two records row by row: `label`, `one`, `other`, `mark`.

    `mark` is same, differs or single; what neither record states is left out.
    """
    rows = [
        {"label": label, "one": fact(one), "other": fact(other)} for label, fact in FACTS.items()
    ]
    return [{**row, "mark": _mark(row)} for row in rows if row["one"] or row["other"]]


def _mark(row: dict[str, str]) -> str:
    if row["one"] and row["other"]:
        return "same" if row["one"].casefold() == row["other"].casefold() else "differs"
    return "single"


def _name(part: str) -> Fact:
    return lambda child: child["name"].get(part) or ""


def _number(scheme: str) -> Fact:
    return lambda child: child["identifiers"].get(scheme) or ""


def _place(part: str) -> Fact:
    return lambda child: (child.get("address") or {}).get(part) or ""


def _kind_of_address(child: Any) -> str:
    return words.word(codes.ADDRESSES, (child.get("address") or {}).get("kind"))


def _setting(which: str) -> Fact:
    return lambda child: ((child.get("settings") or {}).get(which) or {}).get("name") or ""


def _education(child: Any) -> str:
    stated = (child.get("settings") or {}).get("education")
    return "" if stated == "not_known" else words.word(codes.EDUCATION, stated)


def _carers(child: Any) -> str:
    return _list(words.full_name(each) for each in child["carers"])


def _services(child: Any) -> str:
    return _list(
        words.word(codes.SERVICES, each["service"])
        for each in child.get("involvements") or []
        if not each["ceased"]
    )


def _restriction(child: Any) -> str:
    restriction = child.get("restriction") or {}
    said = ("Shielded" if restriction.get("shielded") else "Not shielded",)
    return ", ".join((*said, "held") if restriction.get("held") else said)


def _list(said: Iterable[str]) -> str:
    return ", ".join(sorted(each for each in said if each))


FACTS: Final[dict[str, Fact]] = {
    "Family name": _name("family_name"),
    "First name": _name("given_name"),
    "Middle names": _name("middle_names"),
    "Date of birth": lambda child: spoken.day(child["date_of_birth"]),
    "Gender": lambda child: words.word(codes.GENDERS, child["gender"]),
    "NHS number": _number("nhs_number"),
    "Pupil number": _number("upn"),
    "Case number": _number("case_number"),
    "Address": _kind_of_address,
    "House": _place("house"),
    "Street": _place("street"),
    "Town": _place("town"),
    "Postcode": _place("postcode"),
    "Carers": _carers,
    "Education": _education,
    "School": _setting("school"),
    "General practice": _setting("practice"),
    "Services": _services,
    "Restriction": _restriction,
}
