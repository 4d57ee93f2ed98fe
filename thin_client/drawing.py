"""Pages drawn from templates, and the few files they need; both read once, at the start."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from thin_client import words
from thin_client.security import FOREVER, STATIC

DIGEST_CHARS: Final = 12
SMALL_BYTES: Final = 1000


class Files:
    """The static files, under addresses that change with what they hold."""

    def __init__(self) -> None:
        """Read them all."""
        place = files("thin_client").joinpath("static")
        self._held = {
            each.name: each.read_bytes()
            for each in place.iterdir()
            if each.is_file() and each.name.endswith((".css", ".js", ".svg"))
        }
        self._packed = {name: gzip.compress(body, 9, mtime=0) for name, body in self._held.items()}
        everything = b"".join(self._held[name] for name in sorted(self._held))
        self.digest = hashlib.sha256(everything).hexdigest()[:DIGEST_CHARS]

    def address(self, name: str) -> str:
        """Return where a file is; KeyError if there is none."""
        self._held[name]
        return f"{STATIC}{self.digest}/{name}"

    async def answer(self, request: Request) -> Response:
        """Give out one file. Nothing of anybody is in it, so it is kept for good."""
        name = request.path_params["name"]
        if name not in self._held:
            return PlainTextResponse("There is no such file.", 404)
        headers = {"Vary": "Accept-Encoding"}
        if request.path_params["digest"] == self.digest:
            headers["Cache-Control"] = FOREVER
        body = self._held[name]
        if len(body) > SMALL_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = self._packed[name]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(body, headers=headers, media_type=kind)


class Drawing:
    """All templates, compiled once; whatever a page is told is escaped."""

    def __init__(self, static: Files, authority: str) -> None:
        """Compile what is always needed, so that no first asker waits."""
        own = PackageLoader("thin_client", "templates")
        govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
        self._pages = Environment(
            loader=ChoiceLoader([own, govuk]),
            autoescape=True,
            auto_reload=False,
            cache_size=-1,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.globals.update(words=words, static=static.address, authority=authority)
        self._pages.filters.update(words.FILTERS)
        for name in self._pages.list_templates():  # those of the components are ours' to import
            self._pages.get_template(name)

    def page(self, template: str, told: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """Draw a page."""
        return HTMLResponse(self._pages.get_template(template).render(told), status)
