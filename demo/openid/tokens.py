"""The token endpoint: codes, refresh tokens, device codes, and the run's secret for a persona."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from demo.openid.grants import Application, Family, Grants
from demo.openid.minting import TOKEN_LIFE, Mint
from demo.openid.wire import GrantRefused, Malformed, answer, posted, refused, scope_of
from demo.personas import Persona

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
AMR = ("pwd", "otp", "mfa")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Exchanges grants for tokens."""

    grants: Grants
    mint: Mint
    people: Callable[[], Mapping[str, Persona]]
    by_device: Callable[[str, Application], Family]
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    async def exchange(self, request: web.Request) -> web.Response:
        """Answer a token request."""
        return await _answered(request, self._exchanged)

    async def revoke(self, request: web.Request) -> web.Response:
        """End what a refresh token was granted for (RFC 7009)."""
        return await _answered(request, self._revoked)

    def _exchanged(self, form: Mapping[str, str]) -> web.Response:
        grant = form.get("grant_type")
        if grant is None:
            raise GrantRefused("invalid_request")
        if grant == "client_credentials":
            return self._to_a_persona(form)
        if grant not in ("authorization_code", "refresh_token", DEVICE_CODE):
            raise GrantRefused("unsupported_grant_type")
        application = self._application(form)
        if form.get("resource", self.mint.audience) != self.mint.audience:
            raise GrantRefused("invalid_target")
        if grant == "authorization_code":
            code, uri, verifier = _needed(form, "code", "redirect_uri", "code_verifier")
            return self._tokens(self.grants.redeemed(code, application, uri, verifier))
        if grant == DEVICE_CODE:
            (code,) = _needed(form, "device_code")
            return self._tokens(self.by_device(code, application))
        (token,) = _needed(form, "refresh_token")
        scope = scope_of(form) or "" if "scope" in form else None
        return self._tokens(self.grants.refreshed(token, application, scope), again=True)

    def _revoked(self, form: Mapping[str, str]) -> web.Response:
        application = self._application(form)
        (token,) = _needed(form, "token")
        if token.count(".") == 2:  # signed tokens stand by themselves until they run out
            raise GrantRefused("unsupported_token_type")
        self.grants.revoke(token, application)
        return answer({})

    def _application(self, form: Mapping[str, str]) -> Application:
        """Return who asks; what keeps no secret must not offer one."""
        found = self.grants.application(form.get("client_id"))
        if found is None or "client_secret" in form:
            raise GrantRefused("invalid_client")
        return found

    def _to_a_persona(self, form: Mapping[str, str]) -> web.Response:
        persona = self.people().get(form.get("client_id", ""))
        offered = form.get("client_secret", "")
        if persona is None or not secrets.compare_digest(offered.encode(), self.secret.encode()):
            raise GrantRefused("invalid_client")
        return answer(_bearer(self.mint.token_for(persona)))

    def _tokens(self, family: Family, *, again: bool = False) -> web.Response:
        standing, client_id = family.standing, family.application.client_id
        login: dict[str, object] = {**standing.claims(), "sid": standing.sid, "amr": list(AMR)}
        if family.nonce is not None and not again:
            login["nonce"] = family.nonce
        if "profile" in family.scope:
            login["name"] = standing.persona.title
        about = {"client_id": client_id, "scope": family.scope, **standing.claims()}
        return answer(
            {
                **_bearer(self.mint.token_for(standing.persona, about=about)),
                "scope": family.scope,
                "refresh_token": self.grants.refresh_token(family),
                "id_token": self.mint.id_token(standing.persona, client_id, login),
            }
        )


async def _answered(
    request: web.Request, exchange: Callable[[Mapping[str, str]], web.Response]
) -> web.Response:
    try:
        return exchange(await posted(request))
    except Malformed:
        return refused("invalid_request")
    except GrantRefused as refusal:
        return refused(refusal.code)


def _needed(form: Mapping[str, str], *names: str) -> list[str]:
    if any(name not in form for name in names):
        raise GrantRefused("invalid_request")
    return [form[name] for name in names]


def _bearer(token: str) -> dict[str, object]:
    life_s = int(TOKEN_LIFE.total_seconds())
    return {"access_token": token, "token_type": "Bearer", "expires_in": life_s}
