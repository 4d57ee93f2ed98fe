"""A live log: its heads, its leaves, that it only ever grew, and a receipt's proof."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from index_verify.agreeing import Heads
from index_verify.asking import LiveLog, NotThere, YearDropped
from index_verify.checking import text_of
from index_verify.dropping import dropped_in_time, is_dropped
from index_verify.findings import Report
from index_verify.heads import NOTE_LENGTH_MAX, Head, read_head
from index_verify.leaves import Grown
from index_verify.policy import Policy
from index_verify.proving import check_inclusion, read_growth
from index_verify.receipts import read_receipt
from index_verify.spelling import HASH_SIZE, Malformed, from_hex, from_json, whole
from index_verify.tree import GrowingTree

KEPT_LENGTH_MAX = 16 * NOTE_LENGTH_MAX
SEEN_LAST = "the head seen last"


def check_live(
    log: LiveLog, policy: Policy, since: Path | None, now_s: int, *, leaves: bool = True
) -> Report:
    """Check a log as it answers now; `since` holds the heads seen last, one a shard.

    What time it is whoever checks says: a log's own moments may lie.
    """
    run = _Run(log, policy, Report(), Heads(policy), now_s)
    try:
        seen = run.seen_last(since)
        run.ask_heads()
        shards = run.read_leaves() if leaves else {}
        run.heads.compare(shards, run.report)
        for each in seen:
            run.compare_seen(each)
        if since is not None:
            run.keep(since)
    except Malformed as wrong:
        run.report.found(wrong.code)
    except NotThere:
        run.report.found("live_refused")
    except OSError:
        run.report.found("unreadable")
    if not any(head.size for _, head in run.heads.all) and not run.report.kinds:
        run.report.found("nothing")
    return run.report


def check_receipt(text: str, policy: Policy, log: LiveLog | None, now_s: int) -> Report:
    """Check a receipt, and have the log prove its leaf; past its deadline a "no" is proof."""
    report = Report()
    try:
        promise = read_receipt(text, policy)
        if log is None:
            raise Malformed("receipt_nowhere")
        try:
            proof = log.get("proofs", promise.leaf.hex(), kind=log.kind)
        except NotThere:
            if all(is_dropped(log, year, now_s) for year in promise.years):
                raise Malformed("receipt_dropped") from None
            past = now_s > promise.deadline_s
            raise Malformed("receipt_suppressed" if past else "receipt_early") from None
        return check_inclusion(_text(proof, "proof_form"), promise.leaf, policy)
    except Malformed as wrong:
        report.found(wrong.code)
        return report


@dataclass(slots=True)
class _Run:
    log: LiveLog
    policy: Policy
    report: Report
    heads: Heads
    now_s: int
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)  # the note seen last, by shard

    def seen_last(self, since: Path | None) -> list[Head]:
        """Return the heads that were kept, if any were."""
        if since is None or not since.exists():
            return []
        try:
            notes = _parted(text_of(since, KEPT_LENGTH_MAX))
        except ValueError:
            raise Malformed("head_form") from None
        heads = []
        for note in notes:
            head = read_head(note, self.policy)
            if head.shard in self.kept:
                raise Malformed("head_form")
            self.heads.add(SEEN_LAST, head, self.report)
            self.kept[head.shard] = note
            heads.append(head)
        return heads

    def ask_heads(self) -> None:
        """Fetch the log's heads and verify each."""
        try:
            notes = from_json(self.log.get("heads", kind=self.log.kind))["heads"]
            if not isinstance(notes, list) or not all(isinstance(each, str) for each in notes):
                raise ValueError("no list of notes")
        except (ValueError, TypeError, KeyError):
            raise Malformed("live_form") from None
        if not notes:
            raise Malformed("live_no_heads")
        for number, note in enumerate(notes, 1):
            try:
                head = read_head(note, self.policy)
            except Malformed as wrong:
                self.report.found(wrong.code, f"head {number}")
                continue
            self.heads.add(f"head {number}", head, self.report)
            self.notes[head.shard, head.size] = note
        if not self.notes:
            raise Malformed("live_no_heads")

    def read_leaves(self) -> dict[int, Grown]:
        """Fetch every leaf of each shard's newest head; return what they come to.

        Of a year that outlived its time the heads are all there is.
        """
        shards = {}
        for shard in sorted({each for each, _ in self.notes}):
            try:
                shards[shard] = self._grown(shard)
            except YearDropped:
                self._judge_dropped(shard)
        return shards

    def compare_seen(self, seen: Head) -> None:
        """Have the log prove that its newest head grew from the one seen last."""
        sizes = [size for shard, size in self.notes if shard == seen.shard]
        if not sizes:
            newer = all(shard > seen.shard for shard, _ in self.notes)
            self.report.found("since_elsewhere" if newer else "rollback", SEEN_LAST)
        elif max(sizes) < seen.size:
            if self.report.kinds["rollback"] == 0:  # else the leaves showed it already
                self.report.found("rollback", SEEN_LAST)
        elif max(sizes) > seen.size > 0:
            self._have_proven(seen, max(sizes))

    def keep(self, since: Path) -> None:
        """Keep each shard's newest head for the next time, and that of a shard no longer shown.

        After tampering what was shown is kept beside the heads seen last.
        """
        shown = {shard: self.notes[shard, size] for shard, size in sorted(self.notes)}
        against = since.exists() and self.report.verdict.value == "tampered"
        place = since.with_name(since.name + ".against") if against else since
        notes = shown if against else self.kept | shown
        draft = since.with_name(since.name + ".new")
        draft.write_text("\n".join(notes[shard] for shard in sorted(notes)), "utf-8")
        os.replace(draft, place)

    def _grown(self, shard: int) -> Grown:
        sizes = self.heads.sizes(shard)
        last = max(size for each, size in self.notes if each == shard)
        tree, grown = GrowingTree(), Grown(size=last)
        while tree.size < last:
            leaves = self._leaves(shard, tree.size, last)
            if not leaves:
                raise Malformed("live_withheld")
            for leaf in leaves:
                if tree.size in sizes:
                    grown.roots[tree.size] = tree.root()
                tree.append(leaf)
        grown.roots[last] = tree.root()
        self.report.verified["leaves"] += last
        return grown

    def _leaves(self, shard: int, begin: int, end: int) -> list[bytes]:
        body = self.log.get("leaves", shard=shard, **{"from": begin, "to": end})
        try:
            said = from_json(body)
            leaves = [from_hex(each, HASH_SIZE) for each in said["leaves"]]
            right = whole(said["shard"]) == shard and whole(said["from"]) == begin
            if not right or len(leaves) > end - begin:
                raise ValueError("other leaves than were asked for")
        except (ValueError, TypeError, KeyError):
            raise Malformed("live_form") from None
        return leaves

    def _judge_dropped(self, shard: int) -> None:
        if dropped_in_time(shard // 100, self.now_s):
            self.report.verified["years dropped in time"] += 1
        else:
            self.report.found("dropped_early", f"shard {shard}")

    def _have_proven(self, seen: Head, size: int) -> None:
        asked = {"shard": seen.shard, "from": seen.size, "to": size}
        try:
            proof = self.log.get("consistency", **asked)
        except YearDropped:
            self._judge_dropped(seen.shard)
            self.report.found("since_dropped", SEEN_LAST)
            return
        growth = read_growth(proof, self.policy)
        new = [head for _, head in self.heads.all if (head.shard, head.size) == (seen.shard, size)]
        if new and all(growth.holds(seen, head) for head in new):
            self.report.verified["consistency proofs"] += 1
        else:
            self.report.found("consistency", SEEN_LAST)


def _parted(text: str) -> list[str]:
    """Return the notes of a file, an empty line between each two; ValueError for another form."""
    pieces = text.split("\n\n")
    if len(pieces) % 2:
        raise ValueError("a note is cut")
    pairs = [f"{text}\n\n{lines}\n" for text, lines in zip(pieces[::2], pieces[1::2], strict=True)]
    return [*pairs[:-1], pairs[-1].removesuffix("\n")]


def _text(body: bytes, code: str) -> str:
    try:
        return body.decode()
    except ValueError:
        raise Malformed(code) from None
