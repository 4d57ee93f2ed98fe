"""Judging a message of another member: who sent it, whether it may be heard, whether it is new.

In this order: the certificate's key, the signature, suspension, novelty, version, route. The
directory's version and the suspensions are of one instant, read for this message.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from index_service.crypto.associated import associated
from index_service.crypto.seal import RowSealer
from index_service.domain.clock import Clock
from index_service.federation.client import version_of
from index_service.federation.errors import MessageRefused, PeerCode
from index_service.federation.members import Member
from index_service.federation.message import Received, Sender, key_id_of, verify_request
from index_service.federation.sizes import NONCE_KEPT_S, VERSIONS
from index_service.services.peering.heard import PeerAsked, PeerHandler
from index_service.services.peering.region import Region, Standing
from index_service.store.membership import Nonces

FORGET_EVERY = timedelta(seconds=60)
_REF_BYTES = 16


@dataclass(frozen=True, slots=True)
class Knock:
    """A request before a byte of its body is read: its path, header lines, and whose key came."""

    path: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    pin: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Known:
    """A member whose certificate's key the directory in force names."""

    standing: Standing
    member: Member


class Hearing:
    """What one process hears messages with."""

    def __init__(
        self,
        region: Region,
        nonces: Nonces,
        rows: RowSealer,
        clock: Clock,
        versions: Sequence[int] = VERSIONS,
    ) -> None:
        self.region = region
        self._nonces = nonces
        self._rows = rows
        self._clock = clock
        self._versions = tuple(versions)
        self._forgotten_at = clock.now()

    async def known(self, knock: Knock) -> Known:
        """Return whose certificate it is, or MessageRefused before anything is read."""
        standing = await self.region.standing()
        if standing is None:
            raise MessageRefused(PeerCode.UNKNOWN_MEMBER)
        member = standing.directory.by_certificate(knock.pin)
        if member is None:
            claimed = standing.directory.key(key_id_of(knock.headers))
            code = PeerCode.CERTIFICATE_MISMATCH if claimed else PeerCode.UNKNOWN_MEMBER
            raise MessageRefused(code)
        return Known(standing, member)

    async def heard(
        self, known: Known, knock: Knock, body: bytes, handlers: Mapping[str, PeerHandler]
    ) -> tuple[PeerHandler, PeerAsked]:
        """Return a message that counts and what answers it, or MessageRefused."""
        directory = known.standing.directory
        target = f"POST {directory.own.url}{knock.path}"
        received = Received(target, knock.headers, body)
        sender, sent = verify_request(received, directory, self._clock.now())
        if sender.member is not known.member:
            raise MessageRefused(PeerCode.CERTIFICATE_MISMATCH)
        if known.standing.is_suspended(sender.member):
            raise MessageRefused(PeerCode.SUSPENDED)
        if not await self._is_first(sender):
            raise MessageRefused(PeerCode.REPLAYED)
        handler = self._handler(sender, knock.path, handlers)
        asked = PeerAsked(
            sender=sender,
            sent=sent,
            body=body,
            standing=known.standing,
            handler=handler,
            signer=self.region.signer,
            rows=self._rows,
            request_id=knock.request_id,
        )
        return handler, asked

    def _handler(
        self, sender: Sender, path: str, handlers: Mapping[str, PeerHandler]
    ) -> PeerHandler:
        version = version_of(path)
        if version not in self._versions or version not in sender.member.versions:
            raise MessageRefused(PeerCode.VERSION_UNSUPPORTED)
        handler = handlers.get(path)
        if handler is None or sender.member.kind not in handler.senders:
            raise MessageRefused(PeerCode.MALFORMED)
        return handler

    async def _is_first(self, sender: Sender) -> bool:
        now = self._clock.now()
        text = associated(b"isa/nonce/1", sender.key.encode(), sender.nonce.encode())
        ref = hashlib.sha256(text).digest()[:_REF_BYTES]
        first = await self._nonces.first(ref, now)
        if abs(now - self._forgotten_at) > FORGET_EVERY:  # a clock may be set back
            self._forgotten_at = now
            await self._nonces.forget(now - timedelta(seconds=NONCE_KEPT_S))
        return first
