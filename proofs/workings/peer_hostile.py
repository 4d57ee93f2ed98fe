"""Every way a message may be hostile, made from real ones: none may be accepted, each is logged."""

import asyncio
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from demo.towns import CAMFIELD, EASTBROOK, NORTHMERE
from index_service.federation.errors import PeerCode
from index_service.federation.sizes import BODY_READ_S_MAX, PROBLEM_BYTES
from proofs.workings.peer_real import EPOCH, ROUTES, Real, Route
from proofs.workings.peer_wire import (
    COVERED,
    Form,
    Hand,
    Heard,
    Message,
    hand_of,
    sent,
    stranger_context,
)
from tests.region import RegionServed

AT_ONCE: Final = 24
STRANGER: Final = "a stranger's certificate"
_NO_CODE = frozenset[str]()
_TAMPERED = frozenset({PeerCode.SIGNATURE_INVALID, PeerCode.UNKNOWN_MEMBER, PeerCode.MALFORMED})
_FORGED = frozenset({PeerCode.SIGNATURE_INVALID})
_WHO = frozenset({PeerCode.CERTIFICATE_MISMATCH, PeerCode.UNKNOWN_MEMBER})
_NONSENSE = frozenset({PeerCode.MALFORMED})
_NO_ROUTE = frozenset({PeerCode.MALFORMED, PeerCode.VERSION_UNSUPPORTED})


@dataclass(frozen=True, slots=True)
class Hostile:
    """A hostile message: what is sent with whose certificate, and how it may be refused."""

    kind: str
    route: Route
    parts: tuple[bytes | float, ...] = field(repr=False)
    hand: Hand = field(repr=False)
    codes: frozenset[str]


@dataclass(slots=True)
class Tally:
    """What became of the messages of every kind."""

    sent: dict[str, int] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)  # refused, but not as it must be
    shapes: dict[tuple[object, ...], int] = field(default_factory=dict)
    by_member: dict[str, int] = field(default_factory=dict)
    silent: int = 0  # cut off without an answer
    shed: int = 0  # counted, and answered nothing

    @property
    def total(self) -> int:
        """How many were sent."""
        return sum(self.sent.values())

    def heard(self, hostile: Hostile, heard: Heard) -> None:
        """Judge what one message was answered."""
        self.sent[hostile.kind] = self.sent.get(hostile.kind, 0) + 1
        if heard.status == 0:
            self.silent += 1
            if hostile.codes:
                self.otherwise.append(f"{hostile.kind}: cut off")
            return
        member = hostile.route.member
        self.by_member[member] = self.by_member.get(member, 0) + 1
        said = f"{hostile.kind} {hostile.route.path}: {heard.status} {heard.code}"
        if heard.status < 400:
            self.accepted.append(said)
        elif hostile.kind == STRANGER and (heard.status, heard.body) == (503, b""):
            self.shed += 1
        elif heard.code not in hostile.codes or len(heard.body) != PROBLEM_BYTES:
            self.otherwise.append(said)
        else:
            # Which member answers is in the lengths of its own names: compared by member.
            shape = (member, *heard.shape[1:])
            self.shapes[shape] = self.shapes.get(shape, 0) + 1


Maker = Callable[["Maliciously", random.Random, Route], Hostile]


@dataclass(slots=True)
class Maliciously:
    """Makes hostile messages of real ones, in Camfield's name or a stranger's."""

    region: RegionServed
    real: Real
    other: Hand = field(init=False)
    crossed: Hand = field(init=False)  # Camfield's key, Eastbrook's certificate
    stranger: Hand = field(init=False)  # Camfield's key, a certificate no directory names
    answering: Hand = field(init=False)  # Northmere's own key, Camfield's certificate

    def __post_init__(self) -> None:
        self.other = hand_of(self.region, EASTBROOK)
        self.crossed = hand_of(self.region, CAMFIELD, certificate=EASTBROOK)
        self.stranger = replace(self.crossed, context=stranger_context(self.region))
        self.answering = hand_of(self.region, NORTHMERE, certificate=CAMFIELD)

    def hand(self, route: Route) -> Hand:
        """Return the hand a route's messages are signed by."""
        return self.real.hands[route.use]

    def of(
        self,
        kind: str,
        route: Route,
        message: Message,
        codes: frozenset[str],
        hand: Hand | None = None,
    ) -> Hostile:
        """Return a message as hostile, sent with its hand's certificate."""
        raw = message.raw(self.real.ports[route.member])
        return Hostile(kind, route, (raw,), hand or self.hand(route), codes)

    def formed(self, kind: str, route: Route, form: Form, codes: frozenset[str]) -> Hostile:
        """Return a message signed in another form than it must be."""
        body = self.real.body(route)
        signed = self.hand(route).signed(self.real.base(route.member), route.path, body, form)
        return self.of(kind, route, signed, codes)


def _body_altered(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    message = made.real.message(route)
    at, bit = chance.randrange(len(message.body)), 1 << chance.randrange(8)
    body = bytearray(message.body)
    body[at] ^= bit
    return made.of("body altered", route, replace(message, body=bytes(body)), _FORGED)


def _head_altered(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    message = made.real.message(route)
    name, value = chance.choice(message.lines)
    at = chance.randrange(len(value))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    letter = chance.choice([each for each in letters if each != value[at]])
    changed = message.with_line(name, value[:at] + letter + value[at + 1 :])
    return made.of("head altered", route, changed, _TAMPERED)


def _line_gone(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    message = made.real.message(route)
    gone, _ = chance.choice(message.lines)
    lines = tuple(line for line in message.lines if line[0] != gone)
    return made.of("line left out", route, replace(message, lines=lines), _TAMPERED)


def _target_altered(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    message, path = made.real.message(route), route.path
    others = [each.path for each in ROUTES if each.member == route.member and each.path != path]
    paths = [f"{path}/", f"/{path}", f"{path}?a=1", path.replace("v1", "%761"), path.upper()]
    changed = replace(message, path=chance.choice([*paths, *others]))
    if chance.random() < 0.3:
        changed = replace(message, method=chance.choice(["PUT", "PATCH", "DELETE", "OPTIONS"]))
    # Whoever is known but asks for nothing there is refused before or after the signature.
    return made.of("target altered", route, changed, _TAMPERED | _NO_ROUTE | {PeerCode.TOO_LARGE})


def _elsewhere(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    base = made.real.base(chance.choice([EASTBROOK, CAMFIELD]))
    signed = made.hand(route).signed(base, route.path, made.real.body(route))
    return made.of("signed for another member", route, signed, _FORGED)


def _in_time(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    moved_s = chance.choice([-1, 1]) * chance.choice([75, 600, 3_600, 86_400])
    codes = frozenset({PeerCode.CLOCK_SKEW})
    return made.formed("stale or of the future", route, Form(moved_s=moved_s), codes)


def _too_large(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    codes = frozenset({PeerCode.TOO_LARGE})
    message = made.real.message(route)
    size = chance.choice([30_000_000, 2**40, 10**18])
    lines = (*message.lines, ("content-length", str(size)))
    return made.of("oversized", route, replace(message, lines=lines), codes)


def _wrong_key(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    base, body = made.real.base(route.member), made.real.body(route)
    hand = made.hand(route)
    if chance.random() < 0.5:  # Eastbrook's key with Camfield's certificate
        forged, codes = made.other, _WHO
    else:  # Camfield's key by name, signed with Eastbrook's
        forged, codes = replace(made.other, key_id=hand.key_id), _FORGED
    return made.of("wrong key", route, forged.signed(base, route.path, body), codes)


def _wrong_member(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    name = chance.choice(["nowhere/serve/1", "camfield/serve/9", "camfield"])
    hand = replace(made.hand(route), key_id=name)
    signed = hand.signed(made.real.base(route.member), route.path, made.real.body(route))
    return made.of("unknown key", route, signed, frozenset({PeerCode.UNKNOWN_MEMBER}))


def _wrong_certificate(made: Maliciously, _: random.Random, route: Route) -> Hostile:
    return made.of(
        "wrong certificate",
        route,
        made.crossed.signed(made.real.base(route.member), route.path, made.real.body(route)),
        frozenset({PeerCode.CERTIFICATE_MISMATCH}),
        made.crossed,
    )


def _stranger(made: Maliciously, _: random.Random, route: Route) -> Hostile:
    """Certified by the region's authority, named by no directory: many at once are shed."""
    base, body = made.real.base(route.member), made.real.body(route)
    signed = made.stranger.signed(base, route.path, body)
    codes = frozenset({PeerCode.CERTIFICATE_MISMATCH})
    return made.of(STRANGER, route, signed, codes, made.stranger)


def _reflected(made: Maliciously, _: random.Random, route: Route) -> Hostile:
    """A-B-A: what a member signed itself comes back to it by way of another."""
    signed = made.answering.signed(made.real.base(route.member), route.path, made.real.body(route))
    return made.of("sent back to its sender", route, signed, _WHO | _FORGED)


def _covers_less(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    left_out = chance.choice(COVERED)
    covered = tuple(name for name in COVERED if name != left_out)
    if chance.random() < 0.3:
        covered = tuple(chance.sample(COVERED, len(COVERED)))[: chance.choice([0, 1, 2])]
    return made.formed("covers less", route, Form(covered=covered), _FORGED)


def _says_otherwise(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    forms = (
        Form(tag="isa-peer-answer"),
        Form(tag=""),
        Form(label="sig1"),
        Form(alg="rsa-pss-sha512"),
        Form(alg="hmac-sha256"),
        Form(more=";expires=9999999999"),
        Form(nonce="short"),
        Form(nonce="A" * 22 + "=="),
        *(Form(without=name) for name in ("created", "alg", "nonce", "tag", "keyid")),
    )
    return made.formed("states otherwise", route, chance.choice(forms), _FORGED)


def _wrong_digest(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    form = Form(digest_of=chance.randbytes(20))
    return made.formed("digest of another body", route, form, _FORGED)


def _twice(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    message = made.real.message(route)
    again = chance.choice(message.lines)
    lines = list(message.lines)
    lines.insert(chance.randrange(len(lines) + 1), again)
    return made.of("a line twice", route, replace(message, lines=tuple(lines)), _TAMPERED)


def _no_such_route(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    paths = ["/peer/v1/unknown", "/peer/v2/probe", "/peer/v0/probe", "/region/v1/x", "/v1/lookups"]
    path = chance.choice(paths)
    body = b"{}"
    signed = made.hand(route).signed(made.real.base(route.member), path, body)
    return made.of("no such route", route, signed, _NO_ROUTE)


def _spoilt(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    body = spoilt(made.real.body(route), chance, route)
    signed = made.hand(route).signed(made.real.base(route.member), route.path, body)
    return made.of("body of no form", route, signed, _NONSENSE | {PeerCode.TOO_LARGE})


def _wrong_epoch(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    epoch = chance.choice([EPOCH + 1, EPOCH + 2, 1_000, 2**31 - 1])
    asked = next(each for each in ROUTES if each.member == route.member)
    said = json.loads(made.real.body(asked))
    body = json.dumps({**said, "epoch": epoch}).encode()
    signed = made.hand(asked).signed(made.real.base(asked.member), asked.path, body)
    return made.of("wrong epoch", asked, signed, frozenset({PeerCode.EPOCH_REFUSED}))


def _unfinished(made: Maliciously, chance: random.Random, route: Route) -> Hostile:
    raw = made.real.message(route).raw(made.real.ports[route.member])
    end = raw.index(b"\r\n\r\n") + 4
    if chance.random() < 0.5:  # its head has no end: nobody ever hears a message
        parts: tuple[bytes | float, ...] = (raw[: chance.randrange(10, end - 4)],)
        return Hostile("head without an end", route, parts, made.hand(route), _NO_CODE)
    cut = chance.randrange(end, len(raw))
    parts = (raw[:cut], BODY_READ_S_MAX / 2, raw[cut : cut + 1])
    parts = parts if cut + 1 < len(raw) else (raw[:cut],)
    return Hostile("body without an end", route, parts, made.hand(route), _NONSENSE)


KINDS: Final[Mapping[Maker, int]] = {
    _body_altered: 12,
    _head_altered: 14,
    _line_gone: 4,
    _target_altered: 8,
    _elsewhere: 4,
    _in_time: 6,
    _too_large: 3,
    _wrong_key: 6,
    _wrong_member: 3,
    _wrong_certificate: 4,
    _stranger: 4,
    _reflected: 4,
    _covers_less: 6,
    _says_otherwise: 6,
    _wrong_digest: 4,
    _twice: 4,
    _no_such_route: 3,
    _spoilt: 16,
    _wrong_epoch: 4,
    _unfinished: 1,
}


async def attacked(made: Maliciously, count: int, seed: int, told: Callable[[str], None]) -> Tally:
    """Send so many hostile messages of all kinds to all routes."""
    chance, tally, few = random.Random(seed), Tally(), asyncio.Semaphore(AT_ONCE)
    kinds = [*KINDS, *chance.choices(list(KINDS), list(KINDS.values()), k=count)][:count]

    async def one(kind: Maker) -> None:
        async with few:
            parties = [each for each in ROUTES if each.member != NORTHMERE]
            route = chance.choice(parties if kind is _wrong_epoch else ROUTES)
            hostile = kind(made, chance, route)
            port = made.real.ports[hostile.route.member]
            tally.heard(hostile, await sent(port, hostile.hand.context, hostile.parts))
            told(f"{tally.total} of {count} hostile messages")

    await asyncio.gather(*(one(kind) for kind in kinds))
    return tally


async def replayed(made: Maliciously, ports: Sequence[int]) -> tuple[int, list[str]]:
    """Send a message of every route of the index once, and again at each of these ports.

    Returns how many were replayed, and whatever was answered otherwise than it must be.
    """
    wrong, count = [], 0
    for route in [each for each in ROUTES if each.member == NORTHMERE]:
        message, context = made.real.message(route), made.hand(route).context
        await sent(made.real.ports[NORTHMERE], context, [message.raw(made.real.ports[NORTHMERE])])
        for port in ports:
            again = await sent(port, context, [message.raw(port)])
            count += 1
            if again.code != PeerCode.REPLAYED or len(again.body) != PROBLEM_BYTES:
                wrong.append(f"{route.path} again: {again.status} {again.code}")
    return count, wrong


def spoilt(body: bytes, chance: random.Random, route: Route) -> bytes:
    """Return a body that no reader may take for one of its form."""
    text = body.rstrip(b" ")
    said = json.loads(text)
    ways = ["cut", "twice", "letters", "nan", "more", "deep", "list"]
    ways += ["gone", "added", "kind"] * 4 if said else ["added"] * 4
    if route.sized:
        ways.append("size")
    way = chance.choice(ways)
    if way == "size":
        return chance.choice([body[:-1], text])
    if way in ("gone", "added", "kind"):
        text = json.dumps(_changed(said, way, chance, route)).encode()
    else:
        first = text.index(b"{") + 1
        text = {
            "cut": text[: chance.randrange(1, len(text))],
            "twice": text[:first] + b'"format":1,"format":1,' + text[first:],
            "letters": text[:first] + b'"\xff\xfe":1,' + text[first:],
            "nan": text[:first] + b'"epoch":NaN,' + text[first:],
            "more": text + b"{}",
            "deep": b"[" * 1_000 + b"]" * 1_000,
            "list": b"[" + text + b"]",
        }[way]
    return (
        text.ljust(len(body), b" ")[: max(len(body), len(text.rstrip()))] if route.sized else text
    )


def _changed(said: dict[str, Any], way: str, chance: random.Random, route: Route) -> dict[str, Any]:
    inside = [name for name in route.within if isinstance(said.get(name), dict)]
    place = said[chance.choice(inside)] if inside and chance.random() < 0.5 else said
    if way == "added" or not place:
        place[chance.choice(["also", "shielded", "Epoch", "digest"])] = chance.choice([1, "", None])
        return said
    name = chance.choice(sorted(place))
    if way == "gone":
        del place[name]
    elif isinstance(place[name], list) and route.within and chance.random() < 0.5:
        place[name] = [*place[name][1:], chance.choice([7, None, "zz", "A" * 33])]
    else:
        place[name] = {"x": [1]}
    return said
