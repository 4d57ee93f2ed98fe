"""Signing in and out: OpenID Connect's code with PKCE, a second factor where it is needed."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thin_client import sealing
from thin_client.asking import House, as_kept, safe_back
from thin_client.clock import now_s
from thin_client.forms import FormRefused, read_form
from thin_client.id_token import NotBelieved
from thin_client.provider import Denied, ProviderFails, SignIn
from thin_client.sessions import TOKENS, Session, TooManySessions

BEGUN_S_MAX: Final = 600
STATE_CHARS: Final = 8  # of the state, in the cookie's name: two tabs sign in side by side
STRONG_S: Final = 300
SIGNED_IN, SIGNED_OUT = "/signed-in", "/signed-out"
_BEGUN: Final = b"thin-client/signing-in/v1"


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The pages of signing in and out, for one house."""

    house: House
    key: bytes

    def session_of(self, request: Request) -> Session | None:
        """Return the session a request's cookie opens, locked or not."""
        return self.house.session_of(request)

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider; what was begun is sealed in the browser."""
        stronger = request.query_params.get("stronger") == "yes"
        begun = SignIn(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            **(self._stronger() if stronger else {}),
        )
        try:
            there = await self.house.provider.begins_at(begun, self._address(SIGNED_IN))
        except ProviderFails:
            return self._failed(request)
        answer = RedirectResponse(there, 303)
        back = safe_back(request.query_params.get("back"))
        self._set(answer, self._name(begun.state), self._sealed(begun, back), BEGUN_S_MAX)
        return answer

    async def end_of_way(self, request: Request) -> Response:
        """Take what the provider sent back, and begin a session of a new id."""
        asked = request.query_params
        state = asked.get("state", "")
        name = self._name(state)
        opened = self._opened(request.cookies.get(name, ""))
        if opened is None or not secrets.compare_digest(opened[0].state, state):
            return self._failed(request)
        begun, back = opened
        if asked.get("iss", self.house.settings.issuer) != self.house.settings.issuer:
            return self._failed(request)  # RFC 9207
        try:
            tokens, claims = await self.house.provider.redeemed(
                asked.get("code", ""), begun, self._address(SIGNED_IN)
            )
            session = self.house.sessions.begin(self._who(claims), self.session_of(request))
        except (Denied, NotBelieved, ProviderFails, TooManySessions):
            return self._failed(request, name)
        session.put(TOKENS, as_kept(tokens))
        answer = RedirectResponse(back, 303)
        self._set(answer, self.house.settings.cookie("session"), session.cookie, None)
        self._clear(answer, name)
        return answer

    async def again(self, request: Request) -> Response:
        """Say that one must sign in (again) and why; what was typed waits."""
        session = self.session_of(request)
        back = safe_back(request.query_params.get("back"))
        stronger = request.query_params.get("stronger") == "yes"
        if session is not None and session.signed_in and not stronger:
            return RedirectResponse(back, 303)  # another tab did meanwhile
        told = {
            "back": back,
            "stronger": stronger,
            "locked": session is not None and session.locked,
            "not_sent": request.query_params.get("not_sent") == "yes",
        }
        return self._drawn(request, "signing_in/again.html", told)

    async def out(self, request: Request) -> Response:
        """End the session here, then at the provider; nothing of it is left in the browser."""
        session = self.session_of(request)
        there = None
        if session is not None:
            try:
                ours = (await read_form(request, session.csrf)).sent
            except FormRefused:
                ours = False
            if not ours:
                return self._drawn(request, "troubles/form.html", {}, 400)
            tokens = session.get(TOKENS) or {}
            self.house.sessions.end(session)
            there = await self._ended_there(tokens)
        answer = RedirectResponse(there or SIGNED_OUT, 303)
        self._clear(answer, self.house.settings.cookie("session"))
        answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return answer

    async def _ended_there(self, tokens: dict[str, Any]) -> str | None:
        """Withdraw what the provider gave; return where the browser ends its own part of it."""
        try:
            if tokens.get("refresh"):
                await self.house.provider.revoke(tokens["refresh"])
            back = self._address(SIGNED_OUT)
            return await self.house.provider.ends_at(tokens.get("id_token"), back)
        except ProviderFails:
            return None

    async def was_out(self, request: Request) -> Response:
        """Say that one is signed out."""
        return self._drawn(request, "signing_in/out.html", {})

    # What the browser carries while it is away

    def _sealed(self, begun: SignIn, back: str) -> str:
        text = json.dumps({"begun": asdict(begun), "back": back, "at": now_s()}).encode()
        return base64.urlsafe_b64encode(sealing.sealed(self.key, text, _BEGUN)).decode()

    def _opened(self, cookie: str) -> tuple[SignIn, str] | None:
        try:
            both = base64.urlsafe_b64decode(cookie)
        except ValueError:
            return None
        text = sealing.opened(self.key, both, _BEGUN)
        if text is None:
            return None
        held = json.loads(text)
        if now_s() - held["at"] > BEGUN_S_MAX:
            return None
        return SignIn(**held["begun"]), held["back"]

    def _name(self, state: str) -> str:
        kept = "".join(each for each in state[:STATE_CHARS] if each.isalnum() or each in "-_")
        return self.house.settings.cookie(f"signing-in-{kept}")

    def _set(self, answer: Response, name: str, value: str, age_s: int | None) -> None:
        over_tls = self.house.settings.over_tls
        answer.set_cookie(
            name, value, max_age=age_s, secure=over_tls, httponly=True, samesite="lax"
        )

    def _clear(self, answer: Response, name: str) -> None:
        over_tls = self.house.settings.over_tls
        answer.delete_cookie(name, secure=over_tls, httponly=True, samesite="lax")

    # What is said

    def _stronger(self) -> dict[str, Any]:
        """Ask for the second factor by its name, or for all factors anew where it has none."""
        acr = self.house.settings.acr_stepped_up
        return {"max_age_s": STRONG_S} if acr == "none" else {"acr": acr}

    def _who(self, claims: dict[str, Any]) -> dict[str, Any]:
        auth_time = claims.get("auth_time")
        return {
            "issuer": claims["iss"],
            "subject": claims["sub"],
            "name": str(claims.get("name", ""))[:100],
            # A provider need not say when, unless it was asked: then it proves nothing of now.
            "auth_time": auth_time if isinstance(auth_time, int) else 0,
            "acr": claims.get("acr"),
        }

    def _address(self, path: str) -> str:
        return f"{self.house.settings.origin}{path}"

    def _failed(self, request: Request, name: str | None = None) -> Response:
        answer = self._drawn(request, "signing_in/failed.html", {}, 400)
        if name:
            self._clear(answer, name)
        return answer

    def _drawn(
        self, request: Request, template: str, told: dict[str, Any], status: int = 200
    ) -> Response:
        return self.house.page_for_nobody(request, template, told, status)
