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

# As many of each part, and of years, months and days below, as share no divisor: children
# made after one another have no part in common, and those far apart hardly two.
_GIVEN = "Ash Brin Cor Del Em Fen Gal Hes Il Jor Ked Lyth Mer Nav Osk Perr".split()
_CALLED = (
    "va dle vina lith berly wick dra tor mund shan fice gory nell pert zin kesh roth bax haim"
).split()
_BEGIN = "Bar Cor Dun Fal Gim Hov Jas Kel Lum Mev Nor Pod Quis".split()
_MIDDLE = "en is ol art um eth op".split()
_END = (
    "beck cliff drake fenn garth holt kirk lund mere quoy tarn sough wath shaw ness pike rigg"
).split()
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_OWN_INDEX = 1001  # children made while the modules were loaded come before


class _Counts:
    """What has been made so far, for the index in hand."""

    children = count(1)
    words = count(1)
    shared = False


def begin_again() -> None:
    """Count anew for an index of its own: the same are made whatever was asked elsewhere."""
    if _Counts.shared:
        return
    _Counts.children, _Counts.words = count(_OWN_INDEX), count(_OWN_INDEX)


def count_on() -> None:
    """Count on from here: one index is shared by modules of which others have one of their own."""
    _Counts.shared = True


def day(ago: int = 0) -> str:
    """Return the day so many days ago, as senders write it."""
    return (SystemClock().today() - timedelta(days=ago)).isoformat()


def key() -> str:
    """Return an Idempotency-Key nobody used before."""
    return f"made-up-key-{next(_Counts.words):08d}"


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
    n = next(_Counts.children)
    facts: Stated = {
        "name": {
            "given_name": _part(_GIVEN, n) + _part(_CALLED, n),
            "family_name": _part(_BEGIN, n) + _part(_MIDDLE, n) + _part(_END, n),
        },
        "date_of_birth": _born(n).isoformat(),
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


def _part(parts: list[str], n: int) -> str:
    return parts[n % len(parts)]


def _born(n: int) -> date:
    """Return a day that no day and month turn into another; none is in December."""
    return date(SystemClock().today().year - 15 + n % 12, 1 + n % 11, 13 + n % 13)


def _postcode(n: int) -> str:
    return f"NM{n // 400 + 1} {n % 10}{_LETTERS[n // 10 % 20]}{_LETTERS[n // 200 % 20]}"


def misspelt(name: Stated) -> Stated:
    """Return a name as somebody may hear it."""
    return {**name, "family_name": f"{name['family_name']}e"}


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
    return f"{kind}-{next(_Counts.words)}"


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
