"""A made-up sealed log with all that is handed out of it: made of the service's own leaves.

Tree, notes and exports are written here as docs/log-format.md says, so that the verifiers are
not tested against the code that writes them. The real sealer's are tested in prove log.
"""

import json
import random
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from consent.facts import DisclosureClass
from index_service.log.entry import AccessEntry, Outcome, SubjectShown, canonical
from index_service.log.leaf import leaf_hash
from index_service.log.receipt import ReceiptFacts, signed_header
from tests.verify.second import half, sha, tree

CSA = "northmere"
ORIGIN = "northmere.example/log"
SHARD = 202600
AT_S = 1_767_312_000  # 2 January 2026
DEADLINE_S = AT_S + 24 * 60 * 60
SEEN_S = DEADLINE_S + 60
QUORUM = 2
ED25519, COSIGNATURE, ML_DSA_44 = b"\x01", b"\x04", b"\x06"


def key_line(word: str, name: str, raw: bytes) -> str:
    """Return a policy's line of a key, its type first."""
    return f"{word} {name}+{key_id(name, raw).hex()}+{b64encode(raw).decode()}"


def key_id(name: str, raw: bytes) -> bytes:
    """Return a key's id in signature lines."""
    return sha(name.encode() + b"\n" + raw)[:4]


@dataclass(frozen=True)
class Stored:
    """One leaf as the sealer's side holds it: padding has no entry."""

    leaf: bytes
    blind: bytes
    text: bytes
    entry_id: UUID | None


@dataclass
class Keys:
    """The log's keys and its witnesses'."""

    origin: str = ORIGIN
    ed25519: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    ml_dsa: MLDSA44PrivateKey = field(default_factory=MLDSA44PrivateKey.generate)
    receipt: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    witnesses: dict[str, Ed25519PrivateKey] = field(
        default_factory=lambda: {
            f"{name}.example/witness": Ed25519PrivateKey.generate()
            for name in ("camfield", "eastbrook")
        }
    )

    made: dict[tuple[str, int], str] = field(default_factory=dict)

    def without_witnesses(self) -> "Keys":
        """Return the log's keys by themselves."""
        return Keys(self.origin, self.ed25519, self.ml_dsa, self.receipt, {})

    def policy(self, csa: str = CSA, quorum: int = QUORUM) -> str:
        """Return the policy file of these keys."""
        ed25519 = ED25519 + self.ed25519.public_key().public_bytes_raw()
        ml_dsa = ML_DSA_44 + self.ml_dsa.public_key().public_bytes_raw()
        receipt = self.receipt.public_key().public_bytes_raw()
        return "\n".join(
            [
                f"csa {csa}",
                key_line("log", self.origin, ed25519),
                key_line("log", self.origin, ml_dsa),
                f"receipt {b64encode(receipt).decode()}",
                *(
                    key_line("witness", name, COSIGNATURE + key.public_key().public_bytes_raw())
                    for name, key in self.witnesses.items()
                ),
                f"quorum {quorum}",
                "",
            ]
        )

    def receipt_of(self, stored: "Stored", deadline_s: int = DEADLINE_S) -> str:
        """Return a receipt of an entry, signed with this key."""
        assert stored.entry_id is not None
        return signed_header(
            self.receipt, CSA, ReceiptFacts(stored.entry_id, stored.leaf, deadline_s)
        )

    def note(self, shard: int, leaves: list[bytes], seen_s: int = SEEN_S) -> str:
        """Return the signed and cosigned head over these leaves."""
        root = b64encode(tree(leaves)).decode()
        text = f"{self.origin}/{shard}\n{len(leaves)}\n{root}\n"
        if (text, seen_s) not in self.made:  # ML-DSA signs with chance: one note for one head
            lines = "".join(self.signatures(text.encode(), seen_s))
            self.made[text, seen_s] = f"{text}\n{lines}"
        return self.made[text, seen_s]

    def signatures(self, text: bytes, seen_s: int) -> list[str]:
        """Return every signature line under a head's text."""
        ed25519 = ED25519 + self.ed25519.public_key().public_bytes_raw()
        ml_dsa = ML_DSA_44 + self.ml_dsa.public_key().public_bytes_raw()
        log, size, root = text.decode().split("\n")[:3]
        named = b"".join(
            bytes((len(name),)) + name.encode() + moment
            for name, moment in ((self.origin, seen_s.to_bytes(8)), (log, b""))
        )
        subtree = b"subtree/v1\n\0" + named + bytes(8) + int(size).to_bytes(8) + b64decode(root)
        lines = [
            _line(self.origin, ed25519, self.ed25519.sign(text)),
            _line(self.origin, ml_dsa, seen_s.to_bytes(8) + self.ml_dsa.sign(subtree)),
        ]
        return lines + self.cosignatures(text, seen_s)

    def cosignatures(self, text: bytes, seen_s: int) -> list[str]:
        """Return the witnesses' lines under a head's text."""
        lines = []
        for name, key in self.witnesses.items():
            raw = COSIGNATURE + key.public_key().public_bytes_raw()
            cosigned = key.sign(f"cosignature/v1\ntime {seen_s}\n".encode() + text)
            lines.append(_line(name, raw, seen_s.to_bytes(8, "big") + cosigned))
        return lines


def _line(name: str, raw: bytes, signature: bytes) -> str:
    return f"— {name} {b64encode(key_id(name, raw) + signature).decode()}\n"


@dataclass
class MadeLog:
    """A log of made-up entries, sixteenths padded, and everything handed out of it."""

    keys: Keys = field(default_factory=Keys)
    seed: int = 0
    shard: int = SHARD
    stored: list[Stored] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def append(self, entries: int, *, pad: bool = True) -> None:
        """Seal made-up entries, then padding up to a multiple of 16."""
        for _ in range(entries):
            self.take(*made_entry(self._chance, len(self.stored)))
        while pad and len(self.stored) % 16:
            self._seal(b'{"pad":%d,"v":1}' % len(self.stored), None)

    def take(self, entry: AccessEntry, refs: list[bytes]) -> None:
        """Seal one entry."""
        self._seal(canonical(entry, refs), entry.entry_id)

    def leaves(self, size: int | None = None) -> list[bytes]:
        """Return the leaves of a size."""
        return [each.leaf for each in self.stored[:size]]

    def note(self, size: int | None = None) -> str:
        """Return the head at a size."""
        return self.keys.note(self.shard, self.leaves(size))

    def export(
        self, size: int | None = None, *, opened: object = None, sparse: bool = False
    ) -> bytes:
        """Return an export; `opened` is True or the places whose lines are openings."""
        kind = "hashes" if opened is None else "openings"
        said: dict[str, object] = {
            "format": "index-log/1", "csa": CSA, "origin": f"{self.keys.origin}/{self.shard}",
            "kind": kind, "case": None if opened is None else "case-7",
        }  # fmt: skip
        lines: list[dict[str, object]] = [said]
        for index, each in enumerate(self.stored[:size]):
            line: dict[str, object] = {"i": index, "leaf": each.leaf.hex()}
            if opened is True or (isinstance(opened, set) and index in opened):
                line |= {"blind": each.blind.hex(), "entry": each.text.decode()}
            elif sparse:
                continue
            lines.append(line)
        lines.append({"end": len(lines) - 1, "head": self.note(size)})
        return b"".join(compact(line) for line in lines)

    def receipt(self, index: int) -> str:
        """Return the receipt of the entry at a place."""
        return self.promise(index, DEADLINE_S)

    def promise(self, index: int, deadline_s: int) -> str:
        """Return a receipt with another deadline."""
        return self.keys.receipt_of(self.stored[index], deadline_s)

    def entries(self) -> list[int]:
        """Return the places of entries, padding left out."""
        return [index for index, each in enumerate(self.stored) if each.entry_id is not None]

    def tiles(self) -> bytes:
        """Return the tile export."""
        lines, level, hashes = [], 0, self.leaves()
        while len(hashes) >= 256:
            full = [hashes[at : at + 256] for at in range(0, len(hashes) // 256 * 256, 256)]
            for index, each in enumerate(full):
                place = {"shard": self.shard, "level": level, "tile": index}
                lines.append(compact({**place, "hashes": b"".join(each).hex()}))
            level, hashes = level + 1, [tree(each) for each in full]
        return b"".join(lines)

    def inclusion(self, index: int, size: int | None = None) -> str:
        """Return a leaf's proof."""
        path = self.path(index, size)
        lines = ["c2sp.org/tlog-proof@v1", f"index {index}"]
        lines += [b64encode(each).decode() for each in path]
        return "\n".join(lines) + "\n\n" + self.note(size)

    def growth(self, old: int, new: int) -> str:
        """Return the consistency proof between two sizes."""
        path = [b64encode(each).decode() for each in self.growth_path(old, new)]
        origin = f"{self.keys.origin}/{self.shard}"
        return compact({"origin": origin, "from": old, "to": new, "proof": path}).decode().strip()

    def path(self, index: int, size: int | None = None) -> list[bytes]:
        """Return a leaf's inclusion path, nearest first."""
        return _path(index, self.leaves(size))

    def growth_path(self, old: int, new: int) -> list[bytes]:
        """Return the hashes of the consistency proof between two sizes."""
        return _growth(old, self.leaves(new), whole=True)

    def _seal(self, text: bytes, entry_id: UUID | None) -> None:
        blind = self._chance.randbytes(32)
        self.stored.append(Stored(leaf_hash(blind, text), blind, text, entry_id))


def compact(value: dict[str, object]) -> bytes:
    """Return one line of JSON as exports have it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def made_entry(chance: random.Random, number: int) -> tuple[AccessEntry, list[bytes]]:
    """Return an entry of made-up access, and the references of its subjects."""
    subjects = tuple(
        SubjectShown(UUID(int=chance.getrandbits(128)), (DisclosureClass.IDENTITY,), shown=True)
        for _ in range(chance.randint(0, 3))
    )
    refs = [chance.randbytes(16) for _ in subjects]
    entry = AccessEntry(
        csa=CSA,
        entry_id=UUID(int=chance.getrandbits(128), version=4),
        at_ms=(AT_S + number) * 1000,
        action="read_child" if number % 7 else "",
        route="/v1/children/{child_id}",
        outcome=Outcome.SHOWN,
        account=str(UUID(int=chance.getrandbits(128))),
        purpose="safeguarding",
        reason=' (ü \\ ")' if number % 997 == 5 else "rota",
        rules=("role_permits", "own_involvement"),
        subjects=subjects,
        count=number % 5,
        request_id=chance.randbytes(8).hex(),
    )
    return entry, refs


def moment(text: str) -> int:
    """Return a date's first second, UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def _path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if index < k:
        return [*_path(index, leaves[:k]), tree(leaves[k:])]
    return [*_path(index - k, leaves[k:]), tree(leaves[:k])]


def _growth(old: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [tree(leaves)]
    k = half(len(leaves))
    if old <= k:
        return [*_growth(old, leaves[:k], whole=whole), tree(leaves[k:])]
    return [*_growth(old - k, leaves[k:], whole=False), tree(leaves[:k])]
