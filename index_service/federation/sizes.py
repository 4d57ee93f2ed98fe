"""The numbers of the protocol between authorities (docs/federation.md), and padding to them."""

from collections.abc import Mapping

VERSIONS = (1,)
"""Versions of the protocol spoken here, newest first: N, and N-1 once there is one."""

DERIVED_AT_ONCE = 12
DERIVED_WIDE_AT_ONCE = 24
DERIVED_BY_JOBS = 256
LOCATED_AT_ONCE = 12
LOCATED_WIDE_AT_ONCE = 24
SHIELD_ROWS = 256
SHIELD_ASKED = 64
SHIELD_TOLD_MAX = 4
"""Rows told of one digest asked: as many teams can meet."""
SHIELD_NOTE_BYTES = 512
"""What a note says, before it is sealed."""
NOTES_AT_ONCE = 16
KEYS_A_CHILD: Mapping[str, int] = {"first": 6, "wide": 16}

FIRST_ANSWER_BYTES = 1024
QUESTION_BYTES = 4096
ANSWER_BYTES = 32768
PARCEL_BYTES = 49152
PARCEL_LINES_MAX = 256
PARCEL_ANSWER_BYTES = 4096
MOVE_BYTES = 262144
MOVE_STEP_BYTES = 4096
MOVE_ANSWER_BYTES = 256
SUBSCRIPTIONS_BYTES = 16384
SUBSCRIPTIONS_ANSWER_BYTES = 4096
SUBSCRIPTIONS_PLACED = 16
SUBSCRIPTIONS_ENDED = 32
SUBSCRIPTIONS_TOLD = 64
"""Statements and notices one exchange holds at most; the rest waits for the next hour's."""
PROBE_BYTES = 256
PROBE_ANSWER_BYTES = 512
PROBLEM_BYTES = 256
"""Refusals are of one size too, whatever their code."""

RELEASE_STEP_S = 0.05
DEADLINE_S = 3.0
PROBE_EVERY_S = 15
PROBE_SILENT_S = 1.5
"""How soon a member that did not answer is probed again, and how long that probe waits."""

SKEW_S_MAX = 60
NONCE_KEPT_S = 180
BODY_READ_S_MAX = 5.0
"""How long a message may take to arrive, from its head to its last byte."""


def padded(body: bytes, size: int) -> bytes:
    """Return JSON with spaces after it, so that its size tells nothing; ValueError if longer."""
    if len(body) > size:
        raise ValueError("longer than the size all such messages have")
    return body.ljust(size, b" ")
