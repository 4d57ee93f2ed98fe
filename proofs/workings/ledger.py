"""What the access log holds after a run, set against what the clients received."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from index_service.crypto.keyring import Keyring
from index_service.log.leaf import LogRow, opened
from index_service.log.receipt import ReceiptRefused, verify_receipt
from proofs.workings.oracle import Fate, Received

ASIDES = frozenset({"begun", "chunk"})  # steps of a feed: the request has its own entry besides
WRITES = {
    "create": "create_child",
    "begin": "record_involvement",
    "cease": "record_involvement",
    "feed": "supply",
}
READS = {"read": "read_child", "absent": "read_child", "refused": "read_child"}
ANY = "?"


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry of the log, opened and found to be what its leaf commits to."""

    entry_id: UUID
    leaf: bytes
    said: dict[str, Any]

    @property
    def aside(self) -> bool:
        """Whether it is a step on the way of a request."""
        return self.said["code"] in ASIDES


def opened_entries(rows: Iterable[Mapping[str, Any]], keyring: Keyring) -> dict[UUID, Opened]:
    """Open every entry; a row that is not what its leaf committed to raises."""
    entries = {}
    for row in rows:
        stored = LogRow(row["entry_id"], row["at"], row["leaf"], row["sealed"], ())
        text = opened(stored, keyring.log_keys(row["at"].year)).canonical
        entries[row["entry_id"]] = Opened(row["entry_id"], row["leaf"], json.loads(text))
    return entries


def expected(seen: Received) -> tuple[str, str]:
    """Return the outcome and action the entry of this answer must have."""
    action = WRITES.get(seen.kind) or READS.get(seen.kind) or "lookup"
    if seen.kind == "readback":
        return "shown", ANY
    if seen.status >= 500:
        return ANY if seen.kind == "many" else "failed", ANY
    if seen.status in (401, 403, 429):
        # Without a token nobody knows yet what is asked.
        return "refused", "" if seen.status == 401 else action
    if seen.status == 404:
        return "not_disclosed", action
    if seen.status >= 400:
        # A body that cannot be read is refused before anybody knows what it asks.
        return "invalid", ANY if seen.kind == "nonsense" else action
    if seen.kind == "lookup":
        found = bool(seen.json()["matches"]) if seen.whole else None
        return {True: "shown", False: "nothing", None: ANY}[found], action
    if seen.kind in WRITES or seen.kind == "many":
        return "recorded", action
    return "shown", action


class Ledger:
    """The verdict on one run: each fault found is one line of `wrong`."""

    def __init__(self, entries: dict[UUID, Opened], keyring: Keyring) -> None:
        self._entries = entries
        self._key = keyring.receipt_key.public_key()
        self._csa = keyring.csa
        self._by_request: dict[str, list[Opened]] = defaultdict(list)
        for entry in entries.values():
            self._by_request[entry.said["request_id"]].append(entry)
        self.wrong: dict[str, list[str]] = defaultdict(list)
        self.counted: Counter[str] = Counter()

    def judge(self, seen: list[Received]) -> None:
        """Pair what was received with what was entered."""
        receipts: Counter[str] = Counter()
        for each in seen:
            own = [one for one in self._by_request[each.request_id] if not one.aside]
            if each.fate is Fate.ANSWERED:
                receipts.update(self._answered(each, own))
            else:
                self._unanswered(each, own)
        self.wrong["a receipt given twice"] += [r for r, n in receipts.items() if n > 1]
        known = {each.request_id for each in seen}
        strange = [
            str(entry.entry_id)
            for request_id, entries in self._by_request.items()
            for entry in entries
            if request_id and request_id not in known
        ]
        self.wrong["an entry of a request nobody sent"] += strange

    def _answered(self, seen: Received, own: list[Opened]) -> list[str]:
        self.counted[f"{seen.kind} {seen.status}"] += 1
        if not seen.receipt:
            self.wrong["an answer without a receipt"].append(_line(seen))
            return []
        parts = self._parts(seen)
        # A batch cut short has entries for the questions already answered, and no more.
        cut = seen.kind == "many" and (seen.status >= 500 or not seen.whole)
        allowed = range(1, 5) if cut else {1 + parts}
        if len(own) not in allowed:
            self.wrong["not exactly one entry"].append(f"{_line(seen)}: {len(own)}")
        entry = self._of(seen.receipt, seen)
        if entry is None:
            return [seen.receipt]
        outcome, action = expected(seen)
        said = (entry.said["outcome"], entry.said["action"])
        agrees = zip(said, (outcome, action), strict=True)
        if not all(wanted in (ANY, is_) for is_, wanted in agrees):
            self.wrong["another outcome or action"].append(f"{_line(seen)}: {said}")
        return [seen.receipt, *(self._inner(seen) if parts else ())]

    def _parts(self, seen: Received) -> int:
        """How many questions of a batch were answered, each with an entry of its own."""
        if seen.kind != "many" or seen.status != 200 or not seen.whole:
            return 0
        return len(seen.json()["answers"])

    def _inner(self, seen: Received) -> list[str]:
        receipts = []
        for answer in seen.json()["answers"]:
            receipts.append(answer["receipt"])
            entry = self._of(answer["receipt"], seen)
            if entry is None:
                continue
            found = answer["answer"] is not None
            outcomes = ("shown", "nothing") if found else ("refused", "invalid")
            if entry.said["outcome"] not in outcomes:
                self.wrong["another outcome or action"].append(_line(seen))
        return receipts

    def _of(self, receipt: str, seen: Received) -> Opened | None:
        """Return the entry a receipt promises, if it is there and this request's."""
        try:
            facts = verify_receipt(self._key, self._csa, receipt)
        except ReceiptRefused:
            self.wrong["a receipt that is not ours"].append(_line(seen))
            return None
        entry = self._entries.get(facts.entry_id)
        if entry is None:
            self.wrong["an answer without its entry"].append(_line(seen))
            return None
        if entry.leaf != facts.leaf or entry.said["request_id"] != seen.request_id:
            self.wrong["a receipt of another entry"].append(_line(seen))
        return entry

    def _unanswered(self, seen: Received, own: list[Opened]) -> None:
        most = 4 if seen.kind == "many" else 1
        if seen.fate is Fate.UNSENT:
            most = 0
        self.counted[seen.fate] += 1
        self.counted[f"{seen.fate} with its entry"] += bool(own)
        if len(own) > most:
            self.wrong["more entries than questions"].append(f"{_line(seen)}: {len(own)}")

    def lines_of(self, request_ids: Iterable[str]) -> int:
        """Return how many lines the chunks of these requests committed to."""
        return sum(
            entry.said["count"]
            for request_id in request_ids
            for entry in self._by_request[request_id]
            if entry.said["code"] == "chunk"
        )


def _line(seen: Received) -> str:
    return f"{seen.kind} {seen.status} {seen.request_id}"


def blind_spots(
    entries: Mapping[UUID, Opened], seen: list[Received], keyring: Keyring
) -> list[str]:
    """Return the faults that would go unnoticed: each is planted in a copy and judged."""
    answer = next(each for each in seen if each.kind == "read" and each.good)
    (own,) = (e for e in entries.values() if e.said["request_id"] == answer.request_id)
    without = {entry_id: entry for entry_id, entry in entries.items() if entry is not own}
    twin, other = uuid4(), {**own.said, "outcome": "nothing"}
    planted = {
        "an answer without its entry": (without, seen),
        "not exactly one entry": ({**entries, twin: replace(own, entry_id=twin)}, seen),
        "a receipt of another entry": (
            {**without, own.entry_id: replace(own, leaf=bytes(32))},
            seen,
        ),
        "another outcome or action": ({**without, own.entry_id: replace(own, said=other)}, seen),
        "an entry of a request nobody sent": (
            entries,
            [each for each in seen if each is not answer],
        ),
        "an answer without a receipt": (
            entries,
            [replace(each, receipt="") if each is answer else each for each in seen],
        ),
        "a receipt given twice": (entries, [*seen, answer]),
        "a receipt that is not ours": (
            entries,
            [replace(each, receipt=each.receipt[:-1]) if each is answer else each for each in seen],
        ),
        "more entries than questions": (
            entries,
            [replace(each, fate=Fate.UNSENT) if each is answer else each for each in seen],
        ),
    }
    missed = []
    for fault, (rows, received) in planted.items():
        ledger = Ledger(dict(rows), keyring)
        ledger.judge(received)
        if not ledger.wrong.get(fault):
            missed.append(fault)
    return missed
