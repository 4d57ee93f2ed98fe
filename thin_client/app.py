"""The application put together: pages, signing in, static files, security around all of it."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from index_client import AsyncIndex, ReceiptKey
from index_client.proof import LogKeys
from thin_client.asking import Doors, Handler, House, SignInNeeded, Visit, token_now
from thin_client.drawing import Drawing, Files
from thin_client.launch_link import Launches
from thin_client.launching import Launching
from thin_client.pages import PAGES
from thin_client.provider import Provider
from thin_client.putting_away import PuttingAway
from thin_client.security import Secured
from thin_client.sessions import Sessions
from thin_client.settings import Settings, read_key
from thin_client.signing_in import SIGNED_IN, SIGNED_OUT, SigningIn
from thin_client.troubles import TROUBLES, told

CONNECTIONS_MAX: Final = 100
PROVIDER_S_MAX: Final = 10.0
Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Secured:
    """Return the thin client; `transport` reaches the index where it is not over the network."""
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=20)
    line = transport or httpx.AsyncHTTPTransport(
        verify=_trusting(settings.index_ca_file), limits=limits
    )
    key = None if settings.receipt_keys == "none" else _receipts(Path(settings.receipt_keys))
    index = AsyncIndex(settings.index_url, token_now, key, settings.answer_s_max, line)
    http = httpx.AsyncClient(
        verify=_trusting(settings.issuer_ca_file), timeout=PROVIDER_S_MAX, trust_env=False
    )
    static = Files()
    provider = Provider(settings, http)
    drawing = Drawing(static, settings.authority)
    launches = Launches.reading(settings.origin, settings.launch_keys)
    house = House(
        settings,
        Sessions(),
        provider,
        drawing,
        index,
        Doors(),
        _log_keys(settings),
        launches=launches,
    )

    @asynccontextmanager
    async def lasting(_app: Starlette) -> AsyncIterator[None]:
        yield
        await index.aclose()
        await http.aclose()

    routes = _routes(house, static)
    handlers = {404: _absent(house), Exception: _broken(house)}
    pages = Starlette(routes=routes, lifespan=lasting, exception_handlers=handlers)
    pages.state.house = house
    return Secured(pages, settings, provider.origins)


def _routes(house: House, static: Files) -> list[BaseRoute]:
    signing = SigningIn(house, read_key(house.settings.session_key))
    away = PuttingAway(house)
    routes: list[BaseRoute] = [
        Route("/sign-in", signing.begin, name="sign_in"),
        Route("/sign-in/again", signing.again, name="sign_in_again"),
        Route(SIGNED_IN, signing.end_of_way, name="signed_in"),
        Route("/sign-out", signing.out, methods=["POST"], name="sign_out"),
        Route(SIGNED_OUT, signing.was_out, name="signed_out"),
        Route("/put-away", away.show, name="put_away"),
        Route("/put-away", away.keep, methods=["POST"], name="put_away_sent"),
        Route("/launch", Launching(house).arrive, name="launch"),
        Route("/static/{digest}/{name}", static.answer, name="static"),
    ]
    for page in PAGES:
        if page.post is not None:
            post = _visited(signing, page.post, shown=page.get is not None)
            routes.append(Route(page.path, post, methods=["POST"], name=f"{page.name}_sent"))
        if page.get is not None:
            get = _visited(signing, page.get)
            routes.append(Route(page.path, get, methods=["GET"], name=page.name))
    routes.append(Route("/kept/{kept}", _shown_again(signing, tuple(routes)), name="kept"))
    return routes


def _visited(signing: SigningIn, handler: Handler, *, shown: bool = True) -> Endpoint:
    """Hand a request on as somebody's. `shown`: its address is that of a page, too."""

    async def endpoint(request: Request) -> Response:
        session = signing.session_of(request)
        if session is None:
            back = request.url.path if shown else "/"
            # What was sent is not kept: whose it was can no longer be told, and whoever signs in
            # here next would be shown it.
            lost = "" if request.method in ("GET", "HEAD") else "&not_sent=yes"
            return RedirectResponse(f"/sign-in/again?back={back}{lost}", 303)
        visit = Visit(signing.house, request, session)
        try:
            if not session.signed_in:
                raise SignInNeeded
            return await handler(visit)
        except TROUBLES as trouble:
            return await told(visit, trouble)

    return endpoint


def _shown_again(signing: SigningIn, routes: tuple[BaseRoute, ...]) -> Endpoint:
    """Show a form again that could not be taken when it was sent. Nothing is done with it yet."""

    async def endpoint(request: Request) -> Response:
        session = signing.session_of(request)
        here = request.url.path
        if session is None or not session.signed_in:
            return RedirectResponse(f"/sign-in/again?back={here}", 303)
        kept = session.get(f"form:{request.path_params['kept']}")
        if kept is None:
            return RedirectResponse("/", 303)
        scope: Scope = {
            **request.scope,
            "method": "POST",
            "path": kept["path"],
            "raw_path": kept["path"].encode(),
            "query_string": b"",
            "kept_form": kept,
        }
        for route in routes:
            match, found = route.matches(scope)
            if match.name == "FULL" and isinstance(route, Route):
                scope.update(found)
                endpoint: Endpoint = route.endpoint
                return await endpoint(Request(scope, request.receive))
        return RedirectResponse("/", 303)

    return endpoint


def _absent(house: House) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def absent(request: Request, fault: Exception) -> Response:
        status = fault.status_code if isinstance(fault, HTTPException) else 404
        return house.page_for_nobody(request, "troubles/absent.html", {}, status)

    return absent


def _broken(house: House) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def broken(request: Request, _defect: Exception) -> Response:
        return house.page_for_nobody(request, "troubles/broken.html", {}, 500)

    return broken


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)


def _log_keys(settings: Settings) -> LogKeys | None:
    if settings.receipt_keys == "none":
        return None
    return LogKeys.from_policy(Path(settings.receipt_keys).read_text("utf-8"))


def _receipts(file: Path) -> ReceiptKey:
    return ReceiptKey.from_policy(file.read_text("utf-8"))
