"""One request of somebody signed in: who asks, the index for them, why, and what it answers."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from index_client import Access, AsyncIndex, IndexFault, Refused
from index_client.proof import LogKeys
from thin_client.clock import now_s
from thin_client.drawing import Drawing
from thin_client.forms import Form, read_form
from thin_client.launch_link import Launches
from thin_client.navigation import ways_for
from thin_client.provider import Denied, Provider, ProviderFails, Tokens
from thin_client.sessions import TOKENS, WHO, Session, Sessions
from thin_client.settings import Settings

ME_FOR_S: Final = 300.0
DOORS_FOR_S: Final = 600.0
EXPIRES_SOON_S: Final = 20.0
BACK: Final = re.compile(r"/[A-Za-z0-9_\-]*(/[A-Za-z0-9_\-]+)*")


class SignInNeeded(Exception):  # noqa: N818 (a turn of the way, not a fault)
    """Somebody must sign in, anew or more strongly, before this goes on."""

    def __init__(self, *, stronger: bool = False) -> None:
        """`stronger` asks for the second factor now."""
        super().__init__(stronger)
        self.stronger = stronger


class WhyNeeded(Exception):  # noqa: N818 (a turn of the way, not a fault)
    """Nobody has said yet why this child, or this request, is asked about."""

    def __init__(self, about: str) -> None:
        """Name what it is about by the index's random id."""
        super().__init__("why")
        self.about = about


# Why something cannot be asked for just now; a page that can do without goes without.
NOT_TOLD: Final = (IndexFault, ProviderFails, SignInNeeded)


@dataclass(slots=True)
class Doors:
    """The front doors as last told: of agencies, not of children, so all sessions share them."""

    at: float = float("-inf")
    agencies: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class SeenHeads:
    """The newest head of each kind and shard of the log shown to anybody here: of no child."""

    heads: dict[tuple[str, int], tuple[int, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class House:
    """What every request works with: built once, at the start."""

    settings: Settings
    sessions: Sessions
    provider: Provider
    drawing: Drawing
    index: AsyncIndex
    doors: Doors
    launches: Launches = field(kw_only=True)
    log_keys: LogKeys | None = None
    seen_heads: SeenHeads = field(default_factory=SeenHeads)

    def session_of(self, request: Request, *, by_hand: bool = True) -> Session | None:
        """Return the session a request's cookie opens, locked or not."""
        cookie = request.cookies.get(self.settings.cookie("session"))
        return self.sessions.opened(cookie, by_hand=by_hand) if cookie else None

    def page_for_nobody(
        self, request: Request, template: str, told: dict[str, Any], status: int = 200
    ) -> Response:
        """Draw a page as it is for whoever comes, signed in or not: nothing of anybody is on it."""
        nobody = {"nonce": request.state.nonce, "csrf": "", "signed_in": False, "ways": []}
        shown = {**nobody, "who": {}, "path": request.url.path, **told}
        return self.drawing.page(template, shown, status)


@dataclass(slots=True)
class Visit:
    """One request of somebody who is signed in."""

    house: House
    request: Request
    session: Session
    _form: Form | None = None
    _me: dict[str, Any] | None = None
    # What this request was told on an earlier page to be for; its page says so, and where to
    # change it.
    stated: dict[str, Any] | None = None

    @property
    def index(self) -> AsyncIndex:
        """The index, asked as whoever is signed in here."""
        _asking_now.set(self)
        return self.house.index

    @property
    def who(self) -> dict[str, Any]:
        """What the provider said of whoever signed in: `name`, `auth_time`, `acr`."""
        known: dict[str, Any] = self.session.get(WHO)
        return known

    # What was asked for

    def id(self, name: str) -> str:
        """Return an id of the address, as the index writes ids."""
        value = self.request.path_params[name]
        return str(value) if isinstance(value, UUID) else value

    async def form(self) -> Form:
        """Read the form that was sent; once, however often it is asked for."""
        if self._form is None:
            self._form = await read_form(self.request, self.session.csrf)
        return self._form

    # Who asks, and why

    async def me(self) -> dict[str, Any]:
        """Return what the index knows of the asking account, as of the last five minutes."""
        if self._me is None:
            known = self.session.get("me")
            if known is None or now_s() - known["at"] > ME_FOR_S:
                body = (await self.index.read_me()).body
                await doors_of(self)  # so that they are known when the index is not there
                known = {"at": now_s(), "me": body}
                self.session.put("me", known)
            self._me = known["me"]
        return self._me

    @property
    def me_last_known(self) -> dict[str, Any] | None:
        """What the index said of the asking account, however long ago; nothing is asked for it."""
        known = self.session.get("me")
        return self._me or (known["me"] if known else None)

    def access_for(self, about: str) -> Access:
        """Return what was stated for a child (or a request) here; WhyNeeded if nothing was."""
        access = self.stated_for(about)
        if access is None:
            raise WhyNeeded(about)
        self.stated = {"about": about, "access": access}
        return access

    def stated_for(self, about: str) -> Access | None:
        """Return what was stated for a child, a request or an account here, if anything was."""
        stated = self.session.get(f"why:{about}")
        return Access(**stated) if stated else None

    def state_access(self, about: str, access: Access) -> None:
        """Keep what was stated for a child (or a request) as long as the session lasts."""
        self.session.put(f"why:{about}", _stated(access))

    def suggest_access(self, access: Access) -> None:
        """Keep what was stated last as what the next form suggests, in plain sight."""
        self.session.put("why", _stated(access))

    @property
    def suggested(self) -> dict[str, str | None]:
        """What was stated last: purpose, reason, reference; empty where nothing was."""
        known: dict[str, str | None] = self.session.get("why") or {}
        return known

    def signed_in_strongly(self, within_s: int = 300) -> None:
        """Go on if the second factor was given just now; SignInNeeded otherwise."""
        known, acr = self.who, self.house.settings.acr_stepped_up
        recent = now_s() - known.get("auth_time", 0) <= within_s
        if not recent or acr not in ("none", known.get("acr")):
            raise SignInNeeded(stronger=True)

    # What is answered

    async def page(self, template: str, /, status: int = 200, **told: Any) -> Response:
        """Draw a page for whoever is signed in."""
        return await drawn(self, template, told, status)

    def go(self, path: str) -> Response:
        """Send the browser on to a page of ours, with a GET."""
        return RedirectResponse(path, 303)

    def already(self, form: Form) -> Response | None:
        """Return where a form led that was sent before: a second click does nothing."""
        place = self.session.get(f"done:{form.once}") if form.sent else None
        return self.go(place) if place else None

    def sent(self, form: Form, path: str) -> Response:
        """Remember that a form did its work, and go where it leads."""
        self.session.put(f"done:{form.once}", path)
        return self.go(path)

    def keep(self, name: str, value: Any) -> str:
        """Keep something under a new random id and return that: for searches and the like."""
        made = secrets.token_urlsafe(16)
        self.session.put(f"{name}:{made}", value)
        return made

    def kept(self, name: str, made: str) -> Any:
        """Return what was kept under an id, or None."""
        return self.session.get(f"{name}:{made}")

    async def token(self) -> str:
        """Return an access token that still lasts; SignInNeeded where there is none to be had."""
        async with self.session.refreshing:
            known = self.session.get(TOKENS)
            if known is None:
                raise SignInNeeded
            tokens = Tokens(**known)
            if tokens.expires - now_s() > EXPIRES_SOON_S:
                return tokens.access
            if tokens.refresh is None:
                raise SignInNeeded
            try:
                fresh = await self.house.provider.refreshed(tokens.refresh)
            except Denied as fault:
                self.session.drop(TOKENS)
                raise SignInNeeded from fault
            if self.session.get(TOKENS) is None:
                raise SignInNeeded  # logged out meanwhile
            self.session.put(TOKENS, as_kept(fresh, tokens.id_token))
            return fresh.access


Handler = Callable[[Visit], Awaitable[Response]]
_asking_now: ContextVar[Visit] = ContextVar("asking_now")


async def token_now() -> str:
    """Return the token of whoever this request is of."""
    return await _asking_now.get().token()


def as_kept(tokens: Tokens, id_token: str | None = None) -> dict[str, Any]:
    """Return tokens as a session keeps them."""
    return {
        "access": tokens.access,
        "expires": tokens.expires,
        "refresh": tokens.refresh,
        "id_token": tokens.id_token or id_token,
    }


async def drawn(visit: Visit, template: str, told: dict[str, Any], status: int = 200) -> Response:
    """Draw a page with what all pages of a visit share."""
    me = told.get("me", visit._me)
    if "me" not in told and me is None and visit.session.signed_in:
        me = await _me_if_known(visit)
    shared = {
        "ways": ways_for(me, visit.request.url.path),
        "nonce": visit.request.state.nonce,
        "csrf": visit.session.csrf,
        "signed_in": visit.session.signed_in,
        "me": me,
        "who": visit.who,
        "path": visit.request.url.path,
        "stated": visit.stated,
    }
    return visit.house.drawing.page(template, {**shared, **told}, status)


async def _me_if_known(visit: Visit) -> dict[str, Any] | None:
    try:
        return await visit.me()
    except NOT_TOLD:
        return None


async def doors_of(visit: Visit) -> list[dict[str, Any]]:
    """Return agencies' front doors as last told, asked anew where that is long ago."""
    doors = visit.house.doors
    if time.monotonic() - doors.at > DOORS_FOR_S:
        try:
            told = (await visit.index.read_agencies()).body
        except NOT_TOLD:
            return doors.agencies
        doors.agencies, doors.at = [dict(each) for each in told["agencies"]], time.monotonic()
    return doors.agencies


def safe_back(path: str | None) -> str:
    """Return a path of ours to go back to; the first page for anything else."""
    return path if path and BACK.fullmatch(path) else "/"


def must_sign_in(refused: Refused) -> bool:
    """Return whether a refusal is about the token and not about its bearer's rights."""
    return refused.status == 401


def _stated(access: Access) -> dict[str, str | None]:
    return {
        "purpose": access.purpose,
        "reason": access.reason,
        "reference": access.reference,
        "mediation": access.mediation,
    }
