"""From the request to who asks and what is stated with the question; no child is involved."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Coroutine
from hmac import compare_digest
from ssl import PEM_cert_to_DER_cert
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute

from consent.facts import AccessReason, Action, Purpose
from index_service.crypto.digest import Referencer
from index_service.domain.access import Access, checked_reference
from index_service.domain.errors import Code, Invalid, Refused
from index_service.domain.shapes import UUID_TEXT
from index_service.identity.verifier import Confirmation, ConfirmationMethod, StrictVerifier
from index_service.services.admitting import Login
from index_service.services.attempt import SCOPE_KEY, Attempt

_LOGIN = "index.login"
_BEARER = re.compile(r"[Bb]earer ([\x21-\x7e]+)")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_ID = re.compile(UUID_TEXT.pattern)
_ETAG = re.compile(r'"([A-Za-z0-9_-]{22})"')
_Word = TypeVar("_Word", Purpose, AccessReason)


class Identify:
    """Knows the asker by the token alone; what the asker may do, the index knows itself."""

    def __init__(self, verifier: StrictVerifier, references: Referencer) -> None:
        self._verifier = verifier
        self._references = references

    async def token(self, request: Request) -> None:
        """Verify the token before anything else of the request is looked at."""
        given = request.headers.getlist("authorization")
        match = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
        if match is None:
            raise Refused(Code.NOT_AUTHENTICATED)
        claims = await self._verifier.verify(match[1])
        if claims.confirmation is not None and not _proven(request, claims.confirmation):
            raise Refused(Code.NOT_AUTHENTICATED)
        attempt: Attempt = request.scope[SCOPE_KEY]
        attempt.token_verified = True
        attempt.login = self._references.login(claims.issuer, claims.subject).hex()
        bound = claims.confirmation is not None
        request.scope[_LOGIN] = Login(claims.issuer, claims.subject, bound)

    def __call__(
        self, request: Request, action: Action, *, mediated: bool = False
    ) -> tuple[Login, Attempt]:
        """Return the login behind a request and its attempt, noting what was stated.

        `mediated`: the route may be asked on a requester's behalf. Anywhere else a grant
        stated is refused, never left out of account.
        """
        attempt: Attempt = request.scope[SCOPE_KEY]
        attempt.action = action.value
        attempt.route = request.scope["route"].path_format
        attempt.access = stated_access(request, mediated=mediated)
        attempt.mediation = str(attempt.access.mediation or "")
        login: Login = request.scope[_LOGIN]
        return login, attempt

    def route(self, kind: type[APIRoute]) -> type[APIRoute]:
        """Return a route class that verifies the token first, whatever the route does."""
        verify = self.token

        class Governed(kind):  # type: ignore[misc,valid-type]  # a base given at run time
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                handle = super().get_route_handler()

                async def handle_identified(request: Request) -> Response:
                    await verify(request)
                    answer: Response = await handle(request)
                    return answer

                return handle_identified

        return Governed


def _proven(request: Request, confirmation: Confirmation) -> bool:
    """Return whether this connection proves the key a token is bound to.

    Only certificates can be proven here, as the server hands them over (ASGI TLS
    extension); a token bound to another kind of key is no bearer token and is refused.
    """
    if confirmation.method is not ConfirmationMethod.CERTIFICATE:
        return False
    tls = (request.scope.get("extensions") or {}).get("tls") or {}
    chain = tls.get("client_cert_chain") or ()
    if not chain:
        return False
    digest = hashlib.sha256(PEM_cert_to_DER_cert(chain[0])).digest()
    presented = urlsafe_b64encode(digest).rstrip(b"=")
    return compare_digest(presented, confirmation.thumbprint.encode())


def stated_access(request: Request, *, mediated: bool = False) -> Access:
    """Return purpose, reason, reference and grant as stated; Invalid for words nobody knows."""
    return Access(
        _word(request, "access-purpose", Purpose),
        _word(request, "access-reason", AccessReason),
        _reference(request),
        _mediation(request, mediated=mediated),
    )


def _one(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise Invalid(Code.HEADER_INVALID, name.title())
    return values[0] if values else None


def _word(request: Request, name: str, words: type[_Word]) -> _Word | None:
    value = _one(request, name)
    if value is None:
        return None
    if value not in words._value2member_map_:
        raise Invalid(Code.HEADER_INVALID, name.title())
    return words(value)


def _reference(request: Request) -> str | None:
    value = _one(request, "access-reference")
    return None if value is None else checked_reference(value)


def _mediation(request: Request, *, mediated: bool) -> UUID | None:
    value = _one(request, "access-mediation")
    if value is None:
        return None
    if not mediated or not _ID.fullmatch(value):
        raise Invalid(Code.HEADER_INVALID, "Access-Mediation")
    return UUID(value)


def idempotency_key(request: Request) -> str:
    """Return the key under which a creation takes effect once."""
    value = _one(request, "idempotency-key")
    if value is None:
        raise Invalid(Code.IDEMPOTENCY_KEY_MISSING, "Idempotency-Key")
    if not _KEY.fullmatch(value):
        raise Invalid(Code.HEADER_INVALID, "Idempotency-Key")
    return value


def if_match(request: Request) -> str:
    """Return the one entity tag an amendment is conditional on."""
    value = _one(request, "if-match")
    if value is None:
        raise Invalid(Code.PRECONDITION_MISSING, "If-Match")
    match = _ETAG.fullmatch(value)
    if match is None:
        raise Invalid(Code.HEADER_INVALID, "If-Match")
    return match[1]
