"""Members of a region as its directory states them: certificates, keys with their days, ways."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from index_service.domain.areas import AREA, AREAS_MAX
from index_service.domain.errors import Invalid
from index_service.domain.fields import checked_org_name, checked_phone
from index_service.domain.shapes import AUTHORITY
from index_service.federation.errors import DirectoryFault, DirectoryRefused
from index_service.federation.reading import (
    listed,
    moment,
    public_bytes,
    refuse,
    stated,
    whole,
    word,
)

MEMBERS_MAX = 512
CAPACITY_MAX = 2_000_000

_AUTHORITY = re.compile(AUTHORITY.pattern)
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9_./-]{2,63}", re.ASCII)
_PIN = re.compile(r"[0-9a-f]{64}", re.ASCII)
# No path, no query: what a member signs is read against this very text.
_URL = re.compile(r"https://[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?(:[1-9][0-9]{0,4})?", re.ASCII)
_KINDS = re.compile("index|deriver|locator")
_WAYS = re.compile("call|poll")
_STATES = re.compile("active|leaving")
_USES = re.compile("serve|manage")


class KeyUse(StrEnum):
    """Who signs with a key: the processes that answer people, or those that run by themselves."""

    SERVE = "serve"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A public key of a member, with its days: keys roll over by overlapping."""

    id: str
    use: KeyUse
    public: Ed25519PublicKey
    begins: datetime
    ends: datetime
    raw: bytes = field(repr=False)

    def counts(self, now: datetime) -> bool:
        """Return whether a moment lies inside the key's days."""
        return self.begins <= now < self.ends


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """Whom to ring at an authority."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the region."""

    name: str
    kind: str
    title: str
    url: str
    certificates: frozenset[str]
    keys: tuple[MemberKey, ...]
    versions: tuple[int, ...]
    reached: str
    capacity: int
    front_door: FrontDoor | None
    state: str
    areas: tuple[str, ...] = ()  # postcode areas and districts it is responsible for

    def key(self, key_id: str, now: datetime) -> MemberKey | None:
        """Return the member's key of this id if it counts now, or None."""
        found = (each for each in self.keys if each.id == key_id and each.counts(now))
        return next(found, None)

    @property
    def is_active(self) -> bool:
        """Whether the member is not about to leave."""
        return self.state == "active"


_PARTS = {
    "name",
    "kind",
    "title",
    "url",
    "certificates",
    "keys",
    "versions",
    "reached",
    "capacity",
    "front_door",
    "state",
}

_MAY_BE_LEFT_OUT = {"areas"}


def read_members(said: object) -> Mapping[str, Member]:
    """Return the members by name; DirectoryRefused where two could be taken for one another."""
    found = [_member(each) for each in listed(said, "members", MEMBERS_MAX)]
    members = {each.name: each for each in found}
    kinds = [each.kind for each in found]
    if len(members) != len(found) or kinds.count("deriver") != 1 or kinds.count("locator") != 1:
        raise DirectoryRefused(DirectoryFault.MEMBERS)
    keys = [key for each in found for key in each.keys]
    pins = [pin for each in found for pin in each.certificates]
    urls = [each.url for each in found if each.url]
    areas = [area for each in found for area in each.areas]
    told_apart = ([key.id for key in keys], [key.raw for key in keys], pins, urls, areas)
    if any(len(set(each)) != len(each) for each in told_apart):
        raise DirectoryRefused(DirectoryFault.KEYS)
    return members


def _member(said: object) -> Member:
    part = stated(said, _PARTS | (_MAY_BE_LEFT_OUT & _names(said)), "members")
    kind = word(part["kind"], _KINDS, "kind")
    reached = word(part["reached"], _WAYS, "reached")
    pins = [word(pin, _PIN, "certificates") for pin in listed(part["certificates"], "", 8)]
    keys = [_key(each) for each in listed(part["keys"], "keys", 16)]
    versions = [whole(each, "versions", 0, 99) for each in listed(part["versions"], "", 8)]
    if not (pins and keys and versions) or len(set(pins)) != len(pins):
        refuse("members")
    return Member(
        name=word(part["name"], _AUTHORITY, "name"),
        kind=kind,
        title=_title(part["title"]),
        url="" if reached == "poll" and part["url"] == "" else word(part["url"], _URL, "url"),
        certificates=frozenset(pins),
        keys=tuple(keys),
        versions=tuple(versions),
        reached=reached,
        capacity=whole(part["capacity"], "capacity", int(kind == "index"), CAPACITY_MAX),
        front_door=_front_door(part["front_door"], kind),
        state=word(part["state"], _STATES, "state"),
        areas=tuple(word(each, AREA, "areas") for each in _areas(part, kind)),
    )


def _names(said: object) -> set[str]:
    return set(said) if isinstance(said, dict) else set()


def _areas(part: Mapping[str, object], kind: str) -> list[object]:
    """Return the areas of an authority; nobody else has any."""
    return listed(part.get("areas", []), "areas", AREAS_MAX if kind == "index" else 0)


def _key(said: object) -> MemberKey:
    part = stated(said, {"id", "use", "public", "from", "until"}, "keys")
    raw = public_bytes(part["public"], "keys")
    begins, ends = moment(part["from"], "keys"), moment(part["until"], "keys")
    if not begins < ends:
        refuse("keys")
    return MemberKey(
        id=word(part["id"], _KEY_ID, "keys"),
        use=KeyUse(word(part["use"], _USES, "keys")),
        public=Ed25519PublicKey.from_public_bytes(raw),
        begins=begins,
        ends=ends,
        raw=raw,
    )


def _title(said: object) -> str:
    if not isinstance(said, str):
        refuse("title")
    try:
        return checked_org_name(said, "title")
    except Invalid:
        refuse("title")


def _front_door(said: object, kind: str) -> FrontDoor | None:
    if said is None and kind != "index":
        return None
    part = stated(said, {"name", "phone"}, "front_door")
    if not all(isinstance(each, str) for each in part.values()):
        refuse("front_door")
    try:
        return FrontDoor(
            checked_org_name(part["name"], "front_door"),
            checked_phone(part["phone"], "front_door"),
        )
    except Invalid:
        refuse("front_door")
