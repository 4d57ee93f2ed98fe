"""The demo's OpenID provider put together: its endpoints, and the document that lists them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from demo.openid.authorising import PROMPTS, Authorising
from demo.openid.devices import Devices
from demo.openid.ending import Ending
from demo.openid.grants import Grants
from demo.openid.login import LoginPages
from demo.openid.minting import Mint
from demo.openid.pages import notice, styles
from demo.openid.second_factor import SecondFactors, Tries
from demo.openid.sessions import TWO_FACTORS, TWO_FACTORS_NOW, Logins
from demo.openid.tokens import DEVICE_CODE, Tokens
from demo.openid.wire import SCOPES, Malformed, answer
from demo.personas import Persona
from index_service.domain.clock import Clock

BODY_BYTES_MAX = 16 * 1024


@dataclass(frozen=True, slots=True)
class Provider:
    """Everything one issuer answers."""

    mint: Mint
    grants: Grants
    factors: SecondFactors
    authorising: Authorising
    pages: LoginPages
    devices: Devices
    tokens: Tokens
    ending: Ending

    @classmethod
    def of(cls, mint: Mint, clock: Clock, people: Callable[[], Mapping[str, Persona]]) -> Self:
        """Put a provider together around a mint and the people who log in."""
        grants, factors = Grants(clock), SecondFactors(clock)
        logins = Logins(clock, mint.pages, factors, Tries(clock), grants.end)
        devices = Devices(mint, clock, grants, logins, Tries(clock))
        return cls(
            mint=mint,
            grants=grants,
            factors=factors,
            authorising=Authorising(grants, logins, mint),
            pages=LoginPages(logins, people),
            devices=devices,
            tokens=Tokens(grants, mint, people, devices.granted),
            ending=Ending(grants, logins, mint),
        )

    def application(self) -> web.Application:
        """Return what answers at the issuer's address."""
        made = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_malformed])
        made.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._discovery),
                web.get("/jwks.json", self._keys),
                web.get("/authorize", self.authorising.ask),
                web.post("/authorize", self.authorising.ask),
                web.get("/sign-in.css", styles),
                web.get("/sign-in/{attempt}", self.pages.show),
                web.post("/sign-in/{attempt}", self.pages.take),
                web.post("/token", self.tokens.exchange),
                web.post("/revoke", self.tokens.revoke),
                web.post("/device_authorization", self.devices.begin),
                web.get("/device", self.devices.show),
                web.post("/device", self.devices.take),
                web.get("/device/{confirming}", self.devices.confirm),
                web.post("/device/{confirming}", self.devices.decide),
                web.get("/end-session", self.ending.end),
                web.post("/end-session", self.ending.end),
            ]
        )
        return made

    async def _discovery(self, _request: web.Request) -> web.Response:
        url, pages = self.mint.issuer, self.mint.pages
        return answer(
            {
                "issuer": url,
                "authorization_endpoint": f"{pages}/authorize",
                "token_endpoint": f"{url}/token",
                "revocation_endpoint": f"{url}/revoke",
                "device_authorization_endpoint": f"{url}/device_authorization",
                "end_session_endpoint": f"{pages}/end-session",
                "jwks_uri": f"{url}/jwks.json",
                **_CAN,
            }
        )

    async def _keys(self, _request: web.Request) -> web.Response:
        return answer(self.mint.key_set())


_CAN = {
    "scopes_supported": sorted(SCOPES),
    "response_types_supported": ["code"],
    "response_modes_supported": ["query"],
    "grant_types_supported": [
        "authorization_code",
        "refresh_token",
        DEVICE_CODE,
        "client_credentials",
    ],
    "code_challenge_methods_supported": ["S256"],
    "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
    "revocation_endpoint_auth_methods_supported": ["none"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["ES256"],
    "acr_values_supported": [TWO_FACTORS, TWO_FACTORS_NOW],
    "prompt_values_supported": sorted(PROMPTS),
    "claims_supported": "iss sub aud exp iat auth_time nonce acr amr sid name".split(),
    "authorization_response_iss_parameter_supported": True,
    "claims_parameter_supported": False,
    "request_parameter_supported": False,
    "request_uri_parameter_supported": False,
    "ui_locales_supported": ["en-GB"],
}


@web.middleware
async def _malformed(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer a form that cannot be read; endpoints for programs answer in their own way."""
    try:
        return await handler(request)
    except Malformed:
        return notice("That cannot be read", "Go back and try again.", status=400)
