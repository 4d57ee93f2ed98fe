"""The provider's pages: rendered here, escaped, without a script, under a content policy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HTML: Final = Path(__file__).with_name("html")
POLICY: Final = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'"
_CSS: Final = (HTML / "sign-in.css").read_text("utf-8")
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HTML), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_NO_PROBLEM: Final[Mapping[str, object]] = {"problem": "", "about": "main"}


def page(
    name: str, told: Mapping[str, object], goes_to: str | None = None, status: int = 200
) -> web.Response:
    """Return a page; `goes_to` is where its forms may be led beside the provider itself.

    Browsers hold form-action against every redirect that follows a form, too.
    """
    text = _TEMPLATES.get_template(f"{name}.html").render({**_NO_PROBLEM, **told})
    answer = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    targets = "'self'" if goes_to is None else f"'self' {_origin(goes_to)}"
    answer.headers.update(_headers(f"{POLICY}; form-action {targets}; frame-ancestors 'none'"))
    return answer


def notice(title: str, text: str, status: int = 200) -> web.Response:
    """Return a page that says one thing."""
    return page("notice", {"title": title, "text": text}, status=status)


def nothing_to_go_on() -> web.Response:
    """Return what is said where a login is over, ran out or began in another browser."""
    text = "This sign-in is over or was begun elsewhere. Go back to where you began and try again."
    return notice("Start again", text, status=400)


async def styles(_request: web.Request) -> web.Response:
    """Answer with the pages' style sheet."""
    answer = web.Response(text=_CSS, content_type="text/css", charset="utf-8")
    answer.headers.update(_headers(POLICY))
    return answer


def _headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
