"""Any OpenID Connect provider, known by discovery: where to sign in, tokens, keys, log-out."""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx

from thin_client.clock import now_s
from thin_client.id_token import Expected, NotBelieved, checked, key_named, names_nobody
from thin_client.settings import LOOPBACK, Settings

DISCOVERY = "/.well-known/openid-configuration"
KNOWN_FOR_S: Final = 3600.0
KEYS_AGAIN_S_MIN: Final = 10.0
ANSWER_BYTES_MAX: Final = 256 * 1024
EXPIRES_S_MAX: Final = 3600
EXPIRES_S_UNSAID: Final = 300  # expires_in is optional (RFC 6749 section 5.1)


class ProviderFails(Exception):  # noqa: N818 (told to whoever signs in)
    """The provider cannot be reached, or does not answer as OpenID Connect says."""


class Denied(Exception):  # noqa: N818 (told to whoever signs in)
    """The provider gives no token: a code used before, a refresh withdrawn."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in as it was begun; sealed in the browser until it comes back."""

    state: str
    nonce: str
    verifier: str
    max_age_s: int | None = None
    acr: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the provider gave."""

    access: str
    expires: float  # in seconds of the epoch
    refresh: str | None
    id_token: str | None


class Provider:
    """Asks one provider over one pool of connections."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, now: Callable[[], float] = now_s
    ) -> None:
        """Bind the settings; nothing is asked yet."""
        self._settings = settings
        self._http = http
        self._now = now
        self._secret = _secret(settings.client_secret)
        self._found: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, list[dict[str, Any]]] | None = None
        self._asking = asyncio.Lock()

    def origins(self) -> list[str]:
        """Return where a form may lead: the issuer, and what its document names."""
        document = self._found[1] if self._found else {}
        names = ("authorization_endpoint", "end_session_endpoint")
        urls = [self._settings.issuer, *(document[name] for name in names if name in document)]
        return sorted({f"{each.scheme}://{each.netloc}" for each in map(urlsplit, urls)})

    async def begins_at(self, begun: SignIn, back: str) -> str:
        """Return where the browser goes to sign in (RFC 6749 4.1.1, RFC 7636, RFC 8707)."""
        document = await self._document()
        challenge = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": back,
            "scope": self._settings.scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **self._resource(),
        }
        if begun.max_age_s is not None:
            asked["max_age"] = str(begun.max_age_s)
        if begun.acr is not None:
            asked["acr_values"] = begun.acr
        return _with(document["authorization_endpoint"], asked)

    async def redeemed(self, code: str, begun: SignIn, back: str) -> tuple[Tokens, dict[str, Any]]:
        """Exchange a code; return the tokens and the ID token's claims, checked."""
        tokens = await self._token(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back,
                "code_verifier": begun.verifier,
                **self._resource(),
            }
        )
        if tokens.id_token is None:
            raise NotBelieved
        return tokens, await self._believed(tokens.id_token, begun)

    async def refreshed(self, refresh: str) -> Tokens:
        """Return new tokens for a refresh token; Denied where it no longer counts."""
        asked = {"grant_type": "refresh_token", "refresh_token": refresh, **self._resource()}
        tokens = await self._token(asked)
        return tokens if tokens.refresh else Tokens(tokens.access, tokens.expires, refresh, None)

    async def revoke(self, refresh: str) -> None:
        """Let a refresh token count no more, where the provider takes that (RFC 7009)."""
        there = (await self._document()).get("revocation_endpoint")
        if there is None:
            return
        form, headers = self._as_client({"token": refresh, "token_type_hint": "refresh_token"})
        try:
            await self._http.post(there, data=form, headers=headers)
        except httpx.HTTPError as fault:
            raise ProviderFails from fault

    async def ends_at(self, id_token: str | None, back: str) -> str | None:
        """Return where the browser goes to be logged out there too; None if there is no such."""
        end = (await self._document()).get("end_session_endpoint")
        if end is None:
            return None
        asked = {"client_id": self._settings.client_id, "post_logout_redirect_uri": back}
        if id_token and names_nobody(id_token):  # an address is kept in histories and logs
            asked["id_token_hint"] = id_token
        return _with(end, asked)

    async def _believed(self, token: str, begun: SignIn) -> dict[str, Any]:
        kid = key_named(token)
        keys = await self._key_set(kid)
        expected = Expected(
            issuer=self._settings.issuer,
            client_id=self._settings.client_id,
            nonce=begun.nonce,
            now=self._now(),
            max_age_s=begun.max_age_s,
            acr=begun.acr,
        )
        return checked(token, keys, expected)

    async def _token(self, asked: dict[str, str]) -> Tokens:
        document = await self._document()
        form, headers = self._as_client(asked)
        given = await self._asked("POST", document["token_endpoint"], form, headers)
        access, kind = given.get("access_token"), str(given.get("token_type", "")).lower()
        expires_in = given.get("expires_in", EXPIRES_S_UNSAID)
        if not isinstance(access, str) or kind != "bearer" or not isinstance(expires_in, int):
            raise ProviderFails
        until = self._now() + min(expires_in, EXPIRES_S_MAX)
        return Tokens(access, until, _text(given, "refresh_token"), _text(given, "id_token"))

    def _as_client(self, asked: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return a form and headers that say which client asks (RFC 6749 section 2.3.1)."""
        headers, name = {"Accept": "application/json"}, self._settings.client_id
        if self._secret is None:
            return {**asked, "client_id": name}, headers
        both = f"{quote(name, safe='')}:{quote(self._secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        return dict(asked), headers

    async def _document(self) -> dict[str, Any]:
        if self._found is None or self._now() - self._found[0] > KNOWN_FOR_S:
            document = await self._asked("GET", f"{self._settings.issuer}{DISCOVERY}")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if document.get("issuer") != self._settings.issuer:
                raise ProviderFails
            if not all(_safe(document.get(name)) for name in needed):
                raise ProviderFails
            offered = ("end_session_endpoint", "revocation_endpoint")
            if not all(_safe(document[name]) for name in offered if name in document):
                raise ProviderFails
            self._found = (self._now(), document)
        return self._found[1]

    async def _key_set(self, kid: str | None) -> list[dict[str, Any]]:
        """Return the provider's keys, asked for anew where one is not known yet."""
        async with self._asking:
            at, keys = self._keys or (float("-inf"), [])
            known = any(key.get("kid") == kid for key in keys)
            age = self._now() - at
            if age > KNOWN_FOR_S or (not known and age > KEYS_AGAIN_S_MIN):
                document = await self._document()
                found = (await self._asked("GET", document["jwks_uri"])).get("keys")
                if not isinstance(found, list):
                    raise ProviderFails
                keys = [key for key in found if isinstance(key, dict)]
                self._keys = (self._now(), keys)
            return keys

    async def _asked(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, url, data=form, headers=headers)
        except httpx.HTTPError as fault:
            raise ProviderFails from fault
        if form is not None and 400 <= answer.status_code < 500:
            raise Denied
        if answer.status_code != 200 or len(answer.content) > ANSWER_BYTES_MAX:
            raise ProviderFails
        try:
            found = answer.json()
        except ValueError as fault:
            raise ProviderFails from fault
        if not isinstance(found, dict):
            raise ProviderFails
        return found

    def _resource(self) -> dict[str, str]:
        resource = self._settings.resource
        return {} if resource == "none" else {"resource": resource}


def _safe(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _with(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else None


def _secret(told: str) -> str | None:
    return None if told == "none" else Path(told).read_text("utf-8").strip()
