"""Asking the index over HTTP as a persona, and keeping every receipt it gives.

A receipt is worth what the log holds: `Log` looks each one up in the database, as the
authority's own auditor role, which may read the log and nothing of any child.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import asyncpg
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from demo.issuer import Issuer
from index_service.log.receipt import ReceiptFacts, verify_receipt

RECEIPT: Final = "Audit-Receipt"
TIMEOUT_S: Final = 60.0
NDJSON: Final = "application/x-ndjson"


REFERENCE = "NM-20-114"  # of the work a question is asked for: without one, few are answered


class NotAsTold(Exception):  # noqa: N818 (the finding of a check, said to whoever runs the demo)
    """The index did something else than the story says it does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with the receipt it came on."""

    status: int
    body: Any
    receipt: str

    @property
    def code(self) -> str:
        """The problem's code, or "" where there is no problem."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    @property
    def match(self) -> dict[str, Any]:
        """The one match of a lookup; NotAsTold for any other number."""
        matches = self.body.get("matches", ())
        expect(len(matches) == 1, "one child found", self.status, self.body.get("outcome"))
        found: dict[str, Any] = matches[0]
        return found


def expect(held: bool, what: str, *instead: object) -> None:
    """Go on if the index did as told; NotAsTold if it did not."""
    if not held:
        shown = " ".join(str(each)[:300] for each in instead)
        raise NotAsTold(f"expected {what}" + (f", got: {shown}" if shown else ""))


class Asking:
    """One connection for every persona, and the receipts of all they were answered."""

    def __init__(self, address: str, issuer: Issuer) -> None:
        """Bind the index's address and the issuer of tokens."""
        self.address = address
        self.issuer = issuer
        self.receipts: list[str] = []
        self.answers = 0
        self._http = httpx.AsyncClient(base_url=address, timeout=TIMEOUT_S)

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    def persona(self, name: str, purpose: str = "", reason: str = "") -> "Speaker":
        """Return one persona with the purpose and reason it will state."""
        return Speaker(self, name, purpose, reason)

    async def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        """Send one request; NotAsTold for an answer without a receipt."""
        raw: Any = {"json": body} if isinstance(body, dict) else {"content": body}
        came = await self._http.request(method, path, headers=headers, **raw)
        receipt = came.headers.get(RECEIPT, "")
        expect(bool(receipt), "a receipt on every answer", came.status_code, came.text)
        said = came.json() if came.content else {}
        self.answers += 1
        self.receipts.append(receipt)
        # Each question of a batch is entered in the log by itself.
        self.receipts += [each["receipt"] for each in said.get("answers", ())]
        return Answer(came.status_code, said, receipt)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One persona asking for one purpose: each request is made with a token of its own."""

    asking: Asking
    name: str
    purpose: str = ""
    reason: str = ""

    @property
    def who(self) -> str:
        """Title and agency."""
        persona = self.asking.issuer.personas[self.name]
        return f"{persona.title}, {persona.agency.name}"

    @property
    def why(self) -> str:
        """Purpose and reason as stated, or that none is called for."""
        return f"{self.purpose}, {self.reason}" if self.purpose else "no child asked about"

    async def get(self, path: str) -> Answer:
        """Read something."""
        return await self._ask("GET", path)

    async def post(self, path: str, body: Any) -> Answer:
        """Ask or create; what is created takes effect once."""
        return await self._ask("POST", path, body, {"Idempotency-Key": secrets.token_urlsafe(18)})

    async def put(self, path: str, body: Any) -> Answer:
        """State something in place of what stood."""
        return await self._ask("PUT", path, body)

    async def patch(self, path: str, body: Any) -> Answer:
        """Change something."""
        return await self._ask("PATCH", path, body)

    async def supply(self, path: str, whole: bytes, body: Any) -> Answer:
        """Send a batch; `body` yields the bytes of `whole`, perhaps not all of them."""
        digest = base64.b64encode(hashlib.sha256(whole).digest()).decode()
        return await self._ask(
            "PUT", path, body, {"Content-Type": NDJSON, "Content-Digest": f"sha-256=:{digest}:"}
        )

    async def _ask(
        self, method: str, path: str, body: Any = None, more: dict[str, str] | None = None
    ) -> Answer:
        token = self.asking.issuer.token_for(self.name)
        headers = {"Authorization": f"Bearer {token}", **(more or {})}
        if self.purpose:
            headers |= {"Access-Purpose": self.purpose, "Access-Reason": self.reason}
            headers["Access-Reference"] = REFERENCE
        return await self.asking.send(method, path, body, headers)


class Log:
    """The access log as the authority's auditor role sees it."""

    def __init__(self, connection: Any, csa: str, key: Ed25519PublicKey) -> None:
        """Bind a connection of role audit and the key receipts are signed with."""
        self._connection = connection
        self._csa = csa
        self._key = key

    @classmethod
    async def opened(cls, url: str, csa: str, key: Ed25519PublicKey) -> Self:
        """Connect; `url` names role audit."""
        return cls(await asyncpg.connect(url), csa, key)

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    def promised(self, receipt: str) -> ReceiptFacts:
        """Return what a receipt promises, its signature verified."""
        return verify_receipt(self._key, self._csa, receipt)

    async def standing(self, receipt: str) -> ReceiptFacts:
        """Return what a receipt promises; NotAsTold unless its entry stands with that leaf."""
        facts = self.promised(receipt)
        expect(await self.missing([receipt]) == 0, "the entry of a receipt in the log")
        return facts

    async def missing(self, receipts: list[str]) -> int:
        """Return how many receipts have no entry with their leaf in the log."""
        promised = [verify_receipt(self._key, self._csa, receipt) for receipt in receipts]
        rows = await self._connection.fetch(
            "select entry_id, leaf from access_entry where entry_id = any($1::uuid[])",
            [facts.entry_id for facts in promised],
        )
        stands: dict[UUID, bytes] = {row["entry_id"]: row["leaf"] for row in rows}
        return sum(stands.get(facts.entry_id) != facts.leaf for facts in promised)

    async def entries(self) -> int:
        """Return how many entries the log holds."""
        return int(await self._connection.fetchval("select count(*) from access_entry"))
