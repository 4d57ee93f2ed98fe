"""Heads with each other: forks, rollbacks, and heads newer than the log that was shown."""

from dataclasses import dataclass, field

from index_verify.findings import Report
from index_verify.heads import Head
from index_verify.leaves import Grown
from index_verify.policy import Policy
from index_verify.proving import Growth


@dataclass(slots=True)
class Heads:
    """Every head that was given, its signatures verified, and where it was."""

    policy: Policy
    all: list[tuple[str, Head]] = field(default_factory=list)
    growths: list[tuple[str, Growth]] = field(default_factory=list)

    def add(self, where: str, head: Head, report: Report) -> None:
        """Take a head; two of one size that differ are a fork already."""
        if any(other != head.root for other in self._roots(head.shard, head.size)):
            report.found("fork", where)
        if len(head.cosigned_s) < self.policy.quorum:
            report.found("quorum", where)
        self.all.append((where, head))
        report.verified["heads"] += 1

    def sizes(self, shard: int) -> set[int]:
        """Return every size at which a root of this shard is wanted."""
        return {head.size for _, head in self.all if head.shard == shard}

    def latest_s(self) -> int:
        """Return the latest moment anybody signed any head."""
        return max((head.latest_s for _, head in self.all), default=0)

    def compare(self, shards: dict[int, Grown], report: Report) -> None:
        """Compare every head with the roots that leaves gave, and with proofs."""
        for where, growth in self.growths:
            self._check_growth(where, growth, report)
        for where, head in self.all:
            grown = shards.get(head.shard)
            if grown is None:
                continue
            if head.size in grown.roots:
                if grown.roots[head.size] != head.root:
                    report.found("head_not_in_log", where)
            elif head.size > grown.size:
                tied = self._tied(head, grown.size)
                report.found("head_ahead" if tied else "rollback", where)

    def _check_growth(self, where: str, growth: Growth, report: Report) -> None:
        old = self._roots(growth.shard, growth.before)
        new = self._roots(growth.shard, growth.after)
        if not old or not new:
            report.found("consistency_apart", where)
        elif self._holds(growth):
            report.verified["consistency proofs"] += 1
        else:
            report.found("consistency", where)

    def _tied(self, head: Head, size: int) -> bool:
        return any(
            growth.before == size and growth.after == head.size and self._holds(growth)
            for _, growth in self.growths
            if growth.shard == head.shard
        )

    def _holds(self, growth: Growth) -> bool:
        heads = [head for _, head in self.all]
        pairs = [(old, new) for old in heads for new in heads]
        return any(growth.holds(old, new) for old, new in pairs)

    def _roots(self, shard: int, size: int) -> set[bytes]:
        return {head.root for _, head in self.all if head.shard == shard and head.size == size}
