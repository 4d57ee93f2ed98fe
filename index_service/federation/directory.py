"""The region's directory: who its members are, signed by enough of its registrars.

Nothing of a directory is believed before the signatures are counted, and nothing read two
ways: a document has one spelling (keys sorted, no spaces, UTF-8).
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from index_service.domain.errors import Invalid
from index_service.domain.shapes import AUTHORITY
from index_service.domain.strict_json import parse_json
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.federation.members import KeyUse, Member, MemberKey, read_members
from index_service.federation.reading import (
    listed,
    moment,
    public_bytes,
    refuse,
    stated,
    whole,
    word,
)

DOCUMENT_BYTES_MAX = 1024 * 1024
REGISTRARS_MAX = 16
FORMAT = 1
SERIES = ("search", "shield")

_DOMAIN = b"isa/region-directory/1\0"
_AUTHORITY = re.compile(AUTHORITY.pattern)
_ID = re.compile(r"[a-z0-9][a-z0-9_./-]{2,63}", re.ASCII)
_LINES = frozenset({"region", "registrar", "quorum", "self"})


@dataclass(frozen=True, slots=True)
class RegionPolicy:
    """What an authority was told of its region apart from it: whose signatures count."""

    region: str
    registrars: Mapping[str, Ed25519PublicKey]
    quorum: int
    self_name: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the lines of a policy file, or DirectoryRefused."""
        found: dict[str, list[str]] = {word: [] for word in _LINES}
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            first, _, value = line.partition(" ")
            if first not in _LINES or not value:
                raise DirectoryRefused(DirectoryFault.POLICY, "line")
            found[first].append(value)
        registrars = _registrars(found["registrar"])
        region, name, quorum = (_one(found[each], each) for each in ("region", "self", "quorum"))
        if not (_AUTHORITY.fullmatch(region) and _AUTHORITY.fullmatch(name)):
            raise DirectoryRefused(DirectoryFault.POLICY, "name")
        if not re.fullmatch(r"[1-9][0-9]?", quorum, re.ASCII) or int(quorum) > len(registrars):
            raise DirectoryRefused(DirectoryFault.POLICY, "quorum")
        return cls(region, registrars, int(quorum), name)


def _one(values: Sequence[str], name: str) -> str:
    if len(values) != 1:
        raise DirectoryRefused(DirectoryFault.POLICY, name)
    return values[0]


def _registrars(lines: Sequence[str]) -> dict[str, Ed25519PublicKey]:
    keys: dict[str, bytes] = {}
    for line in lines:
        key_id, _, text = line.partition(" ")
        if not _ID.fullmatch(key_id) or key_id in keys:
            raise DirectoryRefused(DirectoryFault.POLICY, "registrar")
        keys[key_id] = _policy_key(text)
    if not 0 < len(set(keys.values())) == len(keys) <= REGISTRARS_MAX:
        raise DirectoryRefused(DirectoryFault.POLICY, "registrar")  # one voice must not count twice
    return {key_id: Ed25519PublicKey.from_public_bytes(raw) for key_id, raw in keys.items()}


def _policy_key(text: str) -> bytes:
    try:
        return public_bytes(text, "registrar")
    except DirectoryRefused:
        raise DirectoryRefused(DirectoryFault.POLICY, "registrar") from None


@dataclass(frozen=True, slots=True)
class Epochs:
    """The region's clock: epoch e lasts from zero + e * seconds; filters change with it alone."""

    zero: datetime
    seconds: int
    arrivals_wait_seconds: int

    def at(self, now: datetime) -> int:
        """Return the epoch a moment lies in."""
        return int((now - self.zero) // timedelta(seconds=self.seconds))

    def begins(self, epoch: int) -> datetime:
        """Return the moment an epoch begins."""
        return self.zero + timedelta(seconds=epoch * self.seconds)

    @property
    def arrivals_wait(self) -> timedelta:
        """How long before an epoch a child must have arrived to be in its filter."""
        return timedelta(seconds=self.arrivals_wait_seconds)


@dataclass(frozen=True, slots=True)
class RegionDirectory:
    """A verified directory. There is no other way to one than `verified`."""

    region: str
    version: int
    valid_from: datetime
    valid_until: datetime
    epochs: Epochs
    members: Mapping[str, Member]
    self_name: str
    deriver_keys: Mapping[str, Mapping[int, bytes]] = field(repr=False)
    _by_key: Mapping[str, tuple[Member, MemberKey]] = field(repr=False)
    _by_certificate: Mapping[str, Member] = field(repr=False)

    @classmethod
    def verified(cls, document: bytes, policy: RegionPolicy, now: datetime) -> Self:
        """Return the directory that enough registrars signed for now, or DirectoryRefused."""
        said, signatures = _opened(document)
        _count(said, signatures, policy)
        found = cls._read(said, policy)
        if not found.covers(now):
            raise DirectoryRefused(DirectoryFault.OUTSIDE_ITS_DAYS)
        return found

    @classmethod
    def _read(cls, said: Mapping[str, Any], policy: RegionPolicy) -> Self:
        stated(said, _PARTS, "directory")
        if said["format"] != FORMAT:
            refuse("format")
        if said["region"] != policy.region:
            raise DirectoryRefused(DirectoryFault.REGION)
        members = read_members(said["members"])
        if policy.self_name not in members:
            raise DirectoryRefused(DirectoryFault.SELF)
        begins, ends = moment(said["valid_from"], "valid_from"), moment(said["valid_until"], "")
        epochs = _epochs(said["epochs"])
        if not epochs.zero <= begins < ends:
            refuse("valid_from")
        keys = [(key.id, (each, key)) for each in members.values() for key in each.keys]
        pins = [(pin, each) for each in members.values() for pin in each.certificates]
        return cls(
            region=policy.region,
            version=whole(said["version"], "version", 1, 2**53 - 1),
            valid_from=begins,
            valid_until=ends,
            epochs=epochs,
            members=members,
            self_name=policy.self_name,
            deriver_keys=_deriver_keys(said["deriver_keys"]),
            _by_key=dict(keys),
            _by_certificate=dict(pins),
        )

    @property
    def own(self) -> Member:
        """This authority as the region knows it."""
        return self.members[self.self_name]

    @property
    def deriver(self) -> Member:
        """The member that evaluates the pseudorandom function."""
        return next(each for each in self.members.values() if each.kind == "deriver")

    @property
    def locator(self) -> Member:
        """The member that holds filters and the shield set."""
        return next(each for each in self.members.values() if each.kind == "locator")

    @property
    def indexes(self) -> tuple[Member, ...]:
        """Every authority's index, by name; this one among them."""
        found = [each for each in self.members.values() if each.kind == "index"]
        return tuple(sorted(found, key=lambda each: each.name))

    @property
    def others(self) -> tuple[Member, ...]:
        """Every other authority's index, by name."""
        return tuple(each for each in self.indexes if each.name != self.self_name)

    def covers(self, now: datetime) -> bool:
        """Return whether a moment lies inside the directory's days."""
        return self.valid_from <= now < self.valid_until

    def key(self, key_id: str) -> tuple[Member, MemberKey] | None:
        """Return whose key this is, or None; whether it is inside its days, the key says."""
        return self._by_key.get(key_id)

    def by_certificate(self, pin: str) -> Member | None:
        """Return the member whose certificate holds a key of this digest, or None."""
        return self._by_certificate.get(pin)

    def deriver_key(self, series: str, epoch: int) -> bytes:
        """Return the deriver's public key; LookupError where the directory has none."""
        return self.deriver_keys[series][epoch]


_PARTS = {
    "format",
    "region",
    "version",
    "valid_from",
    "valid_until",
    "epochs",
    "deriver_keys",
    "members",
}


def unsigned_directory(directory: Mapping[str, Any]) -> bytes:
    """Return a document without signatures, for `sign_directory`."""
    return _canonical({"directory": dict(directory), "signatures": []})


def sign_directory(document: bytes, key_id: str, private: Ed25519PrivateKey) -> bytes:
    """Return a document with a registrar's signature added, or put anew."""
    said, signatures = _opened(document, spelled=False)
    text = b64encode(private.sign(_DOMAIN + _canonical(said))).decode()
    kept = [{"key": each, "signature": signature} for each, signature in signatures.items()]
    others = [each for each in kept if each["key"] != key_id]
    signed = sorted([*others, {"key": key_id, "signature": text}], key=lambda each: each["key"])
    return _canonical({"directory": said, "signatures": signed})


def _canonical(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


def _opened(document: bytes, *, spelled: bool = True) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is said and the signatures beside it; a document has one spelling."""
    if len(document) > DOCUMENT_BYTES_MAX:
        refuse("size")
    try:
        whole_text = parse_json(document)
    except Invalid:
        raise DirectoryRefused(DirectoryFault.FORM, "json") from None
    outer = stated(whole_text, {"directory", "signatures"}, "document")
    if spelled and _canonical(outer) != document:
        refuse("spelling")
    said = outer["directory"]
    if not isinstance(said, dict):
        refuse("directory")
    signatures: dict[str, str] = {}
    for each in listed(outer["signatures"], "signatures", REGISTRARS_MAX):
        line = stated(each, {"key", "signature"}, "signatures")
        key_id, text = word(line["key"], _ID, "signatures"), line["signature"]
        if key_id in signatures or not isinstance(text, str):
            refuse("signatures")
        signatures[key_id] = text
    return said, signatures


def _count(said: Mapping[str, Any], signatures: Mapping[str, str], policy: RegionPolicy) -> None:
    message, counted = _DOMAIN + _canonical(said), 0
    for key_id, text in signatures.items():
        registrar = policy.registrars.get(key_id)
        if registrar is None:
            continue  # another member's registrars may be more than ours
        try:
            registrar.verify(b64decode(text, validate=True), message)
        except (InvalidSignature, binascii.Error, ValueError):
            continue
        counted += 1
    if counted < policy.quorum:
        raise DirectoryRefused(DirectoryFault.QUORUM)


def _epochs(said: object) -> Epochs:
    found = stated(said, {"zero", "seconds", "arrivals_wait_seconds"}, "epochs")
    return Epochs(
        moment(found["zero"], "epochs"),
        whole(found["seconds"], "epochs", 1, 366 * 86400),
        whole(found["arrivals_wait_seconds"], "epochs", 0, 366 * 86400),
    )


def _deriver_keys(said: object) -> dict[str, dict[int, bytes]]:
    found = stated(said, set(SERIES), "deriver_keys")
    keys: dict[str, dict[int, bytes]] = {}
    for series in SERIES:
        by_epoch = found[series]
        if not isinstance(by_epoch, dict) or len(by_epoch) > 1000:
            refuse("deriver_keys")
        numbers = {
            word(text, re.compile(r"0|[1-9][0-9]{0,8}"), "deriver_keys") for text in by_epoch
        }
        keys[series] = {int(n): public_bytes(by_epoch[n], "deriver_keys") for n in numbers}
    return keys


__all__ = [
    "DOCUMENT_BYTES_MAX",
    "Epochs",
    "KeyUse",
    "Member",
    "MemberKey",
    "RegionDirectory",
    "RegionPolicy",
    "sign_directory",
    "unsigned_directory",
]
