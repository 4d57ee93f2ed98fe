"""The policy file: whose log it is, whose signatures count, and how many witnesses are enough."""

from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from index_verify.spelling import Malformed, from_base64, from_hex, number, sha256

ED25519, COSIGNATURE, ML_DSA_44 = 0x01, 0x04, 0x06
KEY_SIZES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
NAME_LENGTH_MAX = 240  # with a shard behind it, its length stands in one byte
KEY_ID_SIZE, MOMENT_SIZE = 4, 8
SIGNATURE_SIZES = {ED25519: 64, COSIGNATURE: MOMENT_SIZE + 64, ML_DSA_44: MOMENT_SIZE + 2420}


@dataclass(frozen=True, slots=True, eq=False)
class NoteKey:
    """One verifier key: whose, its id in signature lines, what it verifies."""

    name: str
    key_id: bytes
    kind: int
    public: Ed25519PublicKey | MLDSA44PublicKey

    @classmethod
    def of(cls, text: str) -> Self:
        """Read NAME+KEYID+BASE64(type || public key); ValueError where it does not agree."""
        name, key_id, key = text.split("+", 2)
        raw = from_base64(key)
        kind, public = raw[0] if raw else 0, raw[1:]
        if len(public) != KEY_SIZES.get(kind, -1) or not name or name.split() != [name]:
            raise ValueError("no key of a kind that is known")
        if from_hex(key_id, KEY_ID_SIZE) != sha256(name.encode() + b"\n" + raw)[:KEY_ID_SIZE]:
            raise ValueError("the id is not the key's")
        make = MLDSA44PublicKey if kind == ML_DSA_44 else Ed25519PublicKey
        return cls(name, from_hex(key_id, KEY_ID_SIZE), kind, make.from_public_bytes(public))

    @property
    def timed(self) -> bool:
        """Whether its signatures begin with the moment they were made."""
        return self.kind in (COSIGNATURE, ML_DSA_44)

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Return whether this key signed a message."""
        try:
            self.public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(slots=True)
class Policy:
    """What the policy file says."""

    csa: str = ""
    log: list[NoteKey] = field(default_factory=list)
    receipts: list[Ed25519PublicKey] = field(default_factory=list)
    witnesses: list[NoteKey] = field(default_factory=list)
    quorum: int = -1

    @property
    def origin(self) -> str:
        """The log's name, without a shard."""
        return self.log[0].name

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a policy; Malformed where anything is missing, repeated or unknown."""
        policy = cls()
        try:
            for line in text.splitlines():
                if line.strip() and not line.startswith("#"):
                    policy._take(*line.split(" "))
            policy._check()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Malformed("policy_form") from None
        return policy

    def _take(self, word: str, value: str, *more: str) -> None:
        if more and word != "witness":  # whose address and standing are for the sealer
            raise ValueError("more than a line has")
        if word == "csa" and not self.csa:
            self.csa = value
        elif word == "log":
            self.log.append(NoteKey.of(value))
        elif word == "receipt":
            self.receipts.append(Ed25519PublicKey.from_public_bytes(from_base64(value, 32)))
        elif word == "witness":
            self.witnesses.append(NoteKey.of(value))
        elif word == "quorum" and self.quorum < 0:
            self.quorum = number(value)
        else:
            raise ValueError("an unknown or repeated line")

    def _check(self) -> None:
        names = {key.name for key in self.witnesses}
        right = (
            self.csa
            and self.receipts
            and sorted(key.kind for key in self.log) == [ED25519, ML_DSA_44]
            and len({key.name for key in self.log}) == 1
            and all(key.kind == COSIGNATURE for key in self.witnesses)
            and len(names) == len(self.witnesses)
            # A cosignature does not name who made it: one key under two names would count twice.
            and len({key.public.public_bytes_raw() for key in self.witnesses}) == len(names)
            and self.origin not in names
            and len(self.origin.encode()) <= NAME_LENGTH_MAX
            and 0 <= self.quorum <= len(self.witnesses)
        )
        if not right:
            raise ValueError("something is missing or twice")
