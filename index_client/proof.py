"""The access log's proofs checked here, not believed: leaves, paths, growth and signed heads.

The formats are those of docs/log-format.md, the arithmetic that of RFC 9162. This holds for
whoever trusts the pages and the command line that check by it; who does not runs the verifier,
which shares no code with them.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

_ED25519, _COSIGNATURE, _ML_DSA_44 = 0x01, 0x04, 0x06
_SIGNATURE_BYTES: Final = {_ED25519: 64, _COSIGNATURE: 8 + 64, _ML_DSA_44: 8 + 2420}
_KEY_BYTES: Final = {_ED25519: 32, _COSIGNATURE: 32, _ML_DSA_44: 1312}
_HASH_BYTES: Final = 32
_PATH_MAX: Final = 63
_NOTE_CHARS_MAX: Final = 64 * 1024
_EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_SHARD: Final = re.compile(r"[2-9][0-9]{5}")
_PROOF: Final = "c2sp.org/tlog-proof@v1\n"


class ProofWrong(Exception):  # noqa: N818 (a finding, told on the page)
    """What was given as a head or a proof is none; `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        """Name the finding."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, eq=False)
class Verifier:
    """One public key: whose it is, its id in signature lines, and what it verifies."""

    name: str
    key_id: bytes
    kind: int
    public: Ed25519PublicKey | MLDSA44PublicKey

    @classmethod
    def of(cls, text: str) -> Self:
        """Read NAME+KEYID+BASE64(type || public key); ValueError where it does not agree."""
        name, key_id, spelt = text.split("+", 2)
        raw = b64decode(spelt, validate=True)
        kind, public = raw[0] if raw else 0, raw[1:]
        digest = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if len(public) != _KEY_BYTES.get(kind) or key_id != digest.hex() or not name:
            raise ValueError("no key of a log or a witness")
        make = MLDSA44PublicKey if kind == _ML_DSA_44 else Ed25519PublicKey
        return cls(name, digest, kind, make.from_public_bytes(public))

    def signed(self, head: "Head", signature: bytes) -> int | None:
        """Return when this key signed a head, in seconds; 0 where it does not say; None: never."""
        if len(signature) != _SIGNATURE_BYTES[self.kind]:
            return None
        moment, rest = (b"", signature) if self.kind == _ED25519 else (signature[:8], signature[8:])
        try:
            self.public.verify(rest, _said(self, head, moment))
        except InvalidSignature:
            return None
        return int.from_bytes(moment)


@dataclass(frozen=True, slots=True)
class LogKeys:
    """Whose log it is, the two keys it signs with, its witnesses, and how many must cosign."""

    csa: str
    log: tuple[Verifier, ...]
    witnesses: tuple[Verifier, ...]
    quorum: int

    @classmethod
    def from_policy(cls, text: str) -> Self | None:
        """Read the authority's policy file; None where it tells of receipts alone.

        ValueError where its keys are not those of a log: a start with them would check nothing.
        """
        lines = [line.split(" ") for line in text.splitlines() if not line.startswith("#")]
        told: dict[str, list[str]] = {}
        for word, *values in lines:
            told.setdefault(word, []).extend(values[:1])
        if "log" not in told:
            return None
        log = tuple(map(Verifier.of, told["log"]))
        witnesses = tuple(map(Verifier.of, told.get("witness", ())))
        quorum = int(told.get("quorum", ["0"])[0])
        right = (
            sorted(each.kind for each in log) == [_ED25519, _ML_DSA_44]
            and len({each.name for each in log}) == 1
            and all(each.kind == _COSIGNATURE for each in witnesses)
            and len({each.public.public_bytes_raw() for each in witnesses}) == len(witnesses)
            and 0 <= quorum <= len(witnesses)
            and len(told.get("csa", ())) == 1
        )
        if not right:
            raise ValueError("the policy's keys are not those of a log")
        return cls(told["csa"][0], log, witnesses, quorum)

    @property
    def origin(self) -> str:
        """The log's name, without a shard."""
        return self.log[0].name


@dataclass(frozen=True, slots=True)
class Head:
    """What a signed note says of the tree. Whether it is signed is another question: `Signed`."""

    origin: str
    shard: int
    size: int
    root: bytes
    text: str

    @property
    def root_text(self) -> str:
        """The root as notes spell it."""
        return b64encode(self.root).decode()


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a head and when; `by_log` is None where no keys are known here."""

    by_log: bool | None
    signed_s: int
    cosigned: Mapping[str, int]
    wrong: bool  # a line by a known name does not hold


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A proof that a leaf stands in a tree: where, by which path, under which head."""

    index: int
    path: tuple[bytes, ...]
    note: str


def leaf_of(blind: str, text: str) -> str:
    """Return the leaf, in hexadecimal, that a blind and an entry's exact text open."""
    return hashlib.sha256(b"\x00" + bytes.fromhex(blind) + text.encode()).hexdigest()


def read_inclusion(text: str) -> Inclusion:
    """Return an inclusion proof as the log tells it; ProofWrong where it has another form."""
    first, parted, note = text.partition("\n\n")
    lines = first.removeprefix(_PROOF).split("\n")
    index = lines[0].removeprefix("index ")
    right = first.startswith(_PROOF) and lines[0].startswith("index ") and parted
    if not right or not _NUMBER.fullmatch(index) or len(lines) > _PATH_MAX + 1:
        raise ProofWrong("proof_form")
    return Inclusion(int(index), tuple(_hash(line, "proof_form") for line in lines[1:]), note)


def read_head(note: str) -> Head:
    """Return what a note says; ProofWrong where it has not the form of a head."""
    text, parted, _ = note.partition("\n\n")
    lines = text.split("\n")
    if len(note) > _NOTE_CHARS_MAX or not parted or len(lines) != 3:
        raise ProofWrong("head_form")
    origin, _, shard = lines[0].rpartition("/")
    if not origin or not _SHARD.fullmatch(shard) or not _NUMBER.fullmatch(lines[1]):
        raise ProofWrong("head_form")
    head = Head(origin, int(shard), int(lines[1]), _hash(lines[2], "head_form"), text)
    if head.size == 0 and head.root != _EMPTY_ROOT:
        raise ProofWrong("head_form")
    return head


def signatures(note: str, head: Head, keys: LogKeys | None) -> Signed:
    """Check every signature under a head that is by a name known here."""
    if keys is None:
        return Signed(None, 0, {}, wrong=False)
    known = {(each.name, each.key_id): each for each in (*keys.log, *keys.witnesses)}
    names = {name for name, _ in known}
    moments: dict[tuple[str, int], int] = {}
    wrong = head.origin != keys.origin
    for line in note.partition("\n\n")[2].splitlines():
        name, signature = _signature(line)
        if name not in names:
            continue
        key = known.get((name, signature[:4]))
        moment = None if key is None else key.signed(head, signature[4:])
        if key is None or moment is None or (name, key.kind) in moments:
            wrong = True
        else:
            moments[name, key.kind] = moment
    by_log = all((each.name, each.kind) in moments for each in keys.log)
    signed_s = max((moments.get((each.name, each.kind), 0) for each in keys.log), default=0)
    cosigned = {
        each.name: moments[each.name, each.kind]
        for each in keys.witnesses
        if (each.name, each.kind) in moments
    }
    return Signed(by_log and not wrong, signed_s, cosigned, wrong)


def included(leaf: str, proof: Inclusion, head: Head) -> bool:
    """Return whether a proof's path leads from a leaf to a head's root (RFC 9162, 2.1.3.2)."""
    if proof.index >= head.size:
        return False
    here, last, found = proof.index, head.size - 1, bytes.fromhex(leaf)
    for beside in proof.path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = _node(beside, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = _node(found, beside)
        here, last = here >> 1, last >> 1
    return last == 0 and found == head.root


def consistent(before: tuple[int, bytes], after: tuple[int, bytes], proof: Sequence[str]) -> bool:
    """Return whether a tree, size and root, begins with an earlier one (RFC 9162, 2.1.4.2)."""
    (smaller, root), (larger, new_root) = before, after
    if smaller > larger or len(proof) > _PATH_MAX:
        return False
    if smaller == larger:
        return not proof and root == new_root
    if smaller == 0:
        return not proof and root == _EMPTY_ROOT
    try:
        way = [_hash(each, "growth_form") for each in proof]
    except ProofWrong:
        return False
    if smaller & (smaller - 1) == 0:
        way.insert(0, root)
    return bool(way) and _grown(way, smaller, larger) == (root, new_root)


def _grown(way: Sequence[bytes], smaller: int, larger: int) -> tuple[bytes, bytes] | None:
    """Return the two roots a path leads to; None where it is too long or too short."""
    here, last = smaller - 1, larger - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = way[0]
    for beside in way[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            old, new = _node(beside, old), _node(beside, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = _node(new, beside)
        here, last = here >> 1, last >> 1
    return (old, new) if last == 0 else None


def _said(key: Verifier, head: Head, moment: bytes) -> bytes:
    """Return what a key of a kind signs of a head."""
    if key.kind == _ED25519:
        return f"{head.text}\n".encode()
    if key.kind == _COSIGNATURE:
        return f"cosignature/v1\ntime {int.from_bytes(moment)}\n{head.text}\n".encode()
    name, log = key.name.encode(), head.text.partition("\n")[0].encode()
    named = bytes((len(name),)) + name + moment + bytes((len(log),)) + log
    return b"subtree/v1\n\0" + named + bytes(8) + head.size.to_bytes(8) + head.root


def _signature(line: str) -> tuple[str, bytes]:
    words = line.split(" ")
    if len(words) != 3 or words[0] != "\u2014":
        raise ProofWrong("head_form")
    return words[1], _bytes(words[2], "head_form")


def _hash(spelt: str, code: str) -> bytes:
    found = _bytes(spelt, code)
    if len(found) != _HASH_BYTES:
        raise ProofWrong(code)
    return found


def _bytes(spelt: str, code: str) -> bytes:
    """Return what base64 spells; another spelling of the same is refused."""
    try:
        found = b64decode(spelt, validate=True)
    except ValueError:
        raise ProofWrong(code) from None
    if b64encode(found).decode() != spelt:
        raise ProofWrong(code)
    return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
