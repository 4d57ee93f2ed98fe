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
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: the token is for this log alone."""


class NotThere(Exception):  # noqa: N818 (an answer of the log: 404)
    """The log itself says that it has no such leaf."""


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
        """Return an answer's body; NotThere, or Malformed with the code of a refusal."""
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
                not_sealed = refused.code == 404 and _says_not_sealed(refused)
            if not_sealed:
                raise NotThere from None
            raise Malformed("live_refused") from None
        except (URLError, HTTPException, OSError):
            raise Malformed("live_unreachable") from None
        if len(body) > ANSWER_LENGTH_MAX:
            raise Malformed("live_form")
        return body


def _says_not_sealed(refused: HTTPError) -> bool:
    """Return whether a 404 is the log's own word on a leaf: any other accuses nobody."""
    try:
        said = from_json(refused.read(REFUSAL_LENGTH_MAX))
    except (ValueError, HTTPException, OSError):
        return False
    return isinstance(said, dict) and said.get("code") == NOT_SEALED
