"""How the stories ask: as somebody, for a purpose, over HTTP, every answer accounted for."""

import hashlib
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from demo.issuer import Issuer
from index_service.log.receipt import verify_receipt
from tests.authority import Served
from tests.stories.made import Stated, involvement, key

Answer = httpx.Response
_TOKENS_FOR_S = 300  # half of what they last: one index may be asked for longer than that
NDJSON, CSV = "application/x-ndjson", "text/csv"


@dataclass(frozen=True)
class Why:
    """What is stated with a question."""

    purpose: str | None
    reason: str | None

    def headers(self) -> dict[str, str]:
        """Return it as a request states it."""
        stated = {"Access-Purpose": self.purpose, "Access-Reason": self.reason}
        return {name: word for name, word in stated.items() if word is not None}


NO_WHY = Why(None, None)
CARE = Why("safeguard", "contact_practitioner")
KEEP = Why("keep_index", "review")
SHIELDING = Why("keep_index", "shielding")
_AUDITORS = (
    "auditor",
    "second_auditor",
    "double_auditor",
    "same_auditor",
    "schools_auditor",
    "suspended_auditor",
)
_SUPERVISORS = (
    "supervisor",
    "second_supervisor",
    "schools_supervisor",
    "team_supervisor",
    "suspended_supervisor",
)
_USUAL = {
    "manager": KEEP,
    "second_manager": KEEP,
    "suspended_manager": KEEP,
    **dict.fromkeys((*_AUDITORS, *_SUPERVISORS), NO_WHY),
}


@dataclass
class Ask:
    """Asks one index as its people do, and remembers every answer."""

    client: httpx.AsyncClient
    issuer: Issuer
    served: Served
    answers: list[Answer] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)
    _since_s: float = 0.0

    async def __call__(
        self,
        who: str | None,
        method: str,
        path: str,
        body: object = None,
        *,
        why: Why | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask once. A body other than bytes, or a stream, is sent as JSON; `why` has a default."""
        stated = (why or _USUAL.get(who or "", CARE)).headers()
        sent = {"X-Request-ID": str(uuid4()), **stated, **self._bearer(who), **(headers or {})}
        if path.endswith("/shield"):
            sent.setdefault("Idempotency-Key", key())
        content = body if isinstance(body, (bytes, AsyncIterator)) else None
        if body is not None and content is None:
            content = json.dumps(body).encode()
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        answer = await self.client.request(method, path, content=content, headers=sent)
        self.answers.append(answer)
        return answer

    def _bearer(self, who: str | None) -> dict[str, str]:
        if who is None:
            return {}
        if time.monotonic() - self._since_s > _TOKENS_FOR_S:
            self.forget_tokens()
        if who not in self._tokens:
            self._tokens[who] = self.issuer.token_for(who)
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    # What practitioners do

    async def create(self, child: Stated, who: str = "social_worker") -> str:
        """Record a child and return its id."""
        headers = {"Idempotency-Key": key()}
        why = KEEP if who == "manager" else Why("safeguard", "new_referral")
        answer = await self(who, "POST", "/v1/children", child, why=why, headers=headers)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def look_up(self, who: str, **facts: Any) -> Stated:
        """Look a child up and return the answer."""
        answer = await self(who, "POST", "/v1/lookups", facts)
        assert answer.status_code == 200, answer.text
        found: Stated = answer.json()
        return found

    async def read(self, who: str, child_id: str) -> Answer:
        """Read a child's record."""
        return await self(who, "GET", f"/v1/children/{child_id}")

    async def shown(self, who: str, child_id: str) -> Stated:
        """Return the record of a child that is shown."""
        answer = await self.read(who, child_id)
        assert answer.status_code == 200, answer.text
        child: Stated = answer.json()["child"]
        return child

    async def amend(self, who: str, child_id: str, etag: str, **facts: Any) -> Answer:
        """Amend a child's record."""
        path = f"/v1/children/{child_id}"
        return await self(who, "PATCH", path, facts, headers={"If-Match": etag})

    async def begin(self, who: str, child_id: str, **differs: Any) -> str:
        """Begin an involvement and return its id."""
        path, headers = f"/v1/children/{child_id}/involvements", {"Idempotency-Key": key()}
        answer = await self(who, "POST", path, involvement(**differs), headers=headers)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    async def shield(self, child_id: str, review: str) -> str:
        """Shield a child and return the shield's id."""
        said = {"ground": "domestic_abuse", "asked_by": "practitioner", "review": review}
        path = f"/v1/children/{child_id}/shield"
        answer = await self("manager", "POST", path, said, why=SHIELDING)
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["id"]
        return made

    # What suppliers do

    async def supply(
        self,
        who: str,
        path: str,
        body: bytes,
        kind: str = NDJSON,
        *,
        digest: bytes | None = None,
        stream: AsyncIterator[bytes] | None = None,
    ) -> Answer:
        """Send a batch to `source/batch`, announced by its digest unless another is given."""
        announced = b64encode(digest or hashlib.sha256(body).digest()).decode()
        headers = {"Content-Type": kind, "Content-Digest": f"sha-256=:{announced}:"}
        source, _, batch = path.partition("/")
        target = f"/v1/feeds/{source}/batches/{batch}"
        return await self(who, "PUT", target, stream or body, why=NO_WHY, headers=headers)

    async def supply_slowly(
        self, who: str, path: str, lines: Sequence[Stated], between: Awaitable[Answer]
    ) -> Answer:
        """Send a batch as a stream, something else being asked before its last line."""
        body = ndjson(lines)

        async def stream() -> AsyncIterator[bytes]:
            yield ndjson(lines[:-1])
            assert (await between).status_code == 204
            yield ndjson(lines[-1:])

        return await self.supply(who, path, body, stream=stream())

    async def feed(self, *lines: Stated, who: str = "schools_feed") -> Stated:
        """Send lines in a batch of their own and return its status."""
        source = {"schools_feed": "schools", "health_feed": "child-health"}[who]
        answer = await self.supply(who, f"{source}/{key()}", ndjson(lines))
        assert answer.status_code == 200, answer.text
        status: Stated = answer.json()
        return status

    async def holds(self) -> dict[str, str]:
        """Return what waits for the team: why, by child id, all pages."""
        found: dict[str, str] = {}
        path: str | None = "/v1/holds"
        while path:
            answer = await self("manager", "GET", path, why=NO_WHY)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found |= {each["child_id"]: each["outcome"] for each in page["holds"]}
            path = page["next"] and f"/v1/holds?cursor={page['next']}"
        return found

    # What stands in the log

    async def accounted_for(self) -> None:
        """Check that every answer so far stands in the access log."""
        entries = {entry["entry_id"]: entry for entry in await self.served.entries()}
        for answer in self.answers:
            entry = entries[self.receipt_of(answer)]
            assert entry["request_id"] == answer.headers["x-request-id"]

    def forget_tokens(self) -> None:
        """Ask with new tokens from now on: the clock was set."""
        self._tokens.clear()
        self._since_s = time.monotonic()

    async def entry(self, answer: Answer) -> Stated:
        """Return the one entry of an answer's request, which its receipt must name."""
        (entry,) = await self.served.entries(answer.headers["x-request-id"])
        assert self.receipt_of(answer) == entry["entry_id"]
        return entry

    def receipt_of(self, answer: Answer) -> str:
        """Return the entry id a receipt promises, having verified the signature."""
        keyring = self.served.index.keyring
        public = keyring.receipt_key.public_key()
        return str(verify_receipt(public, keyring.csa, answer.headers["audit-receipt"]).entry_id)


def ndjson(lines: Sequence[Stated]) -> bytes:
    """Return lines as one NDJSON body."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def refused(answer: Answer, status: int, code: str) -> None:
    """Check that an answer refuses plainly: this status, this code, and nothing else."""
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.keys() <= {"type", "title", "status", "code", "detail", "errors", "also"}


def not_shown(answer: Answer) -> None:
    """Check that an answer is the one 404."""
    refused(answer, 404, "not_disclosed")
    assert "errors" not in answer.json()
