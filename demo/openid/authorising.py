"""The authorisation endpoint: code flow with PKCE, silent where a login stands, else the pages.

What is wrong with the application or its address is told to the browser and never
redirected; everything else goes back to the application (RFC 6749 section 4.1.2.1).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from demo.openid.grants import Asked, Grants, Standing
from demo.openid.minting import Mint
from demo.openid.pages import notice
from demo.openid.sessions import (
    TWO_FACTORS,
    TWO_FACTORS_NOW,
    Attempt,
    Logins,
    LoginSession,
    Needs,
)
from demo.openid.wire import Malformed, posted, queried, scope_of, see_other, with_query

PROMPTS = frozenset({"none", "login"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_AGE = re.compile(r"[0-9]{1,9}")


class _Refused(Exception):  # noqa: N818 (what became of a request)
    """A request that is answered with an error to the application."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How fresh a login the application asks for."""

    prompt: str
    age_max_s: int | None
    step_up: bool
    hint: str | None  # the subject of the ID token it was shown

    def content_with(self, session: LoginSession | None, now_s: float) -> bool:
        if session is None or self.prompt == "login":
            return False
        if self.hint is not None and session.persona.subject != self.hint:
            return False
        return self.age_max_s is None or now_s - session.auth_time < self.age_max_s


@dataclass(frozen=True, slots=True)
class Authorising:
    """Answers authorisation requests."""

    grants: Grants
    logins: Logins
    mint: Mint

    async def ask(self, request: web.Request) -> web.Response:
        """Answer with a code, an error for the application, or the first page of a login."""
        try:
            fields = queried(request) if request.method == "GET" else await posted(request)
        except Malformed:
            return _not_here("It cannot be read in one way only.")
        application = self.grants.application(fields.get("client_id"))
        if application is None:
            return _not_here("The application is not known here.")
        address = fields.get("redirect_uri")
        if address is None or address not in application.redirect_uris:
            return _not_here("Its address is not one the application has registered.")
        back = _Back(self.mint.issuer, address, fields.get("state"))
        try:
            scope = self._checked_scope(fields)
            challenge, nonce = _checked_challenge(fields), fields.get("nonce")
            asked = Asked(application, address, scope, challenge, nonce)
            return self._answered(request, fields, partial(self._granted, back, asked), back)
        except _Refused as refusal:
            return back.error(refusal.code)

    def _answered(
        self,
        request: web.Request,
        fields: Mapping[str, str],
        then: "partial[web.Response]",
        back: "_Back",
    ) -> web.Response:
        wanted, session = self._wanted(fields), self.logins.session(request)
        if not wanted.content_with(session, self.logins.clock.now().timestamp()):
            session = None
        if session is not None and not wanted.step_up:
            return then(session.standing())
        if wanted.prompt == "none":
            raise _Refused("login_required")
        attempt = Attempt(then, partial(back.error, "access_denied"), back.address)
        attempt.typed = fields.get("login_hint", "")
        if session is not None:
            attempt.needs, attempt.confirms = Needs.CODE, session
            attempt.persona = session.persona
        return self.logins.begin(request, attempt)

    def _checked_scope(self, fields: Mapping[str, str]) -> str:
        """Return the scope of a request that is otherwise in order."""
        _check(fields)
        if fields.get("resource", self.mint.audience) != self.mint.audience:
            raise _Refused("invalid_target")  # RFC 8707
        scope = scope_of(fields)
        if scope is None:
            raise _Refused("invalid_scope")
        return scope

    def _granted(self, back: "_Back", asked: Asked, standing: Standing) -> web.Response:
        return back.to(("code", self.grants.code_for(asked, standing)))

    def _wanted(self, fields: Mapping[str, str]) -> _Wanted:
        prompt, age = fields.get("prompt", ""), fields.get("max_age")
        if (prompt and prompt not in PROMPTS) or (age is not None and not _AGE.fullmatch(age)):
            raise _Refused("invalid_request")
        known = [
            each
            for each in fields.get("acr_values", "").split()
            if each in (TWO_FACTORS, TWO_FACTORS_NOW)
        ]
        hint = fields.get("id_token_hint")
        try:
            subject = None if hint is None else str(self.mint.said(hint)["sub"])
        except ValueError:
            raise _Refused("invalid_request") from None
        return _Wanted(
            prompt, None if age is None else int(age), known[:1] == [TWO_FACTORS_NOW], subject
        )


@dataclass(frozen=True, slots=True)
class _Back:
    """The way back to the application."""

    issuer: str
    address: str
    state: str | None

    def to(self, *told: tuple[str, str]) -> web.Response:
        """Return the redirect; it says who answers (RFC 9207)."""
        return see_other(
            with_query(self.address, [*told, ("state", self.state), ("iss", self.issuer)])
        )

    def error(self, code: str) -> web.Response:
        """Return the redirect that tells of an error."""
        return self.to(("error", code))


def _check(fields: Mapping[str, str]) -> None:
    for name in ("request", "request_uri", "registration"):
        if name in fields:
            raise _Refused(f"{name}_not_supported")
    if fields.get("response_type") is None:
        raise _Refused("invalid_request")
    if fields["response_type"] != "code":
        raise _Refused("unsupported_response_type")
    if fields.get("response_mode", "query") != "query":
        raise _Refused("invalid_request")


def _checked_challenge(fields: Mapping[str, str]) -> str:
    """Return the challenge; without S256 it would be the verifier itself (RFC 7636 4.3)."""
    challenge = fields.get("code_challenge", "")
    if fields.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise _Refused("invalid_request")
    return challenge


def _not_here(why: str) -> web.Response:
    return notice("This sign-in cannot begin", f"The request is not answered. {why}", status=400)
