"""The messages of a move of responsibility: one form, one step each, told again without harm."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from index_service.domain.transfer import MoveReason, MoveRefusal, MoveStep
from index_service.federation.forms import id_of, malformed, object_of, text_of
from index_service.federation.sizes import MOVE_ANSWER_BYTES, MOVE_BYTES, MOVE_STEP_BYTES, padded

PATH = "/peer/v1/moves"
FORMAT = 1
DELIVERY_MAX = 10_000

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAMES = ("format", "move", "step", "said")


@dataclass(frozen=True, slots=True)
class MoveMessage:
    """One step as one side tells it to the other.

    `said` is the step's own: of a proposal `child` and `reason`, of a refusal `refusal`, of a
    delivery its number, the `record` and the id it had; of what was taken number and digest.
    """

    move: UUID
    step: MoveStep
    said: dict[str, Any] = field(default_factory=dict, repr=False)

    def body(self) -> bytes:
        """Return the message's body, of one of two sizes."""
        text = orjson.dumps(
            {
                "format": FORMAT,
                "move": str(self.move),
                "step": self.step.value,
                "said": self.said,
            }
        )
        delivers = self.step is MoveStep.DELIVERED
        return padded(text, MOVE_BYTES if delivers else MOVE_STEP_BYTES)

    @classmethod
    def read(cls, body: bytes) -> "MoveMessage":
        """Return the step a message tells, or MessageRefused."""
        whole = object_of(body, *_NAMES)
        try:
            step = MoveStep(text_of(whole["step"], _STEP))
            said = whole["said"]
            if whole["format"] != FORMAT or not isinstance(said, dict):
                raise malformed()
            if said.keys() != _SAID[step]:
                raise malformed()
            if step is MoveStep.PROPOSED:
                MoveReason(text_of(said["reason"], _WORD))
            if step is MoveStep.REFUSED:
                MoveRefusal(text_of(said["refusal"], _WORD))
        except (ValueError, TypeError):
            raise malformed() from None
        if "digest" in said:
            text_of(said["digest"], _DIGEST)
        if "delivery" in said and not _is_number(said["delivery"]):
            raise malformed()
        return cls(id_of(whole["move"]), step, said)


def _is_number(said: object) -> bool:
    return type(said) is int and 0 < said <= DELIVERY_MAX


_STEP = re.compile("|".join(MoveStep))
_WORD = re.compile(r"[a-z_]{2,40}", re.ASCII)
_SAID: dict[MoveStep, set[str]] = {
    MoveStep.PROPOSED: {"child", "reason"},
    MoveStep.AGREED: set(),
    MoveStep.DELIVERED: {"delivery", "child_id", "record"},
    MoveStep.TAKEN: {"delivery", "digest"},
    MoveStep.CLOSED: set(),
    MoveStep.REFUSED: {"refusal"},
}


def answer_body(step: MoveStep) -> bytes:
    """Return the answer to any step: how far the move has come at whoever answers."""
    text = orjson.dumps({"format": FORMAT, "step": step.value})
    return padded(text, MOVE_ANSWER_BYTES)


def read_answer(body: bytes) -> MoveStep:
    """Return how far a move has come at the other side, or MessageRefused."""
    said = object_of(body, "format", "step")
    if said["format"] != FORMAT:
        raise malformed()
    return MoveStep(text_of(said["step"], _STEP))


def record_text(record: dict[str, Any]) -> bytes:
    """Return the one spelling of a delivered record."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def record_digest(record: dict[str, Any]) -> str:
    """Return the hexadecimal SHA-256 of a delivered record in its one spelling."""
    return hashlib.sha256(record_text(record)).hexdigest()
