"""What of two answers must be equal, byte for byte, and where they first differ.

Only what is random by design is put aside, and never dropped: an id, tag or cursor made
while the programme ran becomes a mark of the same length that says where it first
appeared in its own world, so that lengths, places and repetitions must still agree. Ids
that stood in either database before, and every tag of a body without anything new, stay.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from proofs.workings.worlds_running import Seen

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RECEIPT = re.compile(r"v1\.[\w-]{22}\.[\w-]{43}\.(\d{1,12})\.[\w-]{86}")
_OPAQUE = re.compile(
    r'(?<="next":")[\w-]{8,}(?=")'
    r'|(?<="receipt":")(?!v1\.)[\w.-]{12,}(?=")'
    r'|(?<="leaf":")[0-9a-f]{64}(?=")'
)
_TAG = re.compile(r'"[\w-]{22}"')
_MARK = "~made~"


def _on_caseload(row: Any) -> tuple[Any, ...] | None:
    """Return what places a row of a caseload before its id does; None for a child's own row."""
    if "involvement" not in row:
        return None
    return row["practitioner_id"], row["confirm_by"]


# Lists in which equals stand in order of id: of things made by chance, so is theirs.
_EQUALS: Mapping[str, Callable[[Any], Any]] = {
    "matches": lambda one: (one["grade"], one["score_bits"]),
    "involvements": lambda one: _on_caseload(one) or (one["ceased"] is not None, one["service"]),
    "contacts": _on_caseload,
}
_BY_ID = frozenset(
    "holds requests notices alerts overrides dissents consents bases not_shared".split()
)


@dataclass(frozen=True, slots=True)
class Plain:
    """An answer with only marks where chance was."""

    status: int
    names: tuple[str, ...]
    values: tuple[str, ...]
    length: int
    body: str


@dataclass(slots=True)
class Marks:
    """The marks of one world. `known` are the ids that were there before, in either."""

    known: frozenset[str]
    _marks: dict[str, str] = field(default_factory=dict)
    _answer: int = 0
    _place: int = 0

    def mark(self, text: str) -> str:
        """Return the mark of one text: of its length, by where it was first seen."""
        if text not in self._marks:
            self._place += 1
            number = f"{_MARK}{self._answer}.{self._place}~"
            self._marks[text] = number + "." * (len(text) - len(number))
        return self._marks[text]

    def plain(self, seen: Seen, *, granted: bool = False) -> Plain:
        """Return an answer as it is compared; `granted`: its tag is bound to a new grant."""
        self._answer, self._place = self._answer + 1, 0
        body = self._text(seen.body.decode(errors="backslashreplace"))
        new = granted or _MARK in body
        values = tuple(self._header(name, value, new) for name, value in seen.headers)
        names = tuple(name for name, _ in seen.headers)
        return Plain(seen.status, names, values, len(seen.body), body)

    def _text(self, text: str) -> str:
        text = _RECEIPT.sub(_receipt, text)
        text = _OPAQUE.sub(lambda found: self.mark(found[0]), text)
        return _UUID.sub(self._id, text)

    def _id(self, found: re.Match[str]) -> str:
        return found[0] if found[0] in self.known else self.mark(found[0])

    def _header(self, name: str, value: str, new: bool) -> str:
        if name == "x-request-id":
            return value
        if name == "etag" and new and _TAG.fullmatch(value):
            return self.mark(value)
        return self._text(value)


def _receipt(found: re.Match[str]) -> str:
    """Keep a receipt's form, its length and its deadline: both worlds have one clock."""
    return re.sub(r"[\w-]{22,}", lambda part: "." * len(part[0]), found[0])


def first_difference(left: Plain, right: Plain) -> str | None:
    """Return where two answers first differ, in words without any value; None if nowhere."""
    if left.status != right.status:
        return f"status {left.status} and {right.status}"
    if left.names != right.names:
        return "names or order of headers"
    for name, one, other in zip(left.names, left.values, right.values, strict=True):
        if one != other:
            return f"header {name}"
    if left.length != right.length:
        return f"length of body {left.length} and {right.length}{_within(left, right)}"
    if left.body == right.body:
        return None
    within = _within(left, right)
    return f"body{within}" if within else None


def _within(left: Plain, right: Plain) -> str:
    """Return the first place in two JSON bodies that differs; empty if only equals changed."""
    try:
        one, other = json.loads(left.body), json.loads(right.body)
    except ValueError:
        return " (not JSON)"
    return next(_paths(_settled(one), _settled(other), ""), "")


def _paths(one: Any, other: Any, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        if list(one) != list(other):
            yield f" at {path or 'top'}: names or order of members"
        for name in one.keys() & other.keys():
            yield from _paths(one[name], other[name], f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f" at {path}: {len(one)} and {len(other)} members"
        for place, pair in enumerate(zip(one, other, strict=False)):
            yield from _paths(*pair, f"{path}[{place}]")
    elif one != other:
        yield f" at {path}"


def _settled(said: Any, name: str = "") -> Any:
    """Return JSON with equals that hold something made put in one order."""
    if isinstance(said, dict):
        return {key: _settled(value, key) for key, value in said.items()}
    if not isinstance(said, list):
        return said
    rows = [_settled(each) for each in said]
    if name in _BY_ID:
        return sorted(rows, key=_made_last)
    rank = _EQUALS.get(name)
    if rank is None:
        return rows
    settled: list[Any] = []
    while rows:
        run = [rows.pop(0)]
        while rows and rank(rows[0]) == rank(run[0]):
            run.append(rows.pop(0))
        settled += sorted(run, key=_made_last)
    return settled


def _made_last(row: Any) -> tuple[bool, str]:
    text = json.dumps(row)
    return _MARK in text, text if _MARK in text else ""
