"""Two heads of one log: whether both can be true."""

from index_verify.findings import Report
from index_verify.heads import read_head
from index_verify.policy import Policy
from index_verify.proving import read_growth
from index_verify.spelling import Malformed


def check_split(notes: tuple[str, str], proof: bytes | None, policy: Policy) -> Report:
    """Check two signed heads against each other, by a consistency proof where sizes differ."""
    report = Report()
    heads = []
    for number, note in enumerate(notes, 1):
        try:
            heads.append(read_head(note, policy))
            report.verified["heads"] += 1
        except Malformed as wrong:
            report.found(wrong.code, f"head {number}")
    if len(heads) < len(notes):
        return report
    old, new = sorted(heads, key=lambda head: head.size)
    if old.shard != new.shard:
        report.found("two_logs")
    elif old.size == new.size:
        if old.root != new.root:
            report.found("fork")
    elif proof is None:
        report.found("two_sizes")
    else:
        try:
            if read_growth(proof, policy).holds(old, new):
                report.verified["consistency proofs"] += 1
            else:
                report.found("consistency")
        except Malformed as wrong:
            report.found(wrong.code)
    return report
