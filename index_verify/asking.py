"""Asks a live log over HTTP: bounded, without redirects, and believes nothing it is answered."""

from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from index_verify.spelling import Malformed, from_json

ANSWER_LENGTH_MAX = 32 * 1024 * 1024
REFUSAL_LENGTH_MAX = 64 * 1024
WAIT_S_MAX = 30
NOT_SEALED = "leaf_not_sealed"
DROPPED = "log_year_dropped"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: the token is for this log alone."""


class NotThere(Exception):  # noqa: N818 (an answer of the log: 404)
    """The log itself says that it has no such leaf."""


class YearDropped(Exception):  # noqa: N818 (an answer of the log: 410)
    """The log itself says that the leaves of this year are dropped."""


@dataclass(frozen=True, slots=True)
class LiveLog:
    """A log's address, the token it is asked with if it wants one, and whose heads.

    Outsiders are given each hour's heads; the authority's auditors each minute's.
    """

    address: str
    token: str = ""
    kind: str = "hour"

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not near and (parts.scheme != "https" or not parts.hostname):
            raise Malformed("live_address")

    def get(self, *path: str, **asked: int | str) -> bytes:
        """Return an answer's body; NotThere, YearDropped, or Malformed with a refusal's code."""
        place = "/".join(quote(part, safe="") for part in path)
        url = f"{self.address.rstrip('/')}/v1/log/{place}"
        request = Request(f"{url}?{urlencode(asked)}" if asked else url)  # noqa: S310 (checked above)
        if self.token:
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        try:
            with build_opener(_NoRedirects).open(request, timeout=WAIT_S_MAX) as answer:
                body: bytes = answer.read(ANSWER_LENGTH_MAX + 1)
        except HTTPError as refused:
            with refused:
                own_word = _own_word(refused)
            if (refused.code, own_word) == (404, NOT_SEALED):
                raise NotThere from None
            if (refused.code, own_word) == (410, DROPPED):
                raise YearDropped from None
            raise Malformed("live_refused") from None
        except (URLError, HTTPException, OSError):
            raise Malformed("live_unreachable") from None
        if len(body) > ANSWER_LENGTH_MAX:
            raise Malformed("live_form")
        return body


def _own_word(refused: HTTPError) -> object:
    """Return the code of a refusal that is the log's own: any other accuses nobody."""
    try:
        said = from_json(refused.read(REFUSAL_LENGTH_MAX))
    except (ValueError, HTTPException, OSError):
        return None
    return said.get("code") if isinstance(said, dict) else None
