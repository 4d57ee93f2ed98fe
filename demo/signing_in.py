"""Logging in at the demo's provider over real HTTP, page by page, as a browser would.

For tests of whatever logs in there. Nothing is taken from the provider's insides but a
new phone, for a persona who logs in more often than there are codes.
"""

import base64
import hashlib
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx

from demo.issuer import Issuer

PAGES_MAX = 12
TIMEOUT_S = 10.0


class NotSignedIn(Exception):  # noqa: N818 (what became of a login)
    """A login that did not end at the application; the text is the last page's title."""


@dataclass(slots=True)
class Page:
    """What a browser needs to know of a page: its forms, and the code the demo shows."""

    title: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    code: str | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a page."""
        reader = _Reader()
        reader.feed(text)
        return cls(reader.title, reader.fields, reader.answers, reader.code or None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.title = self.code = ""
        self.fields: dict[str, str] = {}
        self.answers: list[str] = []
        self._into = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.fields[said["name"]] = said.get("value", "")
        if tag == "button":
            self.answers.append(said["value"])
        self._into = "title" if tag == "title" else said.get("id", "")

    def handle_endtag(self, _tag: str) -> None:
        self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "title":
            self.title += data
        if self._into == "demo-code":
            self.code += data


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave for a login."""

    access_token: str
    id_token: str
    refresh_token: str
    answer: Mapping[str, Any]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Read a token answer."""
        return cls(answer["access_token"], answer["id_token"], answer["refresh_token"], answer)


class Browser:
    """One browser, with the provider's cookies, used by one persona."""

    def __init__(self, issuer: Issuer, persona: str, http: httpx.AsyncClient) -> None:
        """Bind a persona; use `opened`."""
        self.issuer = issuer
        self.persona = persona
        self.http = http

    @classmethod
    @asynccontextmanager
    async def opened(cls, issuer: Issuer, persona: str) -> AsyncIterator[Self]:
        """Open a browser that trusts the issuer's certificate and holds no cookie."""
        trusted = ssl.create_default_context(cafile=str(issuer.ca_file))
        async with httpx.AsyncClient(verify=trusted, timeout=TIMEOUT_S, trust_env=False) as http:
            yield cls(issuer, persona, http)

    async def through(self, address: str) -> str:
        """Follow an address of the provider through its pages; return where it leads back to.

        NotSignedIn if it ends on a page of the provider.
        """
        answer = await self._walked(address)
        if answer.is_redirect:
            return _goal(answer)
        raise NotSignedIn(Page.read(answer.text).title)

    async def connects(self, verification_uri_complete: str) -> str:
        """Let a command line in by its device code; return the title of the last page."""
        return Page.read((await self._walked(verification_uri_complete)).text).title

    async def _walked(self, address: str) -> httpx.Response:
        """Return the redirect that leaves the provider, or the page that asks for nothing."""
        answer = await self.http.get(address)
        for _ in range(PAGES_MAX):
            if answer.is_redirect and not self._is_here(_goal(answer)):
                break
            if answer.is_redirect:
                answer = await self.http.get(_goal(answer))
                continue
            page = Page.read(answer.text)
            form = self._filled(page)
            if form is None or answer.status_code != httpx.codes.OK:
                break
            if form.get("code") == "":  # every code was used: as if with a new phone
                self.issuer.second_factors.enrol(self.issuer.personas[self.persona].subject)
                answer = await self.http.get(answer.url)
                continue
            answer = await self.http.post(answer.url, data=form)
        return answer

    def _is_here(self, address: str) -> bool:
        return urlsplit(address)[:2] == urlsplit(self.issuer.mint.pages)[:2]

    def _filled(self, page: Page) -> dict[str, str] | None:
        """Return what this persona posts on a page; None if the page asks for nothing."""
        if "user_code" in page.fields:
            return page.fields
        if "password" in page.fields:
            if page.fields["name"] != self.persona or not page.fields["password"]:
                return {"fill": self.persona}
            return {**page.fields, "do": "continue"}
        if "yes" in page.answers:
            return {**page.fields, "do": "yes"}
        if "code" not in page.fields:
            return None
        return {"code": page.code or "", "do": "continue"}


@dataclass(frozen=True, slots=True)
class CodeFlow:
    """One authorisation request, and what its code is exchanged with."""

    issuer: Issuer
    client_id: str
    redirect_uri: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def address(self, **more: str) -> str:
        """Return the address to send a browser to; `more` adds or replaces parameters."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        fields = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **more,
        }
        return f"{self.issuer.mint.pages}/authorize?{urlencode(fields)}"

    def form(self, back: str, **more: str) -> dict[str, str]:
        """Return what is posted to the token endpoint for the code a browser came back with."""
        return {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": told(back)["code"],
            "code_verifier": self.verifier,
            **more,
        }

    async def tokens(self, browser: Browser, **more: str) -> Tokens:
        """Log in and return the tokens."""
        back = await browser.through(self.address(**more))
        answer = await browser.http.post(self.issuer.token_url, data=self.form(back))
        answer.raise_for_status()
        return Tokens.of(answer.json())


def _goal(answer: httpx.Response) -> str:
    return urljoin(str(answer.url), answer.headers["location"])


def told(address: str) -> dict[str, str]:
    """Return the parameters an address brings back."""
    return dict(parse_qsl(urlsplit(address).query))


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says, unverified."""
    text = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return said


async def signed_in(
    application: httpx.AsyncClient, browser: Browser, first: httpx.Response | None = None
) -> httpx.Response:
    """Log in to an application; return its answer to coming back.

    The application is asked with a browser of its own, which keeps its cookies; `first` is
    its answer that begins the login, by default that to GET /sign-in.
    """
    answer = first if first is not None else await application.get("/sign-in")
    if not answer.is_redirect:
        raise NotSignedIn(f"the application answered {answer.status_code} and no redirect")
    back = await browser.through(answer.headers["location"])
    return await application.get(back, follow_redirects=False)
