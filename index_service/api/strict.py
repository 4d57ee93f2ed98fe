"""Reads JSON bodies and queries strictly, before any framework sees them.

The framework's own reading keeps the last of two equal keys, takes UTF-16, NaN and lone
surrogates, and answers some of them with 500; StrictRoute leaves it nothing to read.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from index_service.domain.errors import Code, Invalid
from index_service.domain.strict_json import parse_json

BODY_BYTES_MAX = 64 * 1024
BATCH_BODY_BYTES_MAX = 1024 * 1024

_JSON_TYPE = re.compile(
    r'application/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?', re.IGNORECASE
)
_LENGTH = re.compile(r"[0-9]{1,15}")


Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose body has been read and parsed already."""

    def __init__(self, scope: Scope, receive: Receive, body: bytes, parsed: object) -> None:
        """Hold what was read; the framework asks for both, in this order."""
        super().__init__(scope, receive)
        self._read = body
        self._parsed = parsed

    async def body(self) -> bytes:
        """Return the bytes that were read."""
        return self._read

    async def json(self) -> Any:
        """Return what they mean; never the framework's reading of them."""
        return self._parsed


class StrictRoute(APIRoute):
    """A route whose query holds what it asks for alone, and whose body `parse_json` reads."""

    body_bytes_max: ClassVar[int] = BODY_BYTES_MAX

    def get_route_handler(self) -> Handler:
        """Return the framework's handler behind our reader."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return self._asked_in_full(handle)
        may_be_empty = not self.body_field.field_info.is_required()

        async def handle_strictly(request: Request) -> Response:
            if may_be_empty and not _announces_body(request):
                return await handle(StrictRequest(request.scope, request.receive, b"", None))
            body = await read_json_bytes(request, self.body_bytes_max)
            parsed = parse_json(body)
            return await handle(StrictRequest(request.scope, request.receive, body, parsed))

        return self._asked_in_full(handle_strictly)

    def _asked_in_full(self, handle: Handler) -> Handler:
        """Refuse a query parameter nobody reads: left out of account it would change the answer.

        Nor is one given twice, of which the framework reads the last.
        """
        known = {each.alias for each in self.dependant.query_params}

        async def handle_in_full(request: Request) -> Response:
            if request.scope["query_string"]:
                named = [name for name, _ in request.query_params.multi_items()]
                if len(set(named)) != len(named) or not known.issuperset(named):
                    raise Invalid(Code.QUERY_INVALID)
            return await handle(request)

        return handle_in_full


class BatchRoute(StrictRoute):
    """A strict route for bodies of up to 1 MiB."""

    body_bytes_max: ClassVar[int] = BATCH_BODY_BYTES_MAX


async def read_json_bytes(request: Request, bytes_max: int) -> bytes:
    """Return the body, at most `bytes_max` long and announced as plain JSON in UTF-8.

    Raises Invalid: WRONG_CONTENT_TYPE, BODY_TOO_LARGE before the rest is read, NOT_JSON
    when the sender hangs up half way.
    """
    types = request.headers.getlist("content-type")
    encoding = request.headers.get("content-encoding", "identity").lower()
    if len(types) != 1 or not _JSON_TYPE.fullmatch(types[0]) or encoding != "identity":
        raise Invalid(Code.WRONG_CONTENT_TYPE)
    announced = request.headers.get("content-length", "0")
    if not _LENGTH.fullmatch(announced) or int(announced) > bytes_max:
        raise Invalid(Code.BODY_TOO_LARGE)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > bytes_max:
                raise Invalid(Code.BODY_TOO_LARGE)
    except ClientDisconnect:
        # Nobody hears the answer, but the attempt is entered in the log as what it was.
        raise Invalid(Code.NOT_JSON) from None
    return bytes(body)


def _announces_body(request: Request) -> bool:
    length = request.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in request.headers
