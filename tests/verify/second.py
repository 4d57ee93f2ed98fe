"""A second verifier, short and naive, by its own reading of docs/log-format.md: for tests alone.

Everything is in memory and the tree is the recursion of RFC 6962's text. Nothing is shared with
index_verify; where the two differ over what is intact, one of them is wrong.
"""

import hashlib
import json
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

ED25519, WITNESS, ML_DSA = 1, 4, 6
FIELDS = set(
    "account action agency agreement at_ms code count csa entry_id mediation outcome purpose"
    " query_commit reason reference request_id result_commit role route row_state rules subjects"
    " v".split()
)

NUMBERS = {"agreement", "at_ms", "count", "v"}


@dataclass
class Case:
    """All that is handed over about one log."""

    policy: str
    exports: list[bytes] = field(default_factory=list)
    openings: list[bytes] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    tiles: bytes | None = None
    inclusions: list[tuple[bytes, str]] = field(default_factory=list)
    growths: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Head:
    """What a good note signs, and when the log and its witnesses did."""

    shard: int
    size: int
    root: bytes
    seen_s: tuple[int, ...]


class Wrong(Exception):  # noqa: N818 (the finding of a check)
    """Something does not hold."""


def sha(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def parts(*values: bytes) -> bytes:
    return b"".join(len(value).to_bytes(4, "big") + value for value in values)


def must(holds: object, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


def half(size: int) -> int:
    """The largest power of two smaller than a size above one."""
    return 1 << (size - 1).bit_length() - 1


def tree(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = half(len(leaves))
    return sha(b"\x01" + tree(leaves[:k]) + tree(leaves[k:]))


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    if size == 1:
        must(index == 0 and not path, "the path is too long")
        return leaf
    must(path, "the path is too short")
    k, beside = half(size), path[-1]
    if index < k:
        return sha(b"\x01" + climb(leaf, index, k, path[:-1]) + beside)
    return sha(b"\x01" + beside + climb(leaf, index - k, size - k, path[:-1]))


def grown(old: int, new: int, root: bytes | None, path: list[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root a consistency proof gives; `root` while the old tree is whole."""
    if old == new:
        must(len(path) == (0 if root else 1), "the proof has another length")
        found = root or path[0]
        return found, found
    must(path, "the proof is too short")
    k, beside = half(new), path[-1]
    if old <= k:
        before, left = grown(old, k, root, path[:-1])
        return before, sha(b"\x01" + left + beside)
    before, right = grown(old - k, new - k, None, path[:-1])
    return sha(b"\x01" + beside + before), sha(b"\x01" + beside + right)


def base64(text: str) -> bytes:
    value = b64decode(text, validate=True)
    must(b64encode(value).decode() == text, "another spelling of base64")
    return value


def hexed(text: str) -> bytes:
    value = bytes.fromhex(text)
    must(value.hex() == text, "another spelling of hex")
    return value


def said(line: bytes, members: list[str]) -> dict[str, Any]:
    pairs = json.loads(line.decode(), object_pairs_hook=lambda pairs: pairs)
    must([name for name, _ in pairs] == members, "other members")
    return dict(pairs)


class Second:
    """One case under check."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.keys: dict[tuple[str, bytes], tuple[int, bytes]] = {}
        self.csa = self.origin = ""
        self.quorum = 0
        self.receipt_key = b""
        self.heads: list[Head] = []
        self.logs: dict[int, list[bytes]] = {}
        self.opened: dict[bytes, str] = {}
        self.approvals: set[bytes] = set()
        self.read_policy()

    def read_policy(self) -> None:
        for line in self.case.policy.splitlines():
            word, value, *_ = line.split(" ", 2)
            if word in ("log", "witness"):
                name, key_id, key = value.split(" ")[0].split("+", 2)
                raw = base64(key)
                must(sha(name.encode() + b"\n" + raw)[:4] == hexed(key_id), "a key's id")
                self.keys[name, raw[:0] + hexed(key_id)] = (raw[0], raw[1:])
                self.origin = name if word == "log" else self.origin
            elif word == "csa":
                self.csa = value
            elif word == "receipt":
                self.receipt_key = base64(value)
            elif word == "quorum":
                self.quorum = int(value)

    def head(self, note: str) -> Head:
        text, _, below = note.partition("\n\n")
        origin, size, root = text.split("\n")
        name, _, shard = origin.rpartition("/")
        must(name == self.origin and str(int(shard)) == shard and len(shard) == 6, "the origin")
        must(str(int(size)) == size and len(base64(root)) == 32, "size and root")
        must(below.endswith("\n"), "the note is cut")
        kinds, seen = [], []
        for line in below[:-1].split("\n"):
            dash, who, signature = line.split(" ")
            must(dash == "—", "a signature line")
            raw = base64(signature)
            if who in {name for name, _ in self.keys}:
                kind, key = self.keys[who, raw[:4]]
                self.signed(kind, key, raw[4:], text, who)
                kinds.append((who, kind))
                seen += [int.from_bytes(raw[4:12], "big")] if kind != ED25519 else []
        must(len(set(kinds)) == len(kinds), "a key signs once")
        must({(name, ED25519), (name, ML_DSA)} <= set(kinds), "both signatures")
        must(len(seen) - 1 >= self.quorum, "the quorum")
        return Head(int(shard), int(size), base64(root), tuple(seen))

    def signed(self, kind: int, key: bytes, signature: bytes, text: str, who: str) -> None:
        public = Ed25519PublicKey.from_public_bytes
        if kind == ED25519:
            public(key).verify(signature, f"{text}\n".encode())
            return
        time, signature = signature[:8], signature[8:]
        if kind == WITNESS:
            seconds = int.from_bytes(time, "big")
            public(key).verify(signature, f"cosignature/v1\ntime {seconds}\n{text}\n".encode())
            return
        log, size, root = text.split("\n")
        message = b"subtree/v1\n\x00"
        message += len(who).to_bytes(1, "big") + who.encode() + time
        message += len(log).to_bytes(1, "big") + log.encode()
        message += bytes(8) + int(size).to_bytes(8, "big") + base64(root)
        MLDSA44PublicKey.from_public_bytes(key).verify(signature, message)

    def export(self, raw: bytes) -> None:
        must(raw.endswith(b"\n"), "the export is cut")
        first, *middle, last = raw[:-1].split(b"\n")
        about = said(first, ["format", "csa", "origin", "kind", "case"])
        must((about["format"], about["csa"]) == ("index-log/1", self.csa), "another export")
        must(about["kind"] in ("hashes", "openings"), "another kind")
        must((about["case"] is None) == (about["kind"] == "hashes"), "a case")
        end = said(last, ["end", "head"])
        head = self.head(str(end["head"]))
        must(about["origin"] == f"{self.origin}/{head.shard}", "another origin")
        must(end["end"] == len(middle), "another count")
        self.heads.append(head)
        opened = about["kind"] == "openings"
        lines = [self.line(line, opened=opened) for line in middle]
        shown = self.logs.get(head.shard, [])
        if opened and shown:
            places = [index for index, _ in lines]
            must(places == sorted(set(places)), "out of order")
            must(all(shown[index] == leaf for index, leaf in lines), "an opening elsewhere")
            return
        must([index for index, _ in lines] == list(range(head.size)), "the indices")
        leaves = [leaf for _, leaf in lines]
        must(tree(leaves) == head.root, "the root")
        self.logs[head.shard] = max(shown, leaves, key=len)

    def line(self, raw: bytes, *, opened: bool) -> tuple[int, bytes]:
        if not raw.endswith(b'"}') or b'"blind"' not in raw:
            about = said(raw, ["i", "leaf"])  # what is gone is no part of an intact log
            must(not opened, "an opening left out")
        else:
            must(opened, "an opening among hashes")
            about = said(raw, ["i", "leaf", "blind", "entry"])
            self.opening(about)
        index, leaf = about["i"], hexed(str(about["leaf"]))
        must(type(index) is int and len(leaf) == 32, "a leaf's line")
        return index, leaf

    def opening(self, about: dict[str, Any]) -> None:
        text = str(about["entry"])
        leaf = sha(b"\x00" + hexed(str(about["blind"])) + text.encode())
        must(leaf.hex() == about["leaf"], "an opening")
        entry = json.loads(text)
        again = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        must(again == text, "the canonical form")
        if "pad" in entry:
            must(entry == {"pad": about["i"], "v": 1}, "padding")
            return
        must(set(entry) == FIELDS and entry["csa"] == self.csa, "an entry")
        texts = FIELDS - NUMBERS - {"rules", "subjects"}
        must(all(type(entry[name]) is str for name in texts), "texts")
        must(all(type(entry[name]) is int and entry[name] >= 0 for name in NUMBERS), "numbers")
        must(
            entry["v"] == 1 and all(type(rule) is str for rule in entry["rules"]), "version, rules"
        )
        for subject in entry["subjects"]:
            must(sorted(subject) == ["classes", "ref", "shown"], "a subject")
            must(hexed(subject["ref"]) and type(subject["shown"]) is bool, "a subject")
        self.opened[leaf] = entry["entry_id"]
        if (entry["action"], entry["code"]) == ("release_log", "approved"):
            self.approvals.add(leaf)

    def receipt(self, text: str) -> tuple[bytes, bytes, int]:
        version, entry_id, leaf, deadline, signature = text.split(".")
        raw = [urlsafe_b64decode(each + "=" * (-len(each) % 4)) for each in (entry_id, leaf)]
        signed = urlsafe_b64decode(signature + "==")
        again = [urlsafe_b64encode(each).decode().rstrip("=") for each in (*raw, signed)]
        must(again == [entry_id, leaf, signature] and version == "v1", "a receipt's form")
        must(str(int(deadline)) == deadline, "a deadline")
        domain = b"index-service/audit-receipt/v1"
        said = parts(domain, self.csa.encode(), *raw, int(deadline).to_bytes(8, "big"))
        Ed25519PublicKey.from_public_bytes(self.receipt_key).verify(signed, said)
        return raw[0], raw[1], int(deadline)

    def kept(self, text: str) -> None:
        entry_id, leaf, deadline = self.receipt(text)
        named = self.opened.get(leaf, str(UUID(bytes=entry_id)))
        must(named == str(UUID(bytes=entry_id)), "its entry")
        if any(leaf in leaves for leaves in self.logs.values()):
            return
        times = [moment for head in self.heads for moment in head.seen_s]
        years = {datetime.fromtimestamp(deadline - back, UTC).year for back in (0, 86400)}
        for head in self.heads:
            trees = range(head.shard - head.shard % 100, head.shard + 1)
            left_out = set(trees) - set(self.logs)
            must(head.shard // 100 not in years or not left_out, "a tree of the year left out")
        must(max(times) > deadline, "too early to tell")
        must(years <= {shard // 100 for shard in self.logs}, "a year that is not shown")
        must(False, "suppression")

    def agree(self) -> None:
        for head in self.heads:
            leaves = self.logs.get(head.shard)
            if leaves is not None:
                must(head.size <= len(leaves), "a head newer than the log")
                must(tree(leaves[: head.size]) == head.root, "a head of another log")
            for other in self.heads:
                same = (head.shard, head.size) == (other.shard, other.size)
                must(not same or head.root == other.root, "a fork")

    def begun(self) -> None:
        for shard, leaves in self.logs.items():
            must(shard % 100 == 0 or leaves[0] in self.approvals, "begun anew without approval")

    def tiles(self, raw: bytes) -> None:
        must(not raw or raw.endswith(b"\n"), "tiles are cut")
        found = {}
        for line in raw.splitlines():
            about = said(line, ["shard", "level", "tile", "hashes"])
            place = about["shard"], about["level"], about["tile"]
            must(place not in found, "a tile twice")
            found[place] = hexed(str(about["hashes"]))
        expected: dict[tuple[Any, ...], bytes] = {}
        for shard, leaves in self.logs.items():
            level, hashes = 0, leaves
            while len(hashes) >= 256:
                full = [hashes[at : at + 256] for at in range(0, len(hashes) // 256 * 256, 256)]
                expected |= {(shard, level, n): b"".join(each) for n, each in enumerate(full)}
                level, hashes = level + 1, [tree(each) for each in full]
        must(found == expected, "tiles")

    def inclusion(self, leaf: bytes, text: str) -> None:
        above, _, note = text.partition("\n\n")
        first, index, *path = above.split("\n")
        must(first == "c2sp.org/tlog-proof@v1" and index.startswith("index "), "a proof's form")
        at = int(index[6:])
        head = self.head(note)
        must(str(at) == index[6:] and 0 <= at < head.size, "an index")
        must(climb(leaf, at, head.size, [base64(each) for each in path]) == head.root, "a proof")

    def growth(self, text: str) -> None:
        about = said(text.encode(), ["origin", "from", "to", "proof"])
        must(type(about["from"]) is int and type(about["to"]) is int, "sizes")
        must(isinstance(about["proof"], list), "a path")
        sizes = {f"{self.origin}/{head.shard} {head.size}": head.root for head in self.heads}
        old = sizes[f"{about['origin']} {about['from']}"]
        new = sizes[f"{about['origin']} {about['to']}"]
        path = [base64(each) for each in about["proof"]]
        must(grown(about["from"], about["to"], old, path) == (old, new), "a consistency proof")


def faults(case: Case) -> list[str]:
    """What is wrong with a case, or cannot be told; nothing only if it is intact."""
    second = Second(case)
    checks: list[Callable[[], None]] = [
        *(lambda raw=raw: second.export(raw) for raw in (*case.exports, *case.openings)),
        *(lambda note=note: second.heads.append(second.head(note)) for note in case.heads),
        second.agree,
        second.begun,
        *(lambda text=text: second.kept(text) for text in case.receipts),
        *(lambda one=one: second.inclusion(*one) for one in case.inclusions),
        *(lambda text=text: second.growth(text) for text in case.growths),
        lambda: must(any(second.logs.values()), "nothing is shown"),
    ]
    if case.tiles is not None:
        checks.append(lambda: second.tiles(case.tiles or b""))
    found = []
    for each in checks:
        try:
            each()
        except Wrong as wrong:
            found.append(str(wrong))
        except (ValueError, KeyError, IndexError, TypeError, InvalidSignature) as wrong:
            found.append(type(wrong).__name__)
    return found
