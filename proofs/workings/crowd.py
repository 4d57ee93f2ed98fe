"""Invented children whose every value stands out: no name here is a word of anything."""

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

CONSONANTS, VOWELS = "bcdfghjklmnprstvwxz", "aeiou"
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
INWARD = "ABDEFGHJLNPQRSTUWXYZ"
BORN_FROM = date(2009, 1, 1)
BORN_DAYS = 6000


@dataclass(frozen=True, slots=True)
class Child:
    """One invented child, as a sender would state it."""

    given: str
    family: str
    born: date
    nhs_number: str
    upn: str
    postcode: str
    phone: str
    carer: str

    def stated(self) -> dict[str, Any]:
        """Return the child as the contract has it."""
        return {
            "name": {"given_name": self.given, "family_name": self.family},
            "date_of_birth": self.born.isoformat(),
            "gender": "female",
            "nhs_number": self.nhs_number,
            "upn": self.upn,
            "address": {
                "kind": "current",
                "house": "4",
                "street": "Mill Lane",
                "town": "Northmere",
                "postcode": self.postcode,
            },
            "carers": [
                {
                    "name": {"given_name": self.carer, "family_name": self.family},
                    "relation": "mother",
                    "parental_responsibility": True,
                    "phone": self.phone,
                }
            ],
        }

    def question(self) -> dict[str, str]:
        """Return what is asked to find this child."""
        return {
            "given_name": self.given,
            "family_name": self.family,
            "date_of_birth": self.born.isoformat(),
        }


def word(chance: random.Random, length: int) -> str:
    """Return a capitalised made-up name of letters that no language puts together so."""
    letters = [chance.choice(CONSONANTS if n % 3 else VOWELS) for n in range(length)]
    return "".join(letters).capitalize()


def nhs_number(serial: int) -> str | None:
    """Return the test-range number of a serial, or None where the check digit would be 10."""
    digits = f"999{serial:06d}"
    rest = -sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
    return None if rest == 10 else f"{digits}{rest}"


def upn(serial: int) -> str:
    """Return the pupil number of a serial in an invented school's range."""
    digits = f"999{serial:09d}"
    return UPN_LETTERS[sum(int(d) * w for w, d in enumerate(digits, 2)) % 23] + digits


def crowd(seed: int, first: int = 0) -> Iterator[Child]:
    """Yield children without end; one seed and first serial give the same ones again."""
    chance = random.Random(seed)
    for serial in range(first, 1_000_000):
        number = nhs_number(serial)
        if number is None:
            continue
        yield Child(
            given=word(chance, chance.randrange(8, 12)),
            family=word(chance, chance.randrange(9, 14)),
            born=BORN_FROM + timedelta(days=chance.randrange(BORN_DAYS)),
            nhs_number=number,
            upn=upn(serial),
            postcode=(
                f"ZX{chance.randrange(10, 100)} {chance.randrange(10)}"
                f"{chance.choice(INWARD)}{chance.choice(INWARD)}"
            ),
            phone=f"+441632960{chance.randrange(200, 1000)}",
            carer=word(chance, 9),
        )


def feed_body(children: list[Child], prefix: str, as_of: date, *, involved: bool = True) -> bytes:
    """Return a batch: each child and, if asked, an involvement with each."""
    lines: list[dict[str, Any]] = []
    for place, child in enumerate(children):
        reference = f"{prefix}{place}"
        said = {"as_of": as_of.isoformat()}
        lines.append(
            {"kind": "child", "reference": f"C{reference}", **said, "child": child.stated()}
        )
        if involved:
            lines.append(
                {
                    "kind": "involvement",
                    "verb": "begin",
                    "reference": f"I{reference}",
                    "child_reference": f"C{reference}",
                    **said,
                    "service": "health_visiting",
                    "team_name": "Northmere North Team",
                    "team_phone": "+441632960155",
                    "began": (as_of - timedelta(days=90)).isoformat(),
                }
            )
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def content_digest(body: bytes) -> str:
    """Return the Content-Digest of a body (RFC 9530)."""
    return f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"
