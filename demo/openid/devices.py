"""The device grant (RFC 8628): a command line asks, a browser answers, and the line polls."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from demo.openid.grants import Application, Family, Grants, Standing
from demo.openid.minting import Mint
from demo.openid.pages import nothing_to_go_on, notice, page
from demo.openid.second_factor import Tries
from demo.openid.sessions import Attempt, Logins
from demo.openid.wire import (
    GrantRefused,
    Malformed,
    answer,
    posted,
    queried,
    refused,
    scope_of,
    see_other,
    with_query,
)
from index_service.domain.clock import Clock

LIFE = timedelta(minutes=10)
INTERVAL_S = 5
SLOWER_S = 5
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words (RFC 8628 section 6.1)
HALF = 4
NOT_KNOWN = "That code is wrong or has run out"
SHUT = "Too many wrong codes. Wait a minute, then try again"
_DOOR = "typed code"


@dataclass(slots=True)
class _Waiting:
    """A command line that waits, and what was decided in the browser."""

    application: Application
    scope: str
    typed: str
    ends_at: datetime
    interval_s: int = INTERVAL_S
    polled_at: datetime | None = None
    family: Family | None = None
    denied: bool = False
    given: bool = False

    @property
    def open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.family is None and not self.denied


@dataclass(slots=True)
class Devices:
    """Every device code of the run."""

    mint: Mint
    clock: Clock
    grants: Grants
    logins: Logins
    tries: Tries
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _confirming: dict[str, tuple[str, str, Standing]] = field(default_factory=dict)

    async def begin(self, request: web.Request) -> web.Response:
        """Answer a command line with its two codes."""
        try:
            form = await posted(request)
        except Malformed:
            return refused("invalid_request")
        application = self.grants.application(form.get("client_id"))
        if application is None:
            return refused("invalid_client")
        if not application.device:
            return refused("unauthorized_client")
        if form.get("resource", self.mint.audience) != self.mint.audience:
            return refused("invalid_target")
        scope = scope_of(form)
        if scope is None:
            return refused("invalid_scope")
        now, device_code, typed = self.clock.now(), secrets.token_urlsafe(32), _typed_code()
        self._waiting = {
            code: each for code, each in self._waiting.items() if now < each.ends_at + LIFE
        }
        self._waiting[device_code] = _Waiting(application, scope, typed, now + LIFE)
        shown = f"{typed[:HALF]}-{typed[HALF:]}"
        return answer(
            {
                "device_code": device_code,
                "user_code": shown,
                "verification_uri": f"{self.mint.pages}/device",
                "verification_uri_complete": with_query(
                    f"{self.mint.pages}/device", [("user_code", shown)]
                ),
                "expires_in": int(LIFE.total_seconds()),
                "interval": INTERVAL_S,
            }
        )

    def granted(self, device_code: str, application: Application) -> Family:
        """Return what a device code grants; GrantRefused says to wait, to slow down or to stop."""
        found, now = self._waiting.get(device_code), self.clock.now()
        if found is None or found.application != application or found.given:
            raise GrantRefused("invalid_grant")
        if now >= found.ends_at:
            raise GrantRefused("expired_token")
        if found.denied:
            raise GrantRefused("access_denied")
        last, found.polled_at = found.polled_at, now
        if last is not None and now - last < timedelta(seconds=found.interval_s):
            found.interval_s += SLOWER_S
            raise GrantRefused("slow_down")
        if found.family is None:
            raise GrantRefused("authorization_pending")
        self.grants.check(found.family)
        found.given = True
        return found.family

    async def show(self, request: web.Request) -> web.Response:
        """Answer with the page that asks for the code."""
        try:
            typed = queried(request).get("user_code", "")
        except Malformed:
            typed = ""
        return _code_page(typed)

    async def take(self, request: web.Request) -> web.Response:
        """Read the typed code; go on to the login, or to confirming if one stands."""
        typed = (await posted(request)).get("user_code", "")
        if self.tries.shut(_DOOR):
            return _code_page(typed, SHUT)
        code = "".join(each for each in typed.upper() if each.isalnum())
        found = self._open(code)
        if found is None:
            self.tries.wrong(_DOOR)
            return _code_page(typed, NOT_KNOWN)
        self.tries.right(_DOOR)
        session, browser = self.logins.session(request), self.logins.browser(request)
        if session is not None:
            return self._to_confirm(found.typed, browser, session.standing())
        attempt = Attempt(lambda _: nothing_to_go_on(), nothing_to_go_on)
        attempt.then = lambda standing: self._to_confirm(code, attempt.browser, standing)
        attempt.given_up = lambda: self._decided(code, None)
        return self.logins.begin(request, attempt)

    async def confirm(self, request: web.Request) -> web.Response:
        """Ask whether the command line may act for whoever logged in."""
        code, standing = self._confirmed(request)
        found = self._open(code)
        if standing is None or found is None:
            return nothing_to_go_on()
        who = f"{standing.persona.title}, {standing.persona.agency.name}"
        told = {
            "title": "Connect a command line?",
            "text": f"{found.application.client_id} will ask as {who}. Say yes only if you began"
            " this yourself and it shows this code:",
            "device_code": f"{code[:HALF]}-{code[HALF:]}",
            "action": request.path,
            "kept": {},
            "yes": "Yes, connect it",
            "no": "No",
        }
        return page("confirm", told)

    async def decide(self, request: web.Request) -> web.Response:
        """Read the answer; it is given once."""
        code, standing = self._confirmed(request)
        said = (await posted(request)).get("do")
        self._confirming.pop(request.match_info["confirming"], None)
        if standing is None or self._open(code) is None:
            return nothing_to_go_on()
        return self._decided(code, standing if said == "yes" else None)

    def _confirmed(self, request: web.Request) -> tuple[str, Standing | None]:
        """Return which code a page is about, and who logged in for it, in this browser."""
        name = request.match_info["confirming"]
        code, browser, standing = self._confirming.get(name, ("", "", None))
        here = self.logins.browser(request)
        same = secrets.compare_digest(browser.encode(), here.encode())
        return (code, standing) if same else ("", None)

    def _to_confirm(self, code: str, browser: str, standing: Standing) -> web.Response:
        name = secrets.token_urlsafe(32)
        self._confirming = {
            old: each for old, each in self._confirming.items() if self._open(each[0])
        }
        self._confirming[name] = (code, browser, standing)
        return see_other(f"{self.mint.pages}/device/{name}")

    def _decided(self, code: str, standing: Standing | None) -> web.Response:
        found = self._open(code)
        if found is None:
            return nothing_to_go_on()
        if standing is None:
            found.denied = True
            return notice("Not connected", "The command line was not let in.")
        found.family = self.grants.family_of(found.application, standing, found.scope)
        return notice("Connected", "Go back to the command line. You can close this page.")

    def _open(self, code: str) -> _Waiting | None:
        now = self.clock.now()
        for each in self._waiting.values():
            if each.typed == code and each.open and now < each.ends_at:
                return each
        return None


def _typed_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(2 * HALF))


def _code_page(typed: str, problem: str = "") -> web.Response:
    return page("device", {"typed": typed, "problem": problem, "about": "user_code"})
