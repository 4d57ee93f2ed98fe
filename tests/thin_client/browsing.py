"""How these tests use the pages: as a browser without scripts would, form by form."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

import httpx

from demo.issuer import Issuer
from demo.signing_in import Browser, signed_in
from thin_client.security import Secured

ORIGIN = "https://client.test"
Page = httpx.Response


@dataclass(slots=True)
class Sent:
    """One form of a page: where it goes, and what stands in it."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Reads the forms of a page, and what it would fetch."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.forms: list[Sent] = []
        self.fetched: list[str] = []
        self.links: list[str] = []
        self._select = ""

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a page."""
        reader = cls()
        reader.feed(text)
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take over one element."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Sent(said["action"]))
        elif tag == "input" and self.forms:
            chosen = said.get("type") not in ("radio", "checkbox") or "checked" in said
            if chosen:
                self.forms[-1].fields[said["name"]] = said.get("value", "")
        elif tag == "select" and self.forms:
            self._select = said["name"]
        elif tag == "option" and "selected" in said and self.forms:
            self.forms[-1].fields[self._select] = said.get("value", "")
        elif tag == "a":
            self.links.append(said.get("href", ""))
        for name in ("src", "href") if tag in ("script", "link", "img") else ():
            if name in said:
                self.fetched.append(said[name])


@dataclass
class Somebody:
    """A persona at a browser: pages asked for, forms filled in and sent."""

    http: httpx.AsyncClient

    async def get(self, path: str) -> Page:
        """Ask for a page, following where it leads."""
        answer = await self.http.get(path)
        while answer.is_redirect and answer.headers["location"].startswith("/"):
            answer = await self.http.get(answer.headers["location"])
        return answer

    async def send(self, page: Page, action: str, *, follow: bool = True, **typed: str) -> Page:
        """Fill in the form of a page that goes to `action`, send it, and follow where it leads.

        Fields are named with _ for -.
        """
        (form,) = [each for each in Forms.of(page.text).forms if each.action == action]
        fields = form.fields | {_named(name, form): value for name, value in typed.items()}
        return await self.post(action, fields, follow=follow)

    async def post(self, path: str, fields: dict[str, str], *, follow: bool = True) -> Page:
        """Send a form as a browser does."""
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        answer = await self.http.post(path, data=fields, headers=headers)
        if follow and answer.is_redirect and answer.headers["location"].startswith("/"):
            return await self.get(answer.headers["location"])
        return answer

    async def searches(self, **typed: str) -> Page:
        """Search from the first page, for the usual reason unless told."""
        usual = {"purpose": "safeguard", "reason": "contact_practitioner"}
        return await self.send(await self.get("/"), "/", **(usual | typed))

    async def states_why(self, page: Page) -> Page:
        """Say why on the page that asks for it."""
        (action,) = {f.action for f in Forms.of(page.text).forms if f.action.startswith("/why/")}
        return await self.send(page, action, purpose="safeguard", reason="contact_practitioner")


def _named(name: str, form: Sent) -> str:
    dashed = name.replace("_", "-")
    return dashed if dashed in form.fields else name


def text_of(page: Page) -> str:
    """Return what a page says, without its elements, in single spaces."""
    body = re.sub(r"<(script|style).*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@asynccontextmanager
async def nobody(app: Secured) -> AsyncIterator[Somebody]:
    """Open a browser nobody has signed in with."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        yield Somebody(http)


@asynccontextmanager
async def somebody(app: Secured, issuer: Issuer, persona: str) -> AsyncIterator[Somebody]:
    """Open a browser and sign a persona in, by OpenID Connect with a second factor."""
    async with nobody(app) as one, Browser.opened(issuer, persona) as browser:
        answer = await signed_in(one.http, browser)
        assert answer.status_code == 303, answer.text
        yield one
