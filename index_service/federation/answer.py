"""What one authority answers another: every answer of a leg has one size, whatever it says.

The shape of a child in an answer is the contract's own, read as strictly as a stranger's: a peer
may send nothing that this authority's contract could not say itself.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from consent.peers import PeerMode
from index_service.domain.disclosure import Shown
from index_service.domain.errors import Invalid
from index_service.domain.strict_json import parse_json
from index_service.federation.child_shape import MATCHES_MAX, read_matches
from index_service.federation.question import TICKET_BYTES_MAX, malformed, read_bytes, read_id
from index_service.federation.sizes import ANSWER_BYTES, FIRST_ANSWER_BYTES, padded


class PeerOutcome(StrEnum):
    """What a peer's answer came to."""

    NOTHING = "nothing"  # no entry, or nothing to disclose: one word
    KNOWN = "known"  # a child like this is known there; no field of it
    SHOWN = "shown"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """Leg 1's: whether to go on, and the ticket to come back with, which says the same."""

    question_id: UUID
    go_on: bool
    ticket: bytes

    def encoded(self) -> bytes:
        """Write the answer at its one size."""
        said = {
            "question_id": str(self.question_id),
            "go_on": self.go_on,
            "ticket": b64encode(self.ticket).decode(),
        }
        return padded(orjson.dumps(said), FIRST_ANSWER_BYTES)

    @classmethod
    def decoded(cls, body: bytes, question_id: UUID) -> "FirstAnswer":
        """Read the answer to this question, or MessageRefused."""
        said = _object(body, FIRST_ANSWER_BYTES, {"question_id", "go_on", "ticket"})
        if type(said["go_on"]) is not bool or read_id(said["question_id"]) != question_id:
            raise malformed()
        return cls(question_id, said["go_on"], read_bytes(said["ticket"], TICKET_BYTES_MAX))


@dataclass(frozen=True, slots=True)
class SecondAnswer:
    """Leg 2's: what is disclosed, and on what terms."""

    question_id: UUID
    outcome: PeerOutcome
    mode: PeerMode | None = None
    matches: tuple[Shown, ...] = ()

    def encoded(self) -> bytes:
        """Write the answer at its one size; ValueError where it does not fit."""
        said = {
            "question_id": str(self.question_id),
            "outcome": self.outcome.value,
            "mode": None if self.mode is None else self.mode.value,
            "matches": list(self.matches),
        }
        return padded(orjson.dumps(said), ANSWER_BYTES)

    @classmethod
    def decoded(cls, body: bytes, question_id: UUID) -> "SecondAnswer":
        """Read the answer to this question, or MessageRefused for what is not of its form."""
        said = _object(body, ANSWER_BYTES, {"question_id", "outcome", "mode", "matches"})
        if read_id(said["question_id"]) != question_id:
            raise malformed()
        try:
            outcome = PeerOutcome(said["outcome"])
            mode = None if said["mode"] is None else PeerMode(said["mode"])
        except ValueError:
            raise malformed() from None
        matches = read_matches(said["matches"])
        if bool(matches) is not (outcome is PeerOutcome.SHOWN):
            raise malformed()
        if (mode is None) is not (outcome is PeerOutcome.NOTHING):
            raise malformed()
        if matches and mode is PeerMode.EXISTENCE:
            raise malformed()
        return cls(question_id, outcome, mode, matches)


def fitting(question_id: UUID, mode: PeerMode, matches: Iterable[Shown]) -> SecondAnswer:
    """Return the answer that shows these children; known alone where they do not fit together.

    None is left out in silence: what is too long is told as known, and whom to ring.
    """
    shown = SecondAnswer(question_id, PeerOutcome.SHOWN, mode, tuple(matches))
    try:
        shown.encoded()
    except ValueError:
        return SecondAnswer(question_id, PeerOutcome.KNOWN, mode)
    return shown


def _object(body: bytes, size: int, names: set[str]) -> dict[str, Any]:
    if len(body) != size:
        raise malformed()
    try:
        said = parse_json(body)
    except Invalid:
        raise malformed() from None
    if not isinstance(said, dict) or said.keys() != names:
        raise malformed()
    return said


__all__ = ["MATCHES_MAX", "FirstAnswer", "PeerOutcome", "SecondAnswer", "fitting"]
