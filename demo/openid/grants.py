"""What the provider has granted: applications registered, codes for one use, refresh tokens.

A refresh token is used once. One that comes a second time was copied by somebody, and
then none of its family is good any more (RFC 9700 section 4.14).
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from demo.openid.wire import GrantRefused
from demo.personas import Persona
from index_service.domain.clock import Clock
from index_service.identity.parsing import encoded

CODE_LIFE = timedelta(seconds=60)
FAMILY_LIFE = timedelta(hours=10)
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True, slots=True)
class Application:
    """A public client of OAuth: it keeps no secret, so its addresses are matched exactly."""

    client_id: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_uris: tuple[str, ...] = ()
    device: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Who logged in, when and how, in which login session."""

    persona: Persona
    auth_time: int
    acr: str
    sid: str

    def claims(self) -> dict[str, object]:
        """Return what both kinds of token say of the login."""
        return {"auth_time": self.auth_time, "acr": self.acr}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a code is bound to: the application, where it goes, scope, proof key, nonce."""

    application: Application
    redirect_uri: str
    scope: str
    challenge: str
    nonce: str | None


@dataclass(slots=True)
class Family:
    """A grant and every refresh token that descends from it."""

    application: Application
    standing: Standing
    scope: str
    ends_at: datetime
    nonce: str | None = None
    revoked: bool = False


@dataclass(slots=True)
class _Code:
    asked: Asked
    standing: Standing
    ends_at: datetime
    family: Family | None = None  # once it is used


@dataclass(slots=True)
class _Refresh:
    family: Family
    spent: bool = False


@dataclass(slots=True)
class Grants:
    """Everything granted in this run, in memory."""

    clock: Clock
    _applications: dict[str, Application] = field(default_factory=dict)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _refreshes: dict[str, _Refresh] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)

    def register(self, application: Application) -> None:
        """Let an application ask, from these addresses only; ValueError for an unsafe one."""
        for uri in (*application.redirect_uris, *application.post_logout_uris):
            _check_address(uri)
        self._applications[application.client_id] = application

    def application(self, client_id: str | None) -> Application | None:
        """Return a registered application."""
        return self._applications.get(client_id or "")

    def code_for(self, asked: Asked, standing: Standing) -> str:
        """Return a code that is exchanged once, within a minute."""
        now, code = self.clock.now(), secrets.token_urlsafe(32)
        kept = {old: each for old, each in self._codes.items() if now < each.ends_at + FAMILY_LIFE}
        self._codes = {**kept, code: _Code(asked, standing, now + CODE_LIFE)}
        return code

    def redeemed(
        self, code: str, application: Application, redirect_uri: str, verifier: str
    ) -> Family:
        """Return what a code grants; a second use takes back what the first was given."""
        found = self._codes.get(code)
        if found is None or found.asked.application != application:
            raise GrantRefused("invalid_grant")
        if found.family is not None:
            found.family.revoked = True
            raise GrantRefused("invalid_grant")
        if self.clock.now() >= found.ends_at or found.asked.redirect_uri != redirect_uri:
            raise GrantRefused("invalid_grant")
        if not _proves(verifier, found.asked.challenge):
            raise GrantRefused("invalid_grant")
        found.family = self.family_of(application, found.standing, found.asked.scope)
        found.family.nonce = found.asked.nonce
        self.check(found.family)
        return found.family

    def family_of(self, application: Application, standing: Standing, scope: str) -> Family:
        """Begin a family of refresh tokens."""
        return Family(application, standing, scope, self.clock.now() + FAMILY_LIFE)

    def refresh_token(self, family: Family) -> str:
        """Return the next refresh token of a family."""
        now, token = self.clock.now(), secrets.token_urlsafe(32)
        kept = {old: each for old, each in self._refreshes.items() if now < each.family.ends_at}
        self._refreshes = {**kept, token: _Refresh(family)}
        return token

    def refreshed(self, token: str, application: Application, scope: str | None) -> Family:
        """Return the family of a refresh token, which is now spent; a spent one ends them all.

        A scope, if one is named, must be that of the grant.
        """
        found = self._refreshes.get(token)
        if found is None or found.family.application != application:
            raise GrantRefused("invalid_grant")
        if found.spent:
            found.family.revoked = True
        self.check(found.family)
        if scope not in (None, found.family.scope):
            raise GrantRefused("invalid_scope")
        found.spent = True
        return found.family

    def check(self, family: Family) -> None:
        """Refuse a family that was revoked, has run out, or whose login session has ended."""
        ended = family.revoked or family.standing.sid in self._ended
        if ended or self.clock.now() >= family.ends_at:
            raise GrantRefused("invalid_grant")

    def revoke(self, token: str, application: Application) -> None:
        """End the family of a refresh token; an unknown token is no error (RFC 7009)."""
        found = self._refreshes.get(token)
        if found is not None and found.family.application == application:
            found.family.revoked = True

    def end(self, sid: str) -> None:
        """End everything granted in a login session."""
        self._ended.add(sid)


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636)."""
    return encoded(hashlib.sha256(verifier.encode("ascii")).digest())


def _proves(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.fullmatch(verifier):
        return False
    return secrets.compare_digest(challenge_of(verifier), challenge)


def _check_address(uri: str) -> None:
    """Refuse an address a code could be read from on its way: http is for loopback alone."""
    parts = urlsplit(uri)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not safe or not parts.hostname or "@" in parts.netloc or "#" in uri:
        raise ValueError("an address must be https, or http on loopback, without a fragment")
