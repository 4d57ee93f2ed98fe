"""Children that were never born, no two alike, and what suppliers and practitioners say of them.

Numbers are from the ranges kept free for tests; telephone numbers from the one for drama.
"""

from datetime import date, timedelta
from itertools import count
from typing import Any

from index_service.domain.clock import SystemClock

TODAY = SystemClock().today()
DUTY = "+441632960111"
Stated = dict[str, Any]

_numbers = count(1)
_BEGIN = ("Bar", "Cor", "Dun", "Fal", "Gim", "Hov", "Jas", "Kel", "Lum", "Mev", "Nor", "Pod")
_END = ("beck", "cliff", "drake", "fenn", "garth", "holt", "kirk", "lund", "mere", "quoy", "tarn")
_GIVEN = ("Ashva", "Brindle", "Corvina", "Dellith", "Emberly", "Fenwick", "Galdra", "Hestor")
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def day(ago: int = 0) -> str:
    """Return the day so many days ago, as senders write it."""
    return (TODAY - timedelta(days=ago)).isoformat()


def key() -> str:
    """Return an Idempotency-Key nobody used before."""
    return f"made-up-key-{next(_numbers):08d}"


def nhs_number(number: int) -> str:
    """Return a number of the test range 999 with its check digit."""
    while True:
        digits = f"999{number:06d}"
        weighted = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True))
        check = -weighted % 11
        if check < 10:
            return f"{digits}{check}"
        number += 500_000  # never issued: the check digit would be 10


def upn(number: int) -> str:
    """Return a pupil number of authority 999 with its check letter."""
    digits = f"999{number:09d}"
    weighted = sum(int(d) * w for w, d in enumerate(digits, 2))
    return _UPN_LETTERS[weighted % 23] + digits


def a_child(**differs: Any) -> Stated:
    """Return the facts of a child unlike any other; a fact given as None is left out."""
    n = next(_numbers)
    family = _BEGIN[n % 12] + _END[n // 12 % 11]
    family += "".join(_END[n // each % 11] for each in (132, 1452) if n >= each)
    born = date(TODAY.year - 14, 1, 1) + timedelta(days=n * 11 % 4000)
    facts: Stated = {
        "name": {"given_name": _GIVEN[n % 8], "family_name": family},
        "date_of_birth": born.isoformat(),
        "gender": "female" if n % 2 else "male",
        "nhs_number": nhs_number(n),
        "upn": upn(n),
        "case_number": f"NM{n:05d}",
        "address": {
            "kind": "current",
            "house": str(n),
            "street": "Larkfield Rise",
            "town": "Northmere",
            "postcode": _postcode(n),
        },
    }
    facts |= differs
    return {name: fact for name, fact in facts.items() if fact is not None}


def _postcode(n: int) -> str:
    return f"NM{n // 400 + 1} {n % 10}{_LETTERS[n // 10 % 20]}{_LETTERS[n // 200 % 20]}"


def by_name(child: Stated) -> Stated:
    """Return the question by name and date of birth."""
    return {**child["name"], "date_of_birth": child["date_of_birth"]}


def by_address(child: Stated) -> Stated:
    """Return the question by address and family name, the year of birth alone being right."""
    year = child["date_of_birth"][:4]
    return {
        **_address(child),
        "family_name": child["name"]["family_name"],
        "date_of_birth": f"{year}-12-31",
    }


def _address(child: Stated) -> Stated:
    return {part: child["address"][part] for part in ("postcode", "house")}


def by_everything(child: Stated) -> Stated:
    """Return the question with which a match is certain."""
    return {**by_name(child), **_address(child)}


def contact(team: str = "Northmere North Team", **person: str) -> Stated:
    """Return whom to ring: a team, and a person if one is given."""
    said: Stated = {"team": {"name": team, "phone": DUTY}}
    return {**said, "person": person} if person else said


def involvement(service: str = "social_care", **differs: Any) -> Stated:
    """Return the statement by which an involvement begins."""
    return {"service": service, "contact": contact(), "began": day(30), **differs}


def reference(kind: str = "C") -> str:
    """Return a supplier's reference nobody used before."""
    return f"{kind}-{next(_numbers)}"


def child_line(ref: str, child: Stated, as_of: str | None = None) -> Stated:
    """Return a supplier's line about a child."""
    return {"kind": "child", "reference": ref, "as_of": as_of or day(1), "child": child}


def begin_line(ref: str, child_ref: str, **differs: Any) -> Stated:
    """Return a supplier's line by which an involvement begins."""
    return {
        "kind": "involvement",
        "verb": "begin",
        "reference": ref,
        "child_reference": child_ref,
        "as_of": day(1),
        "service": "school",
        "team_name": "Northmere Primary Office",
        "team_phone": DUTY,
        "began": day(90),
        **differs,
    }


def next_line(verb: str, ref: str, child_ref: str, **says: Any) -> Stated:
    """Return a supplier's line that changes or ends an involvement."""
    said = {"verb": verb, "reference": ref, "child_reference": child_ref, "as_of": day(0)}
    return {"kind": "involvement", **said, **says}
