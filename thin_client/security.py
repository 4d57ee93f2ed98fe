"""What every answer carries and every request must: plain ASGI around all pages."""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thin_client.settings import Settings

STATIC: Final = "/static/"
FOREVER: Final = "public, max-age=31536000, immutable"
_CHANGING: Final = frozenset({"POST"})
_READING: Final = frozenset({"GET", "HEAD"})
_FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it browsers send `Origin: null`, and no form could be checked.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_NOT_OURS: Final = b"This was not sent by a page of this service, so nothing was done."
_BROKEN: Final = b"Something went wrong. What became of it is not known."
_log = logging.getLogger(__name__)


class Secured:
    """Wraps the pages: who may send a form, what a browser may do with an answer, one log line."""

    def __init__(self, app: ASGIApp, settings: Settings, leads_to: Callable[[], list[str]]) -> None:
        """Bind what is wrapped; `leads_to` returns origins a form may lead on to."""
        self._app = app
        self._settings = settings
        self._leads_to = leads_to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError("pages are spoken over HTTP alone")
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        started, answer = time.perf_counter(), {"status": 0}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                self._dress(MutableHeaders(scope=message), scope["path"], nonce)
            await send(message)

        try:
            if self._may_be_taken(scope):
                await self._app(scope, receive, guarded)
            else:
                await _turned_away(scope, guarded)
        except Exception as defect:  # noqa: BLE001 (a traceback would quote what was typed)
            _log.error("defect %s at %s", type(defect).__name__, _place(defect))
            if not answer["status"]:
                await _turned_away(scope, guarded, 500, _BROKEN)
        finally:
            route_name = getattr(scope.get("route"), "name", "none")
            taken_ms_count = round((time.perf_counter() - started) * 1000)
            method_name, status = scope["method"], answer["status"]
            _log.info("%s %s %s %s ms", method_name, route_name, status, taken_ms_count)

    def _may_be_taken(self, scope: Scope) -> bool:
        """Reading is open to links from elsewhere; a form comes from a page of ours alone."""
        if scope["method"] in _READING:
            return True
        if scope["method"] not in _CHANGING:
            return False
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site", "same-origin")
        return headers.get("origin") == self._settings.origin and site == "same-origin"

    def _dress(self, headers: MutableHeaders, path: str, nonce: str) -> None:
        for name, value in _FIXED.items():
            headers[name] = value
        headers["Content-Security-Policy"] = self._policy(nonce)
        if not (path.startswith(STATIC) and headers.get("cache-control") == FOREVER):
            headers["Cache-Control"] = "no-store"
        if self._settings.over_tls:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"

    def _policy(self, nonce: str) -> str:
        leads_to = " ".join(["'self'", *self._leads_to()])
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src 'nonce-{nonce}'",
                "style-src 'self'",
                "img-src 'self'",
                "base-uri 'none'",
                f"form-action {leads_to}",
                "frame-ancestors 'none'",
            )
        )


async def _turned_away(
    scope: Scope, send: Send, status: int | None = None, body: bytes = _NOT_OURS
) -> None:
    status = status or (403 if scope["method"] in _CHANGING else 405)
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _place(defect: Exception) -> str:
    """Return where it went wrong: a name of ours and a line, nothing it was about."""
    trace = defect.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "nowhere"
