"""Login by device code (RFC 8628) with any OpenID provider, found by discovery.

The person logs in, with both factors, in a browser; this program sees no password.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from index_client.cli.faults import LoginRefused
from index_client.line import checked_address

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_DISCOVERY = "/.well-known/openid-configuration"
_INTERVAL_S = 5  # where the provider names none (RFC 8628 section 3.2)
_SLOWER_S = 5  # at each slow_down (section 3.5)
_LIFE_S_MAX = 600  # the index takes no token that lives longer
_WAIT_S_MAX = 1800
_SAID = {
    "access_denied": "The login was refused.",
    "expired_token": "Nobody entered the code in time.",
    "unauthorized_client": "This program is not registered for device login.",
    "invalid_client": "The identity provider does not know this client id.",
}


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider's addresses, as its own document names them."""

    issuer: str
    device: str
    token: str
    revocation: str | None


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the person types where, and what this program asks with meanwhile."""

    secret: str = field(repr=False)
    user_code: str
    address: str
    life_s: int
    interval_s: int


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and how long it lives."""

    text: str = field(repr=False)
    life_s: int


def discover(http: httpx.Client, issuer: str) -> Provider:
    """Read where an issuer's endpoints are; LoginRefused unless it speaks for itself."""
    said = _said(http, "GET", checked_address(issuer) + _DISCOVERY)
    if said.get("issuer") != issuer:
        raise LoginRefused("The identity provider calls itself by another name.")
    if not isinstance(said.get("device_authorization_endpoint"), str):
        raise LoginRefused("The identity provider offers no login by device code.")
    revocation = said.get("revocation_endpoint")
    return Provider(
        issuer,
        _address(said["device_authorization_endpoint"]),
        _address(said.get("token_endpoint")),
        _address(revocation) if revocation else None,
    )


def begin(http: httpx.Client, provider: Provider, asked: dict[str, str]) -> DeviceCode:
    """Ask for a code. `asked`: client_id, scope, and resource where the provider wants one."""
    said = _said(http, "POST", provider.device, asked)
    secret, user_code = said.get("device_code"), said.get("user_code")
    if not (isinstance(secret, str) and isinstance(user_code, str)):
        raise LoginRefused(_why(said))
    return DeviceCode(
        secret,
        user_code,
        _address(said.get("verification_uri")),
        min(_number(said.get("expires_in"), _WAIT_S_MAX), _WAIT_S_MAX),
        max(1, _number(said.get("interval"), _INTERVAL_S)),
    )


def awaited(
    http: httpx.Client,
    provider: Provider,
    client_id: str,
    code: DeviceCode,
    sleep: Callable[[float], None] = time.sleep,
) -> Token:
    """Ask until the person has logged in; LoginRefused if they refuse, or take too long."""
    waited_s, interval_s = 0, code.interval_s
    form = {"grant_type": _GRANT, "device_code": code.secret, "client_id": client_id}
    while waited_s < code.life_s:
        sleep(interval_s)
        waited_s += interval_s
        try:
            said = _said(http, "POST", provider.token, form)
        except httpx.TimeoutException:
            interval_s *= 2  # as section 3.5 asks for
            continue
        if said.get("error") == "slow_down":
            interval_s += _SLOWER_S
        elif said.get("error") != "authorization_pending":
            return _token(said)
    raise LoginRefused(_SAID["expired_token"])


def revoke(http: httpx.Client, provider: Provider, client_id: str, token: str) -> None:
    """Tell the provider that a token is not needed any more (RFC 7009), if it wants to know."""
    if provider.revocation:
        form = {"token": token, "token_type_hint": "access_token", "client_id": client_id}
        http.post(provider.revocation, data=form)


def _token(said: dict[str, Any]) -> Token:
    text, kind = said.get("access_token"), said.get("token_type")
    if not isinstance(text, str) or not isinstance(kind, str) or kind.lower() != "bearer":
        raise LoginRefused(_why(said))
    return Token(text, min(_number(said.get("expires_in"), _LIFE_S_MAX), _LIFE_S_MAX))


def _said(
    http: httpx.Client, method: str, address: str, form: dict[str, str] | None = None
) -> dict[str, Any]:
    answer = http.request(method, address, data=form, headers={"Accept": "application/json"})
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise LoginRefused(f"The identity provider answers {answer.status_code} and no more.")
    return said


def _why(said: dict[str, Any]) -> str:
    """A sentence of ours: what a provider words freely is not printed."""
    return _SAID.get(str(said.get("error")), "The identity provider gave no token.")


def _address(said: object) -> str:
    """An endpoint named by a provider: over https, as the provider itself, or on this machine."""
    text = said if isinstance(said, str) and said.isascii() and said.isprintable() else ""
    try:
        parts = urlsplit(text)
        checked_address(f"{parts.scheme}://{parts.netloc}")
    except ValueError:  # Misstated is one too
        raise LoginRefused("The identity provider names an address that is not safe.") from None
    return text


def _number(said: object, otherwise: int) -> int:
    return said if isinstance(said, int) and said > 0 else otherwise
