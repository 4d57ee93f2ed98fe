"""A day at an authority, put through the real API: everything that could leave a trace."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from demo.authority import Authority
from demo.issuer import Issuer
from proofs.workings.asking import JSON, SAFEGUARD, TEAM
from proofs.workings.crowd import Child, content_digest, feed_body

BATCH_CHILDREN = 500
TEAMS = {"Access-Purpose": "keep_index", "Access-Reason": "shielding"}
NDJSON = "application/x-ndjson"


@dataclass
class Day:
    """One client that does everything once for many children, and counts the answers."""

    client: httpx.AsyncClient
    issuer: Issuer
    told: Callable[[str], None]
    statuses: dict[int, int] = field(default_factory=dict)

    async def ask(
        self, who: str | None, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """Send one request as a persona; bytes are sent as they are, all else as JSON."""
        stated = {} if who == "health_feed" else SAFEGUARD
        sent = {**stated, **JSON} | {n.replace("_", "-"): v for n, v in headers.items()}
        if who is not None:
            sent["Authorization"] = f"Bearer {self.issuer.token_for(who)}"
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        answer = await self.client.request(method, path, content=content, headers=sent)
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        return answer

    async def feed(self, children: list[Child], today: date) -> None:
        """Supply children and involvements, and lines that are nonsense about them."""
        for start in range(0, len(children), BATCH_CHILDREN):
            self.told(f"feeding {start} of {len(children)} children")
            some = children[start : start + BATCH_CHILDREN]
            body = feed_body(some, f"{start}-", today) + _spoilt(some[:20], today)
            await self._batch(f"b{start}", body)

    async def _batch(self, name: str, body: bytes) -> httpx.Response:
        digest = {"Content_Type": NDJSON, "Content_Digest": content_digest(body)}
        return await self.ask(
            "health_feed", "PUT", f"/v1/feeds/child-health/batches/{name}", body, **digest
        )

    async def found(self, child: Child) -> str:
        """Look a child up and return the id, or nothing."""
        answer = await self.ask("teacher", "POST", "/v1/lookups", child.question())
        matches = answer.json().get("matches", []) if answer.status_code == 200 else []
        return str(matches[0]["child"]["child_id"]) if matches else ""

    async def one(self, child: Child, step: int, today: date) -> None:
        """Do with one child what is done in a day; what exactly depends on the step."""
        child_id = await self.found(child)
        if not child_id:
            return
        path = f"/v1/children/{child_id}"
        read = await self.ask("social_worker", "GET", path)
        await self.ask("lapsed_nurse", "GET", path)
        await self.ask("schools_feed", "GET", path)
        await self.ask("police_desk", "GET", f"/v1/children/{uuid4()}")
        if step % 5 == 0 and "etag" in read.headers:
            # The change of name keeps the old one as a former name.
            amended = {"name": {"family_name": child.carer, "given_name": child.given}}
            await self.ask("social_worker", "PATCH", path, amended, If_Match=read.headers["etag"])
        begun = {"service": "health_visiting", "contact": _contact(child), "began": str(today)}
        await self.ask(
            "health_visitor", "POST", path + "/involvements", begun, Idempotency_Key=_key()
        )
        if step % 10 == 0:
            review = today + timedelta(days=60)
            shield = {"ground": "named_threat", "asked_by": "court", "review": str(review)}
            once = {**_headers(TEAMS), "Idempotency_Key": _key()}
            await self.ask("manager", "POST", path + "/shield", shield, **once)
            await self.ask("teacher", "POST", "/v1/lookups", child.question())
        if step % 7 == 0:
            held = {"contact": _contact(child), "held_since": str(today)}
            await self.ask("social_worker", "PUT", path + "/assessment", held)
        await self._again(child)

    async def _again(self, child: Child) -> None:
        """Send a child that is there already, and ask by every number."""
        stated = {**child.stated(), "case_number": "NM" + child.nhs_number[3:]}
        await self.ask("social_worker", "POST", "/v1/children", stated, Idempotency_Key=_key())
        for asked in (
            {"nhs_number": child.nhs_number},
            {"upn": child.upn},
            {"family_name": child.family, "postcode": child.postcode},
        ):
            await self.ask("health_visitor", "POST", "/v1/lookups", asked)

    async def nonsense(self, child: Child) -> None:
        """Put a child's values everywhere they do not belong."""
        name, number = child.family, child.nhs_number
        bodies: list[Any] = [
            f'{{"family_name": "{name}"'.encode(),
            f'{{"family_name": "{name}", "family_name": "{child.given}"}}'.encode(),
            f'{{"family_name": "{name}", "date_of_birth": NaN}}'.encode(),
            {**child.question(), name: number},
            {**child.question(), "date_of_birth": name},
            {**child.question(), "nhs_number": number[:-1] + name},
            {"family_name": name * 9, "date_of_birth": number},
            {"family_name": f"{name}\u0000{child.given}", "postcode": child.postcode},
            [name, number, child.postcode],
            json.dumps(child.question()).encode("utf-16"),
        ]
        for body in bodies:
            await self.ask("teacher", "POST", "/v1/lookups", body)
        await self.ask("teacher", "POST", "/v1/lookups", name.encode(), Content_Type="text/plain")
        await self.ask("teacher", "GET", f"/v1/children/{name}")
        await self.ask("teacher", "GET", f"/v1/children/{uuid4()}?name={quote(child.postcode)}")
        await self.ask("teacher", "GET", f"/{name}/{number}")
        await self.ask("health_feed", "GET", f"/v1/feeds/{name.lower()}/batches/{name}")
        await self.ask(None, "POST", "/v1/lookups", child.question())
        bearer = {"Authorization": f"Bearer {name}.{number}.{child.given}"}
        await self.ask(None, "POST", "/v1/lookups", child.question(), **bearer)
        for header in ("Access-Reference", "Access-Purpose", "X-Request-ID", "User-Agent"):
            await self.ask("teacher", "POST", "/v1/lookups", child.question(), **{header: name})
        await self.ask(
            "social_worker", "POST", "/v1/children", child.stated(), Idempotency_Key=name
        )
        await self._batch(f"bad-{uuid4()}", name.encode() + b"\n" + number.encode() * 9000)
        await self.client.request(name[:8].upper(), "/v1/lookups")


def _headers(stated: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in stated.items()}


def _contact(child: Child) -> dict[str, Any]:
    return {**TEAM, "person": {"name": f"{child.given} {child.carer}", "phone": child.phone}}


def _key() -> str:
    return f"key-{uuid4()}"


def _spoilt(children: list[Child], today: date) -> bytes:
    """Return lines about children that cannot be accepted."""
    lines = []
    for place, child in enumerate(children):
        stated = child.stated()
        spoils: list[dict[str, Any]] = [
            {**stated, "nhs_number": child.nhs_number[::-1]},
            {**stated, child.family: child.given},
            {**stated, "date_of_birth": child.family},
            {**stated, "carers": child.carer},
        ]
        lines.append(
            {
                "kind": "child",
                "reference": f"S{place}",
                "as_of": str(today),
                "child": spoils[place % len(spoils)],
            }
        )
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


async def spend_a_day(
    authority: Authority,
    issuer: Issuer,
    children: list[Child],
    today: date,
    told: Callable[[str], None],
) -> dict[int, int]:
    """Do all of it for every child, some of it for some; return how many of each status."""
    base_url = f"http://127.0.0.1:{authority.settings.port}"
    async with httpx.AsyncClient(base_url=base_url, timeout=120) as client:
        day = Day(client, issuer, told)
        fed = len(children) * 9 // 10
        await day.feed(children[:fed], today)
        for place, child in enumerate(children[fed:]):
            told(f"recording child {place} of {len(children) - fed}")
            await day.ask(
                "social_worker", "POST", "/v1/children", child.stated(), Idempotency_Key=_key()
            )
        chance = random.Random(1)
        some = chance.sample(children, min(len(children), max(10, len(children) // 5)))
        for place, child in enumerate(some):
            told(f"a day's work with child {place} of {len(some)}")
            await day.one(child, place, today)
        for place, child in enumerate(some[: max(5, len(children) // 25)]):
            told(f"nonsense about child {place}")
            await day.nonsense(child)
    return day.statuses
