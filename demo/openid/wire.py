"""How the provider reads parameters and answers in JSON: once each, in one encoding, uncached."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from aiohttp import web

FIELDS_MAX = 40
SCOPES = frozenset({"openid", "profile"})
FORM = "application/x-www-form-urlencoded"


class Malformed(Exception):  # noqa: N818 (what a request is)
    """Parameters that cannot be read in one way only."""


class GrantRefused(Exception):  # noqa: N818 (what became of a grant)
    """A grant that gives no token; the code is one of RFC 6749 section 5.2 or RFC 8628's."""

    def __init__(self, code: str) -> None:
        """Keep the code to answer with."""
        super().__init__(code)
        self.code = code


def queried(request: web.Request) -> dict[str, str]:
    """Return the parameters of a request's address."""
    return _fields(request.rel_url.raw_query_string)


async def posted(request: web.Request) -> dict[str, str]:
    """Return the parameters of a posted form."""
    if request.content_type != FORM:
        raise Malformed
    try:
        return _fields((await request.read()).decode("ascii"))
    except UnicodeDecodeError:
        raise Malformed from None


def _fields(text: str) -> dict[str, str]:
    """Return parameters by name; none twice, and one without a value is not there (RFC 6749)."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError:
        raise Malformed from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed
    return {name: value for name, value in found.items() if value}


def scope_of(fields: Mapping[str, str]) -> str | None:
    """Return the scope asked for in one order; None unless it is of the kinds there are."""
    asked = set(fields.get("scope", "").split(" "))
    return " ".join(sorted(asked)) if "openid" in asked and asked <= SCOPES else None


def answer(document: Mapping[str, object], status: int = 200) -> web.Response:
    """Return a document as an answer nobody keeps."""
    return web.Response(
        body=orjson.dumps(document),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def refused(code: str) -> web.Response:
    """Return an error of the token endpoint; only a failed login of the application is a 401."""
    return answer({"error": code}, status=401 if code == "invalid_client" else 400)


def with_query(address: str, fields: Iterable[tuple[str, str | None]]) -> str:
    """Return an address with fields added to its query; those without a value are left out."""
    told = urlencode([(name, value) for name, value in fields if value is not None])
    if not told:
        return address
    return f"{address}{'&' if urlsplit(address).query else '?'}{told}"


def see_other(address: str) -> web.Response:
    """Return a redirect that is followed with GET, whatever led to it."""
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
