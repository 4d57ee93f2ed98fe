"""Clients of the real server: every kind of request an index answers, retried as a client would."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx

from demo.issuer import Issuer
from proofs.workings.crowd import Child, content_digest, feed_body
from proofs.workings.oracle import Fate, Oracle, Received

PAUSE_S = 0.05  # before the same is sent again
DOWN_S = 0.2  # where nobody listens
WAIT_S_MAX = 20.0
INSIST_S_MAX = 60.0
TOKEN_S = 300  # a token is good for ten minutes
SAFEGUARD = {"Access-Purpose": "safeguard", "Access-Reason": "new_referral"}
JSON = {"Content-Type": "application/json"}
TEAM = {"team": {"name": "Northmere North Team", "phone": "+441632960155"}}


@dataclass(frozen=True, slots=True)
class Request:
    """One request to be sent. `about` pairs repetitions: a key, a batch or a child's id."""

    kind: str
    persona: str | None
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    about: str = ""


class Line:
    """One client's connection and tokens."""

    def __init__(self, base_url: str, issuer: Issuer, oracle: Oracle) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, timeout=WAIT_S_MAX)
        self._issuer = issuer
        self._oracle = oracle
        self._tokens: dict[str, tuple[str, float]] = {}
        self.asked_s = 0.0  # when the last request that was answered in full was sent

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    def _token(self, persona: str) -> str:
        token, made_s = self._tokens.get(persona, ("", 0.0))
        now_s = time.monotonic()
        if not token or now_s - made_s > TOKEN_S:
            token, made_s = self._issuer.token_for(persona), now_s
            self._tokens[persona] = (token, made_s)
        return token

    async def send(self, request: Request) -> Received:
        """Send one request under an id of its own and keep whatever came of it."""
        request_id = str(uuid4())
        headers = {**request.headers, "X-Request-ID": request_id}
        if request.persona is not None:
            headers["Authorization"] = f"Bearer {self._token(request.persona)}"
        fate, status, receipt, whole, body = Fate.BROKEN, 0, "", False, b""
        begun_s = time.monotonic()
        try:
            async with self._client.stream(
                request.method, request.path, headers=headers, content=request.content
            ) as answer:
                status = answer.status_code
                receipt = answer.headers.get("audit-receipt", "")
                async for part in answer.aiter_raw():
                    body += part
                whole = True
        except httpx.ConnectError:
            fate = Fate.UNSENT
        except httpx.TransportError:
            pass  # what had come until then stands
        if status:
            silent = status == 503 and not receipt and not body
            fate = Fate.SILENT if silent else Fate.ANSWERED
            if whole and status < 500:
                self.asked_s = begun_s
        return self._oracle.keep(
            Received(
                request_id,
                request.kind,
                request.about,
                fate,
                status,
                receipt,
                body.decode(errors="replace"),
                whole,
            )
        )

    async def insist(self, request: Request, over: asyncio.Event | None = None) -> Received:
        """Send the same until it is answered with yes, or with a no that is final."""
        ends_s = time.monotonic() + INSIST_S_MAX
        while True:
            received = await self.send(request)
            final = received.fate is Fate.ANSWERED and received.whole
            if final and received.status != 409 and received.status < 500:
                return received
            if time.monotonic() > ends_s or (over is not None and over.is_set()):
                return received
            await asyncio.sleep(DOWN_S if received.fate is Fate.UNSENT else PAUSE_S)


@dataclass
class World:
    """What the clients know to be there, because it was acknowledged."""

    people: Iterator[Child]
    today: date
    created: dict[str, Child] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)  # involvement id: child id
    ceased: set[str] = field(default_factory=set)
    ceasing: set[str] = field(default_factory=set)
    batches: dict[str, int] = field(default_factory=dict)  # acknowledged: lines
    fed: int = 0  # children in acknowledged batches
    pending: list[Request] = field(default_factory=list)  # sent, never acknowledged


class Asking:
    """One client that asks everything in turn, at random."""

    def __init__(self, line: Line, world: World, seed: int) -> None:
        self.line = line
        self.world = world
        self.chance = random.Random(seed)
        self.over = asyncio.Event()

    async def run(self) -> None:
        """Ask until told to stop."""
        kinds: list[tuple[Callable[[], Any], int]] = [
            (self.look_up, 6),
            (self.look_up_nobody, 2),
            (self.read, 5),
            (self.read_absent, 2),
            (self.be_refused, 3),
            (self.send_nonsense, 4),
            (self.create, 4),
            (self.begin, 3),
            (self.cease, 1),
            (self.look_up_many, 1),
        ]
        steps = [step for step, weight in kinds for _ in range(weight)]
        while not self.over.is_set():
            before = self.line._oracle.fates[Fate.UNSENT]
            await self.chance.choice(steps)()
            down = self.line._oracle.fates[Fate.UNSENT] > before
            await asyncio.sleep(DOWN_S if down else self.chance.random() * 0.01)

    async def _json(self, kind: str, who: str, path: str, content: Any) -> Received:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {**SAFEGUARD, **JSON}
        return await self.line.send(Request(kind, who, "POST", path, headers, body))

    def _known(self) -> str:
        return self.chance.choice(list(self.world.created))

    async def look_up(self) -> Received:
        """Look up a child who is there."""
        child = self.world.created[self._known()]
        return await self._json("lookup", "teacher", "/v1/lookups", child.question())

    async def look_up_nobody(self) -> None:
        """Look up a child who is not."""
        await self._json("lookup", "teacher", "/v1/lookups", next(self.world.people).question())

    async def look_up_many(self) -> None:
        """Ask about three at once: one known, one nonsense, one for a purpose not open."""
        child = self.world.created[self._known()]
        asked = {"purpose": "safeguard", "reason": "new_referral"}
        subjects = [
            {**asked, "lookup": child.question()},
            {**asked, "lookup": {"nhs_number": "9990000019"}},
            {"purpose": "keep_index", "reason": "shielding", "lookup": child.question()},
        ]
        await self._json("many", "teacher", "/v1/lookups/batch", {"subjects": subjects})

    async def read(self) -> None:
        """Read a child who is there."""
        await self._read("read", "social_worker", self._known(), SAFEGUARD)

    async def read_absent(self) -> None:
        """Read a child who is not."""
        await self._read("absent", "social_worker", str(uuid4()), SAFEGUARD)

    async def _read(
        self, kind: str, who: str | None, child_id: str, headers: dict[str, str]
    ) -> Received:
        request = Request(kind, who, "GET", f"/v1/children/{child_id}", headers, about=child_id)
        return await self.line.send(request)

    async def be_refused(self) -> None:
        """Ask what the asker may not: lapsed, of the wrong role, without a token."""
        who = self.chance.choice(["lapsed_nurse", "schools_feed", "auditor", None])
        await self._read("refused", who, self._known(), SAFEGUARD)

    async def send_nonsense(self) -> None:
        """Send what cannot be understood."""
        bodies = [
            b"{",
            b'{"family_name": "Example", "family_name": "Other"}',
            b'{"family_name": "Example", "date_of_birth": NaN}',
            b'{"nhs_number": "9990000019"}',
            b'{"family_name": "Example", "surname": "Example"}',
            b'{"family_name": "\\ud800", "date_of_birth": "2015-03-02"}',
            b"[" * 200,
        ]
        await self._json("nonsense", "teacher", "/v1/lookups", self.chance.choice(bodies))

    async def create(self) -> Received:
        """Record a new child, once, however often it must be sent."""
        child = next(self.world.people)
        key = f"create-{uuid4()}"
        headers = {**SAFEGUARD, **JSON, "Idempotency-Key": key}
        body = json.dumps(child.stated()).encode()
        request = Request(
            "create", "social_worker", "POST", "/v1/children", headers, body, about=key
        )
        received = await self._write(request)
        if received.good:
            self.world.created[received.json()["id"]] = child
        return received

    async def begin(self) -> None:
        """Begin an involvement, once, however often it must be sent."""
        child_id, key = self._known(), f"begin-{uuid4()}"
        headers = {**SAFEGUARD, **JSON, "Idempotency-Key": key}
        began = self.world.today - timedelta(days=30)
        body = {"service": "health_visiting", "contact": TEAM, "began": began.isoformat()}
        path = f"/v1/children/{child_id}/involvements"
        content = json.dumps(body).encode()
        request = Request("begin", "health_visitor", "POST", path, headers, content, about=key)
        received = await self._write(request)
        if received.good:
            self.world.begun[received.json()["id"]] = child_id

    async def cease(self) -> None:
        """Cease one of the involvements begun."""
        open_ = [each for each in self.world.begun if each not in self.world.ceasing]
        if not open_:
            return
        involvement = self.chance.choice(open_)
        self.world.ceasing.add(involvement)
        path = f"/v1/involvements/{involvement}/cease"
        request = Request(
            "cease", "health_visitor", "POST", path, {**SAFEGUARD, **JSON}, b"{}", involvement
        )
        if (await self.line.send(request)).good:
            self.world.ceased.add(involvement)

    async def _write(self, request: Request) -> Received:
        received = await self.line.insist(request, self.over)
        if not (received.fate is Fate.ANSWERED and received.whole and received.status < 500):
            self.world.pending.append(request)
        return received


class Supplying(Asking):
    """One client that feeds: batch after batch, each sent until it is complete."""

    def __init__(self, line: Line, world: World, seed: int, children: int) -> None:
        super().__init__(line, world, seed)
        self._children = children

    async def run(self) -> None:
        """Feed until told to stop."""
        while not self.over.is_set():
            await self.supply()
            await asyncio.sleep(self.chance.random() * 0.2)

    async def supply(self) -> None:
        """Send one batch, the same again until it is complete."""
        name = f"b-{uuid4().hex[:12]}"
        children = [next(self.world.people) for _ in range(self._children)]
        body = feed_body(children, f"{name}-", self.world.today)
        headers = {"Content-Type": "application/x-ndjson", "Content-Digest": content_digest(body)}
        path = f"/v1/feeds/child-health/batches/{name}"
        request = Request("feed", "health_feed", "PUT", path, headers, body, about=name)
        received = await self._write(request)
        if received.good:
            self.world.batches[name] = 2 * len(children)
            self.world.fed += len(children)
