"""What the index says, as sentences: its codes, its refusals, why this is the child."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from index_client import Refused
from thin_client import codes, doors, spoken
from thin_client.refusals import REFUSALS, Said

_SILENT: Final = frozenset({"missing", "not_compared"})
_AGREE: Final = ("exact", "nickname", "sounds_alike", "close", "swapped", "day_month_swapped",
                 "partial")  # fmt: skip


def word(listed: Mapping[str, str], code: str | None) -> str:
    """Return a code of a closed list in words; one that is new to us as it is, without dashes."""
    if not code:
        return ""
    return listed.get(code) or code.replace("_", " ").capitalize()


def listed(name: str) -> Mapping[str, str]:
    """Return one of the closed lists by its name, for templates."""
    found: Mapping[str, str] = getattr(codes, name)
    return found


def refusal(refused: Refused) -> Said:
    """Return what a refusal means to whoever reads it, and what to do."""
    known = REFUSALS.get(refused.code)
    return known or Said(refused.title or "This was refused", refused.detail)


def refused(code: str) -> Said:
    """Return what stands in an account's way, by its code alone."""
    return REFUSALS.get(code) or Said(word({}, code), "Ring the index team of this authority.")


# Why this child


def agreeing(why: Iterable[Mapping[str, str]]) -> list[str]:
    """Return in words what agrees, the most telling first: "family name: the same"."""
    said = [each for each in why if each["level"] in _AGREE]
    return [_compared(each) for each in sorted(said, key=lambda each: _AGREE.index(each["level"]))]


def differing(why: Iterable[Mapping[str, str]]) -> list[str]:
    """Return in words what was compared and differs."""
    return [word(codes.FIELDS, each["field"]) for each in why if each["level"] == "differs"]


def uncompared(why: Iterable[Mapping[str, str]], asked: Collection[str]) -> list[str]:
    """Return in words what was asked by and not compared; whatever the cause, they are one list."""
    silent = (each["field"] for each in why if each["level"] in _SILENT)
    return [word(codes.FIELDS, each) for each in silent if each in asked]


def _compared(each: Mapping[str, str]) -> str:
    return f"{word(codes.FIELDS, each['field'])}: {word(codes.LEVELS, each['level'])}"


def full_name(name: Mapping[str, Any]) -> str:
    """Return a name as it is said."""
    parts = (name.get("given_name"), name.get("middle_names"), name.get("family_name"))
    return " ".join(each for each in parts if each)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "day": spoken.day,
    "moment": spoken.moment,
    "month": spoken.month,
    "age": spoken.age,
    "phone": spoken.phone,
    "tel": spoken.tel,
    "mail": spoken.mail,
    "hours": spoken.hours,
    "open_now": spoken.open_now,
    "full_name": full_name,
    "by_kind": doors.by_kind,
    "reaching": doors.reaching,
}
