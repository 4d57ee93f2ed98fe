"""Who is logged in at the provider in which browser, and the logins under way in it.

Two cookies: one names the browser, so that a login is finished where it began; the other
is the login session, new at every login and gone at log-out.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from aiohttp import web

from demo.openid.grants import Standing
from demo.openid.pages import nothing_to_go_on
from demo.openid.second_factor import SecondFactors, Tries
from demo.openid.wire import see_other
from demo.personas import Persona
from index_service.domain.clock import Clock

TWO_FACTORS = "urn:example:acr:two-factors"
TWO_FACTORS_NOW = "urn:example:acr:two-factors-now"
SESSION_LIFE = timedelta(hours=10)
ATTEMPT_LIFE = timedelta(minutes=10)
ATTEMPTS_MAX = 1000


class Needs(Enum):
    """What is still to be shown before a login stands."""

    PASSWORD = "password"  # and a code after it
    CODE = "code"


@dataclass(slots=True)
class LoginSession:
    """A login that stands."""

    sid: str
    persona: Persona
    auth_time: int
    ends_at: datetime

    def standing(self, acr: str = TWO_FACTORS) -> Standing:
        """Return what tokens say of it."""
        return Standing(self.persona, self.auth_time, acr, self.sid)


@dataclass(slots=True)
class Attempt:
    """A login under way: what is needed, and what follows once it stands or is given up."""

    then: Callable[[Standing], web.Response]
    given_up: Callable[[], web.Response]
    goes_to: str | None = None  # where the forms' last redirect leads, for the content policy
    needs: Needs = Needs.PASSWORD
    persona: Persona | None = None
    typed: str = ""
    filled: bool = False
    problem: str = ""
    confirms: LoginSession | None = None  # the session a fresh code is asked for
    browser: str = ""
    ends_at: datetime | None = None


@dataclass(slots=True)
class Logins:
    """Every browser's sessions and attempts, and how a persona proves who it is."""

    clock: Clock
    url: str
    factors: SecondFactors
    tries: Tries
    ended: Callable[[str], None]
    _sessions: dict[str, LoginSession] = field(default_factory=dict)
    _attempts: dict[str, Attempt] = field(default_factory=dict)

    def session(self, request: web.Request) -> LoginSession | None:
        """Return the login session of a browser."""
        found = self._sessions.get(request.cookies.get(self._cookie("login"), ""))
        return found if found is not None and self.clock.now() < found.ends_at else None

    def browser(self, request: web.Request) -> str:
        """Return which browser it is, or an empty text."""
        return request.cookies.get(self._cookie("browser"), "")

    def begin(self, request: web.Request, attempt: Attempt) -> web.Response:
        """Begin a login; return the redirect to its first page."""
        self._attempts = {name: each for name, each in self._attempts.items() if self._lasts(each)}
        while len(self._attempts) >= ATTEMPTS_MAX:
            del self._attempts[next(iter(self._attempts))]
        name = secrets.token_urlsafe(32)
        attempt.browser = self.browser(request) or secrets.token_urlsafe(32)
        attempt.ends_at = self.clock.now() + ATTEMPT_LIFE
        self._attempts[name] = attempt
        answer = see_other(f"{self.url}/sign-in/{name}")
        self._set(answer, "browser", attempt.browser)
        return answer

    def attempt(self, request: web.Request) -> Attempt | None:
        """Return the login a page is about, in the browser it began in and no other."""
        found = self._attempts.get(request.match_info["attempt"])
        if found is None or not self._lasts(found):
            return None
        here = self.browser(request).encode()
        return found if secrets.compare_digest(found.browser.encode(), here) else None

    def finish(self, request: web.Request, attempt: Attempt) -> web.Response:
        """Let a login stand; return what follows it, with a new session cookie."""
        assert attempt.persona is not None
        self.give_up(request)
        before, now = self.session(request), self.clock.now()
        if attempt.confirms and (before is None or before.sid != attempt.confirms.sid):
            return nothing_to_go_on()  # a code alone makes no login
        self._sessions.pop(request.cookies.get(self._cookie("login"), ""), None)
        if before is not None and before.persona != attempt.persona:
            self.ended(before.sid)
            before = None
        sid = before.sid if before else secrets.token_urlsafe(16)
        session = LoginSession(sid, attempt.persona, int(now.timestamp()), now + SESSION_LIFE)
        name = secrets.token_urlsafe(32)
        self._sessions = {old: each for old, each in self._sessions.items() if now < each.ends_at}
        self._sessions[name] = session
        answer = attempt.then(session.standing(TWO_FACTORS_NOW))
        self._set(answer, "login", name)
        return answer

    def give_up(self, request: web.Request) -> None:
        """Forget a login under way."""
        self._attempts.pop(request.match_info["attempt"], None)

    def end(self, sid: str) -> None:
        """End a login session and all that was granted in it."""
        self._sessions = {name: each for name, each in self._sessions.items() if each.sid != sid}
        self.ended(sid)

    def _lasts(self, attempt: Attempt) -> bool:
        return attempt.ends_at is not None and self.clock.now() < attempt.ends_at

    def _cookie(self, what: str) -> str:
        # Cookies know no ports, and three issuers of the demo share one address.
        prefix = "__Host-" if self._over_tls else ""
        return f"{prefix}openid-{what}-{urlsplit(self.url).port}"

    def _set(self, answer: web.Response, what: str, value: str) -> None:
        answer.set_cookie(
            self._cookie(what),
            value,
            path="/",
            secure=self._over_tls,
            httponly=True,
            samesite="Lax",
        )

    @property
    def _over_tls(self) -> bool:
        return self.url.startswith("https:")
