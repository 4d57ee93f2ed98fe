"""What the index answered: read into an answer, or into what went wrong."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from index_client.errors import (
    IndexFault,
    Problem,
    ReceiptWrong,
    Refused,
    Unreachable,
    Unrecorded,
)
from index_client.receipts import ReceiptKey

Body = TypeVar("Body")
RECEIPT = "audit-receipt"
_PROBLEM = "application/problem+json"
_GATEWAY = frozenset({502, 503, 504})  # said by what stands before an index, unless a problem


@dataclass(frozen=True, slots=True)
class Answer(Generic[Body]):
    """An answer that the index has written down. Its body is never printed with it."""

    status: int
    body: Body = field(repr=False)
    receipt: str | None = field(default=None, repr=False)
    etag: str | None = field(default=None, repr=False)
    location: str | None = None
    request_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """What came over the line: a status, headers by their names in small letters, a body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def retry_after_s(self) -> float | None:
        """How long to wait, where it is said in seconds (RFC 9110 section 10.2.3)."""
        said = self.headers.get("retry-after", "")
        return float(said) if said.isascii() and said.isdigit() and len(said) < 8 else None


def read_answer(
    received: Received, key: ReceiptKey | None, *, textual: bool = False, receipts_in: str = ""
) -> Answer[Any] | IndexFault:
    """Return the answer, or the fault to raise.

    `textual`: what is awaited is a text, not JSON. `receipts_in`: the list of the body whose
    records carry each a receipt of its own.
    """
    if not 200 <= received.status < 300:
        return _fault(received, key)
    receipt = received.headers.get(RECEIPT)
    if wrong := _wrong(receipt, key):
        return wrong
    body: Any = _text(received.content) if textual else _body(received)
    if isinstance(body, Unreachable):
        return body
    for each in body[receipts_in] if receipts_in else ():
        if wrong := _wrong(each["receipt"], key):
            return wrong
    told = received.headers
    return Answer(
        status=received.status,
        body=body,
        receipt=receipt,
        etag=told.get("etag"),
        location=told.get("location"),
        request_id=told.get("x-request-id"),
        headers=dict(told),
    )


def _wrong(receipt: str | None, key: ReceiptKey | None) -> ReceiptWrong | None:
    if key is None:
        return None
    if receipt is None:
        return ReceiptWrong("missing")
    try:
        key.check(receipt)
    except ReceiptWrong as wrong:
        return ReceiptWrong(wrong.cause)
    return None


def _body(received: Received) -> Any:
    if not received.content:
        return None
    # Whatever else answers 200 with a page of its own is no index.
    parsed = _parsed(received.content) if received.kind == "application/json" else None
    return Unreachable("form", sent=True) if parsed is None else parsed


def _fault(received: Received, key: ReceiptKey | None) -> IndexFault:
    said = _parsed(received.content) if received.kind == _PROBLEM else None
    if not isinstance(said, dict):
        return _unexplained(received)
    receipt = received.headers.get(RECEIPT)
    if receipt is not None and (wrong := _wrong(receipt, key)):
        return wrong
    return Refused(
        Problem(
            status=received.status,
            code=_word(said.get("code")),
            title=_word(said.get("title")),
            detail=_word(said.get("detail")),
            fields=[
                (_word(each.get("field")), _word(each.get("code")))
                for each in said.get("errors") or ()
                if isinstance(each, dict)
            ],
            also=[_word(each) for each in said.get("also") or ()],
            retry_after_s=received.retry_after_s,
            receipt=receipt,
        )
    )


def _unexplained(received: Received) -> IndexFault:
    if received.status == 503 and not received.content:
        return Unrecorded()
    if received.status in _GATEWAY:
        return Unreachable("status", sent=True)
    wait_s, receipt = received.retry_after_s, received.headers.get(RECEIPT)
    code = "defect" if received.status == 500 else "unexplained"
    return Refused(Problem(received.status, code, retry_after_s=wait_s, receipt=receipt))


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
