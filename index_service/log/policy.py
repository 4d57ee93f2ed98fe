"""The policy file as the sealer and the witnesses read it: whose log it is, and who cosigns it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from index_service.log.checkpoint import KeyKind, NoteRefused, VerifierKey

WITNESSES_MAX = 16

LogKeys = Mapping[str, tuple[VerifierKey, ...]]

_INDEPENDENT = "independent"
_URL = re.compile(r"(https?://[^\s?#@]+)?", re.ASCII)
_WORDS = frozenset({"csa", "log", "receipt", "witness", "quorum"})


class PolicyRefused(Exception):  # noqa: N818 (told to the operator)
    """Not a policy to work by; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness of a policy; an independent one never asks lookups of any index."""

    key: VerifierKey
    independent: bool
    url: str

    @property
    def name(self) -> str:
        """The name its signature lines begin with."""
        return self.key.name

    @classmethod
    def read(cls, value: str) -> Self:
        """Read NAME+KEYID+KEY [independent] [URL]."""
        text, *words = value.split(" ")
        independent = words[:1] == [_INDEPENDENT]
        url = words[independent:] or [""]
        if len(url) != 1 or not _URL.fullmatch(url[0]):
            raise PolicyRefused("witness")
        key = _key(text)
        if key.kind is not KeyKind.COSIGNATURE:
            raise PolicyRefused("witness")
        return cls(key, independent, url[0].rstrip("/"))


@dataclass(frozen=True, slots=True)
class CosigningPolicy:
    """Who cosigns a log, and how many of them are enough."""

    witnesses: tuple[PolicyWitness, ...]
    quorum: int

    @classmethod
    def read(cls, text: str, log: tuple[VerifierKey, ...]) -> Self:
        """Read a log's own policy, or PolicyRefused.

        One without an independent witness is refused: those who share the index have the
        same reasons to look away.
        """
        found = _words(text)
        named = found["log"]
        if named and sorted(named) != sorted(key.text() for key in log):
            raise PolicyRefused("log")
        witnesses = tuple(PolicyWitness.read(value) for value in found["witness"])
        names = {each.name for each in witnesses} - {key.name for key in log}
        if not 0 < len(names) == len(witnesses) <= WITNESSES_MAX:
            raise PolicyRefused("witness")
        if len({each.key.public for each in witnesses}) != len(witnesses):
            raise PolicyRefused("witness")  # what a witness signs does not name it
        if not all(each.url for each in witnesses):
            raise PolicyRefused("url")
        if not any(each.independent for each in witnesses):
            raise PolicyRefused(_INDEPENDENT)
        return cls(witnesses, _quorum(found["quorum"], len(witnesses)))


def cosigning_of(text: str, log: tuple[VerifierKey, ...]) -> CosigningPolicy | None:
    """Return who cosigns a log, or None where its policy names nobody; PolicyRefused."""
    found = _words(text)
    return CosigningPolicy.read(text, log) if found["witness"] or found["quorum"] else None


def logs_of(text: str) -> LogKeys:
    """Return the keys of every log that policies' lines name, or PolicyRefused."""
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for value in _words(text)["log"]:
        key = _key(value)
        logs[key.name] = (*logs.get(key.name, ()), key)
    for keys in logs.values():
        if sorted(key.kind for key in keys) != [KeyKind.ED25519, KeyKind.ML_DSA_44]:
            raise PolicyRefused("log")
    if not logs:
        raise PolicyRefused("log")
    return logs


def _words(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {word: [] for word in _WORDS}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, value = line.partition(" ")
        if word not in _WORDS or not value:
            raise PolicyRefused("line")
        found[word].append(value)
    return found


def _quorum(values: list[str], most: int) -> int:
    if len(values) != 1 or not values[0].isdecimal() or not values[0].isascii():
        raise PolicyRefused("quorum")
    quorum = int(values[0])
    if not 0 < quorum <= most or str(quorum) != values[0]:
        raise PolicyRefused("quorum")
    return quorum


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.read(text)
    except NoteRefused:
        raise PolicyRefused("key") from None
