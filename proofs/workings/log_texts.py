"""What is handed out of a log taken apart, and the small changes made to its texts."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random

from tests.verify.made import compact

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


class Text(Enum):
    """The kinds of text, and which parts of one may be changed without changing nothing."""

    HEAD = "head"
    RECEIPT = "receipt"
    INCLUSION = "inclusion"
    GROWTH = "growth"


@dataclass(slots=True)
class Sheet:
    """An export taken apart: its first line, its leaves' lines, what its last line says."""

    first: dict[str, object]
    lines: list[dict[str, object]]
    count: object
    head: str

    @classmethod
    def of(cls, export: bytes) -> "Sheet":
        """Take an export apart."""
        first, *lines, last = (json.loads(line) for line in export.splitlines())
        return cls(first, lines, last["end"], last["head"])

    def text(self) -> bytes:
        """Return the export again."""
        last: dict[str, object] = {"end": self.count, "head": self.head}
        return b"".join(compact(line) for line in (self.first, *self.lines, last))

    def renumber(self) -> None:
        """Mend indices and the count."""
        for index, line in enumerate(self.lines):
            line["i"] = index
        self.count = len(self.lines)


def mutated(kind: Text, text: str, act: str, chance: Random) -> str:
    """Return a text edited, with a part dropped, inserted or moved, or cut short."""
    if act == "truncate":
        return text[: chance.randrange(len(text))]
    if act == "edit":
        return _edited(text, chance, _BASE64URL if kind is Text.RECEIPT else _BASE64)
    parts, join = _PARTS[kind](text)
    at = chance.randrange(len(parts))
    if act == "drop":
        del parts[at]
    elif act == "insert":
        parts.insert(at, parts[chance.randrange(len(parts))])
    else:
        _move(kind, parts, chance)
    return join(parts)


def _edited(text: str, chance: Random, alphabet: str) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(alphabet) + text[at + 1 :]


def _move(kind: Text, parts: list[str], chance: Random) -> None:
    """Exchange two parts; the order of signature lines alone says nothing, so it is left."""
    end = 3 if kind is Text.HEAD else len(parts)
    if kind is Text.INCLUSION:
        end = parts.index("")
    at, other = chance.randrange(end), chance.randrange(end)
    parts[at], parts[other] = parts[other], parts[at]


_Parted = tuple[list[str], Callable[[list[str]], str]]


def _by_lines(text: str) -> _Parted:
    return text.split("\n")[:-1], lambda parts: "\n".join([*parts, ""])


def _by_points(text: str) -> _Parted:
    return text.split("."), ".".join


def _by_hashes(text: str) -> _Parted:
    """Take a consistency proof's hashes apart, its sizes before them."""
    said = json.loads(text)
    parts = [str(said["from"]), str(said["to"]), *said["proof"]]

    def joined(parts: list[str]) -> str:
        sizes = [int(part) if part.isdecimal() else part for part in parts[:2]]
        named = dict(zip(("from", "to"), sizes, strict=False))
        return compact({"origin": said["origin"], **named, "proof": parts[2:]}).decode().strip()

    return parts, joined


_PARTS: dict[Text, Callable[[str], _Parted]] = {
    Text.HEAD: _by_lines,
    Text.INCLUSION: _by_lines,
    Text.RECEIPT: _by_points,
    Text.GROWTH: _by_hashes,
}
