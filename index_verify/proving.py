"""Proofs as text: inclusion (tlog-proof) and consistency, each against the heads it names."""

from dataclasses import dataclass

from index_verify.findings import Report
from index_verify.heads import Head, read_head, shard_of
from index_verify.policy import Policy
from index_verify.spelling import (
    HASH_SIZE,
    Malformed,
    from_base64,
    number,
    whole,
    with_members,
)
from index_verify.tree import PROOF_LENGTH_MAX, consistent, included

PROOF_TEXT_MAX = 128 * 1024
_FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Growth:
    """A consistency proof: that the head of one size grew from that of another."""

    shard: int
    before: int
    after: int
    path: tuple[bytes, ...]

    def holds(self, old: Head, new: Head) -> bool:
        """Return whether it shows that `new` begins with `old`."""
        apart = (old.shard, new.shard, old.size, new.size)
        if apart != (self.shard, self.shard, self.before, self.after):
            return False
        return consistent((self.before, self.after), (old.root, new.root), self.path)


def read_growth(text: bytes, policy: Policy) -> Growth:
    """Read a consistency proof; Malformed."""
    try:
        said = with_members(text, "origin", "from", "to", "proof")
        shard = shard_of(str(said["origin"]), policy)
        path = tuple(from_base64(each, HASH_SIZE) for each in said["proof"])
        growth = Growth(shard, whole(said["from"]), whole(said["to"]), path)
    except (ValueError, TypeError):
        raise Malformed("consistency_form") from None
    if growth.before > growth.after or len(path) > PROOF_LENGTH_MAX:
        raise Malformed("consistency_form")
    return growth


def check_inclusion(text: str, leaf: bytes, policy: Policy) -> Report:
    """Report whether a proof's head, signed and cosigned, holds the leaf."""
    report = Report()
    try:
        head = _holding(text, leaf, policy)
    except Malformed as wrong:
        report.found(wrong.code)
        return report
    report.verified["leaves"] += 1
    if len(head.cosigned_s) < policy.quorum:
        report.found("quorum")
    return report


def _holding(text: str, leaf: bytes, policy: Policy) -> Head:
    first, parted, note = text.partition("\n\n")
    lines = first.split("\n")
    if not parted or len(text) > PROOF_TEXT_MAX or len(lines) > 2 + PROOF_LENGTH_MAX:
        raise Malformed("proof_form")
    try:
        if lines[0] != _FIRST or not lines[1].startswith("index "):
            raise ValueError("another format")
        index = number(lines[1].removeprefix("index "))
        path = [from_base64(each, HASH_SIZE) for each in lines[2:]]
    except (ValueError, IndexError):
        raise Malformed("proof_form") from None
    head = read_head(note, policy)
    if included(leaf, index, head.size, path) != head.root:
        raise Malformed("proof_path")
    return head
