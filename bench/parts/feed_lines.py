"""Bodies of feed batches for the bench: children who resemble nobody, each with an involvement."""

import base64
import hashlib
import json
import random
from datetime import timedelta
from itertools import islice
from typing import Any

from bench.parts.children import BORN_DAYS, BORN_FIRST, GIVEN, family_names, nhs_numbers

AS_OF = "2026-11-01"
_STREETS = ("Mill Lane", "Chapel Row", "Station Approach", "Quarry Bank")


def body(first: int, children: int, street: str | None = None) -> bytes:
    """Return lines of child and involvement in turn, for children from a place on.

    `street` in place of each child's own makes every child line another than before.
    """
    names = list(islice(family_names(), first + children))[first:]
    numbers = list(islice(nhs_numbers(), first + children))[first:]
    chosen = random.Random(first)
    lines: list[dict[str, Any]] = []
    for place, (family, number) in enumerate(zip(names, numbers, strict=True), first):
        lines.append(_child_line(place, family, number, chosen))
        if street is not None:
            lines[-1]["child"]["address"]["street"] = street
        lines.append(_involvement_line(place))
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _child_line(place: int, family: str, number: str, chosen: random.Random) -> dict[str, Any]:
    born = BORN_FIRST + timedelta(days=chosen.randrange(BORN_DAYS))
    carer = {"given_name": "Parent", "family_name": family}
    child = {
        "name": {"given_name": chosen.choice(GIVEN).title(), "family_name": family},
        "date_of_birth": born.isoformat(),
        "gender": chosen.choice(("female", "male")),
        "nhs_number": number,
        "address": {
            "kind": "current",
            "house": str(chosen.randrange(1, 99)),
            "street": chosen.choice(_STREETS),
            "town": "Northmere",
            "postcode": f"ZX{chosen.randrange(1, 90)} {chosen.randrange(1, 9)}"
            + "".join(chosen.choices("ABDEFGHJ", k=2)),
        },
        "carers": [
            {
                "name": carer,
                "relation": "mother",
                "parental_responsibility": True,
                "phone": "+441632960001",
            }
        ],
    }
    return {"kind": "child", "reference": f"C{place}", "as_of": AS_OF, "child": child}


def _involvement_line(place: int) -> dict[str, Any]:
    return {
        "kind": "involvement",
        "verb": "begin",
        "reference": f"I{place}",
        "child_reference": f"C{place}",
        "as_of": AS_OF,
        "service": "health_visiting",
        "team_name": "North Team",
        "team_phone": "+441632960055",
        "team_days": "mon-fri",
        "team_hours": "09:00-17:00",
        "person_name": "Named Worker",
        "began": "2026-01-05",
    }


def digest(sent: bytes) -> str:
    """Return the Content-Digest of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(sent).digest()).decode()}:"
