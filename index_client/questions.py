"""One question to the index, as it is put on the line; what is personal is in its body only."""

import hashlib
import json
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from index_client.access import Access
from index_client.errors import Misstated

# A value of an address, and the whole form it must have.
Fitted = tuple[str | None, str]
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Question:
    """What an operation of the contract is asked with; only the operation is ever printed."""

    method: str
    path: str
    body: Any = field(default=None, repr=False)
    kind: str = field(default=_JSON, repr=False)
    places: Mapping[str, Fitted] = field(default_factory=dict, repr=False)
    asked: Mapping[str, Fitted] = field(default_factory=dict, repr=False)
    access: Access | None = field(default=None, repr=False)
    mediated: bool = field(default=False, repr=False)
    reference: str | None = field(default=None, repr=False)
    mediation: str | None = field(default=None, repr=False)
    if_match: str | None = field(default=None, repr=False)
    idempotency_key: str | None = field(default=None, repr=False)
    digested: bool = field(default=False, repr=False)
    textual: bool = field(default=False, repr=False)
    receipts_in: str = field(default="", repr=False)

    @property
    def repeatable(self) -> bool:
        """Whether it may be sent again when nobody knows if it arrived.

        What only reads by GET; a write with its idempotency key; a feed's batch, which is
        known by its digest. A lookup is none of these: each is a decision of its own, charged
        and entered in the log, so whoever asked decides whether to ask again.
        """
        return self.method == "GET" or self.idempotency_key is not None or self.digested

    def awaited(self) -> dict[str, Any]:
        """Return how its answer is to be read."""
        return {"textual": self.textual, "receipts_in": self.receipts_in}

    def address(self) -> str:
        """Return path and query; Misstated for what has not the contract's form.

        So a name put in the place of an id by mistake never reaches an address or a log.
        """
        path = self.path
        for name, (value, form) in self.places.items():
            path = path.replace(f"{{{name}}}", quote(_fitting(name, value or "", form), safe=""))
        asked = {
            name: _fitting(name, value, form)
            for name, (value, form) in self.asked.items()
            if value is not None
        }
        return f"{path}?{urlencode(asked)}" if asked else path

    def content(self) -> bytes | None:
        """Return the body as bytes; None where there is none."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, allow_nan=False).encode()

    def headers(self) -> dict[str, str]:
        """Return what is stated beside the body, the token excepted."""
        content = self.content()
        stated = {
            "Content-Type": None if content is None else self.kind,
            "Content-Digest": _digest(content) if self.digested and content is not None else None,
            "Access-Reference": self.reference,
            "Access-Mediation": self.mediation,
            "If-Match": self.if_match,
            "Idempotency-Key": self.idempotency_key,
        }
        why = self.access.headers(self.mediated) if self.access else {}
        return {**why, **{name: word for name, word in stated.items() if word is not None}}


def new_key() -> str:
    """Return an idempotency key nobody has used."""
    return secrets.token_urlsafe(24)


def _fitting(name: str, value: str, form: str) -> str:
    if not re.fullmatch(form, str(value)):
        raise Misstated(f"{name} has not the form the contract gives it")
    return str(value)


def _digest(content: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(content).digest()).decode()}:"
