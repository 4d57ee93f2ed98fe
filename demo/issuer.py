"""The demo's identity provider: real https, real keys, access tokens by RFC 9068.

People log in by the OpenID Connect code flow with a second factor. It also gives a token to
anyone who knows the run's secret and names a persona, which is why it lives here and not
in the service.
"""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from aiohttp import web

from demo.certificates import make_server_tls
from demo.openid.grants import Application
from demo.openid.minting import TOKEN_LIFE, Mint, SigningKey
from demo.openid.provider import Provider
from demo.openid.second_factor import SecondFactors
from demo.personas import Persona, personas
from index_service.domain.clock import Clock, SystemClock

__all__ = ["TOKEN_LIFE", "Issuer", "Mint", "SigningKey"]


class Issuer:
    """A provider behind https on loopback, whose people are the personas of one authority."""

    def __init__(self, mint: Mint, ca_file: Path, clock: Clock) -> None:
        """Bind a mint; use `running`."""
        self.url = mint.issuer
        self.jwks_url = f"{mint.issuer}/jwks.json"
        self.token_url = f"{mint.issuer}/token"
        self.discovery_url = f"{mint.issuer}/.well-known/openid-configuration"
        self.audience = mint.audience
        self.ca_file = ca_file
        self.mint = mint
        self.personas = personas(clock.today())
        self.provider = Provider.of(mint, clock, lambda: self.personas)
        self.secret = self.provider.tokens.secret

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        directory: Path,
        audience: str,
        port: int = 0,
        clock: Clock | None = None,
        *,
        plain_pages: bool = False,
    ) -> AsyncIterator[Self]:
        """Serve on 127.0.0.1 until left; certificates of this run are put in `directory`.

        With `plain_pages` people log in on a port without TLS: a browser that has never heard
        of this run's authority would warn of the other. Programs are answered over https alone.
        """
        clock = clock or SystemClock()
        tls = make_server_tls(directory)
        # Bound before anything else: the port is part of the issuer's name.
        listener, plain = (socket.create_server(("127.0.0.1", each)) for each in (port, 0))
        mint = Mint(f"https://127.0.0.1:{listener.getsockname()[1]}", audience, clock)
        if plain_pages:
            mint.pages = f"http://127.0.0.1:{plain.getsockname()[1]}"
        issuer = cls(mint, tls.ca_file, clock)
        runner = web.AppRunner(issuer.provider.application(), access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listener, ssl_context=tls.server_context()).start()
            if plain_pages:
                await web.SockSite(runner, plain).start()
            yield issuer
        finally:
            await runner.cleanup()
            listener.close()
            plain.close()

    def register(
        self,
        client_id: str,
        redirect_uris: Sequence[str] = (),
        post_logout_uris: Sequence[str] = (),
        *,
        device: bool = False,
    ) -> None:
        """Let an application's people log in; ValueError for an address that is not safe.

        `device` lets it use the device grant, as a command line does.
        """
        self.provider.grants.register(
            Application(client_id, tuple(redirect_uris), tuple(post_logout_uris), device)
        )

    @property
    def second_factors(self) -> SecondFactors:
        """Everybody's password and phone."""
        return self.provider.factors

    def token_for(self, persona: Persona | str, cnf: dict[str, str] | None = None) -> str:
        """Return a token for a persona or a persona's name, without asking over the wire."""
        known = self.personas[persona] if isinstance(persona, str) else persona
        return self.mint.token_for(known, cnf=cnf)

    def rotate(self, *, keep_old: bool = True) -> None:
        """Turn the signing key."""
        self.mint.rotate(keep_old=keep_old)
