"""Forms read by their kinds, with what is at fault in words, and sent at most once."""

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Self
from urllib.parse import parse_qsl

from starlette.requests import Request

from index_client import Refused
from thin_client import references

FIELDS_MAX: Final = 300
FORM_BYTES_MAX: Final = 64 * 1024
TEXT_CHARS_MAX: Final = 200
ONCE: Final = re.compile(r"[A-Za-z0-9_-]{22}")
OWN_FIELDS: Final = frozenset({"csrf", "once"})
FORM_TYPE: Final = "application/x-www-form-urlencoded"
# As the index takes them: here, abroad, and the lines of the police and of health.
_PHONE = re.compile(r"\+44[123578][0-9]{8,9}|\+(?!44)[1-9][0-9]{7,14}|101|111")
_FAULTS: Final = {
    "field_missing": "Fill this in",
    "field_invalid": "Check this: it does not have the right form",
    "field_unknown": "This cannot be given here",
    "identifier_invalid": "Check the number: its form or check digit is wrong",
    "date_out_of_range": "Check the date: it does not exist or cannot be meant",
    "reference_invalid": references.FAULT,
}
# What is stated with a request, and the field of ours it was stated in.
_STATED: Final = {
    "Access-Purpose": "purpose",
    "Access-Reason": "reason",
    "Access-Reference": "reference",
}


class FormRefused(Exception):  # noqa: N818 (told to whoever sent it)
    """What was sent is no form of ours: too large, or of another kind."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is at fault with one field, and where on the page it is put right."""

    field: str
    text: str


@dataclass(slots=True)
class Form:
    """One form: blank, as it was sent, or as it is shown again.

    `sent` is false where it was not sent just now by this session's own page: then nothing is
    done with it, and it is shown again as it was filled in. `once` is its random number: an
    Idempotency-Key, and what keeps a second click from doing anything twice.
    """

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    once: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    sent: bool = False
    resumed: bool = False
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def blank(cls, **suggested: str | None) -> Self:
        """Return a form nobody sent, with what is suggested filled in where one can see it."""
        return cls({name: [value] for name, value in suggested.items() if value})

    @property
    def ready(self) -> bool:
        """Whether it was sent just now, and nothing is at fault."""
        return self.sent and not self.faults

    def value(self, name: str) -> str:
        """Return what stands in a field, as it was typed."""
        return next(iter(self.fields.get(name, ())), "")

    def values(self, name: str) -> list[str]:
        """Return what was ticked under one name."""
        return list(self.fields.get(name, ()))

    def fault(self, name: str, text: str) -> None:
        """Say that a field is at fault; each says one thing."""
        if self.sent and self.fault_of(name) is None:
            self.faults.append(Fault(name, text))

    def fault_of(self, name: str) -> str | None:
        """Return what is at fault with a field."""
        return next((each.text for each in self.faults if each.field == name), None)

    def text(self, name: str, needed: str = "", chars_max: int = TEXT_CHARS_MAX) -> str | None:
        """Return a line of text, tidied; None if there is none. `needed` says so if it must be."""
        typed = " ".join(unicodedata.normalize("NFC", self.value(name)).split())
        if any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Cn") for each in typed):
            self.fault(name, "Leave out characters that cannot be seen")
            return None
        if len(typed) > chars_max:
            self.fault(name, f"Use at most {chars_max} characters")
            return None
        if not typed and needed:
            self.fault(name, needed)
        return typed or None

    def reference(self, name: str) -> str | None:
        """Return a case reference, tidied; None if there is none. Another is never sent."""
        typed = self.text(name, chars_max=40)
        reference = references.tidied(typed) if typed else None
        if reference is None or references.is_reference(reference):
            return reference
        self.fault(name, references.FAULT)
        return None

    def choice(self, name: str, among: Collection[str], needed: str = "") -> Any:
        """Return one of the words to choose from; None if none was chosen."""
        chosen = self.value(name)
        if chosen in among and chosen:
            return chosen
        if chosen:
            self.fault(name, "Choose one of those listed")
        elif needed:
            self.fault(name, needed)
        return None

    def choices(self, name: str, among: Collection[str]) -> list[str]:
        """Return those ticked, in the order listed."""
        ticked = set(self.values(name))
        return [each for each in among if each in ticked]

    def day(self, name: str, needed: str = "") -> str | None:
        """Return a day as the index writes it, from the three fields of a date."""
        parts = [self.value(f"{name}-{part}").strip() for part in ("day", "month", "year")]
        if not any(parts):
            if needed:
                self.fault(name, needed)
            return None
        try:
            day, month, year = (int(part) for part in parts)
            return date(year if year > 99 else -1, month, day).isoformat()
        except (ValueError, OverflowError):  # a long number was meant for another field
            self.fault(name, "Enter a real date, such as 14 5 2016")
            return None

    def phone(self, name: str, needed: str = "") -> str | None:
        """Return a telephone number with its country, as the index writes it."""
        typed = self.text(name, needed, 40)
        if typed is None:
            return None
        digits = re.sub(r"[ ()\-.]", "", typed)
        digits = f"+{digits[2:]}" if digits.startswith("00") else digits
        digits = f"+44{digits[1:]}" if digits.startswith("0") else digits
        digits = f"+44{digits[4:]}" if digits.startswith("+440") else digits  # +44 (0)1632
        if _PHONE.fullmatch(digits):
            return digits
        self.fault(name, "Enter a telephone number, such as 01632 960 001")
        return None

    def take(self, refused: Refused, places: Mapping[str, str] | None = None) -> bool:
        """Take over which fields the index found at fault; whether the form can show it.

        `places` names our field for one of the index's (`call_back.phone`), where they differ.
        """
        for name, code in refused.fields:
            if name in _STATED and _STATED[name] not in self.fields:
                continue  # it was stated on another page, and is put right there
            here = (places or {}).get(name) or _STATED.get(name) or name.replace(".", "-")
            self.fault(here, _FAULTS.get(code, refused.detail or _FAULTS["field_invalid"]))
        if refused.code == "reference_invalid" and "reference" in self.fields:
            self.fault("reference", _FAULTS["reference_invalid"])
        return bool(self.faults)

    def kept(self) -> dict[str, Any]:
        """Return it as a session keeps it, until its practitioner has signed in again."""
        return {
            "fields": {name: list(each) for name, each in self.fields.items()},
            "once": self.once,
        }


async def read_form(request: Request, csrf: str) -> Form:
    """Read what a page of ours sent; FormRefused where no page of ours can have sent it.

    A form of an earlier session of this browser is read too, but does not count as sent.
    """
    kept = request.scope.get("kept_form")
    if kept is not None:
        return Form(kept["fields"], kept["once"], resumed=True)
    if request.headers.get("content-type", "").partition(";")[0].strip() != FORM_TYPE:
        raise FormRefused
    fields = await _fields(request)
    once = next(iter(fields.get("once", ())), "")
    if not ONCE.fullmatch(once):
        raise FormRefused
    own = secrets.compare_digest(next(iter(fields.get("csrf", ())), "").encode(), csrf.encode())
    rest = {name: each for name, each in fields.items() if name not in OWN_FIELDS}
    return Form(rest, once, sent=own, resumed=not own)


async def _fields(request: Request) -> dict[str, list[str]]:
    gathered = bytearray()
    async for chunk in request.stream():
        gathered += chunk
        if len(gathered) > FORM_BYTES_MAX:
            raise FormRefused
    return _parsed(bytes(gathered))


def _parsed(body: bytes) -> dict[str, list[str]]:
    try:
        pairs: Iterable[tuple[str, str]] = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="strict",
        )
    except ValueError as fault:
        raise FormRefused from fault
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields
