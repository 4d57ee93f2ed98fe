"""Signed heads: a note's text, the log's two signatures, and the witnesses' cosignatures."""

from dataclasses import dataclass, replace

from index_verify.policy import (
    COSIGNATURE,
    KEY_ID_SIZE,
    MOMENT_SIZE,
    SIGNATURE_SIZES,
    NoteKey,
    Policy,
)
from index_verify.spelling import HASH_SIZE, Malformed, from_base64, number
from index_verify.tree import EMPTY_ROOT

NOTE_LENGTH_MAX = 64 * 1024
SHARD_FIRST, SHARD_LAST = 2000_00, 9999_99


@dataclass(frozen=True, slots=True)
class Head:
    """A head that both of the log's keys signed, when, and when each witness cosigned it."""

    shard: int
    size: int
    root: bytes
    signed_s: int
    cosigned_s: tuple[int, ...]

    @property
    def latest_s(self) -> int:
        """The latest moment anybody says that this was the log."""
        return max(self.signed_s, *self.cosigned_s, 0)


def shard_of(origin: str, policy: Policy) -> int:
    """Return the shard ORIGIN/SHARD names; ValueError where it is not the policy's log."""
    name, _, shard = origin.rpartition("/")
    value = number(shard)
    if name != policy.origin or not SHARD_FIRST <= value <= SHARD_LAST:
        raise ValueError("another log")
    return value


def read_head(note: str, policy: Policy) -> Head:
    """Return the head a note signs, or Malformed with the code of what is wrong with it."""
    if len(note) > NOTE_LENGTH_MAX:
        raise Malformed("head_form")
    text, parted, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not parted or len(lines) != 3 or not signatures.endswith("\n"):
        raise Malformed("head_form")
    try:
        shard = shard_of(lines[0], policy)
    except ValueError:
        raise Malformed("head_origin") from None
    try:
        size, root = number(lines[1]), from_base64(lines[2], HASH_SIZE)
    except ValueError:
        raise Malformed("head_form") from None
    if size == 0 and root != EMPTY_ROOT:
        raise Malformed("root")
    return _signed(Head(shard, size, root, 0, ()), text, signatures[:-1].split("\n"), policy)


def _signed(head: Head, text: str, lines: list[str], policy: Policy) -> Head:
    """Check every line by a name the policy knows; return the head with its moments."""
    known = {(key.name, key.key_id): key for key in (*policy.log, *policy.witnesses)}
    names = {name for name, _ in known}
    moments: dict[NoteKey, int] = {}
    for line in lines:
        name, signature = _signature_line(line)
        if name not in names:
            continue
        key = known.get((name, signature[:KEY_ID_SIZE]))
        if key is None or not _holds(key, signature[KEY_ID_SIZE:], head, text):
            raise Malformed("head_signature" if name == policy.origin else "head_cosignature")
        if key in moments:
            raise Malformed("head_repeated")
        moments[key] = int.from_bytes(signature[KEY_ID_SIZE:][:MOMENT_SIZE]) if key.timed else 0
    if not all(key in moments for key in policy.log):
        raise Malformed("head_unsigned")
    cosigned = tuple(moments[key] for key in policy.witnesses if key in moments)
    return replace(head, signed_s=max(moments[key] for key in policy.log), cosigned_s=cosigned)


def _holds(key: NoteKey, signature: bytes, head: Head, text: str) -> bool:
    """Return whether a key signed a head, in the way of its kind."""
    if len(signature) != SIGNATURE_SIZES[key.kind]:
        return False
    if not key.timed:
        return key.holds(signature, f"{text}\n".encode())
    moment, signature = signature[:MOMENT_SIZE], signature[MOMENT_SIZE:]
    if key.kind == COSIGNATURE:
        said = f"cosignature/v1\ntime {int.from_bytes(moment)}\n{text}\n".encode()
    else:
        said = _subtree(key.name.encode(), moment, text.partition("\n")[0].encode(), head)
    return key.holds(signature, said)


def _subtree(name: bytes, moment: bytes, log: bytes, head: Head) -> bytes:
    """Return what ML-DSA-44 signs of a head: it as the subtree from leaf 0 on."""
    named = bytes((len(name),)) + name
    sizes = (0).to_bytes(8) + head.size.to_bytes(8)
    return b"subtree/v1\n\0" + named + moment + bytes((len(log),)) + log + sizes + head.root


def _signature_line(line: str) -> tuple[str, bytes]:
    words = line.split(" ")
    if len(words) != 3 or words[0] != "\u2014" or not words[1]:
        raise Malformed("head_form")
    try:
        signature = from_base64(words[2])
    except ValueError:
        raise Malformed("head_form") from None
    if len(signature) <= KEY_ID_SIZE:
        raise Malformed("head_form")
    return words[1], signature
