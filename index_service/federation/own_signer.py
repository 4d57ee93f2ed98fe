"""How a member signs while its keys roll over: with the newest that the directory lets count."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from index_service.domain.clock import Clock
from index_service.federation.directory import RegionDirectory
from index_service.federation.message import Sent, Signer


class OwnSigner:
    """Signs with the newest of this process's keys that the directory in force lets count."""

    def __init__(self, keys: Sequence[tuple[str, Ed25519PrivateKey]], clock: Clock) -> None:
        """`keys` by id, newest first."""
        self._signers = tuple(Signer(key_id, private, clock) for key_id, private in keys)
        self._clock = clock
        self._directory: RegionDirectory | None = None

    @property
    def public_keys(self) -> dict[str, bytes]:
        """The public halves, by id."""
        return {each.key_id: each.private.public_key().public_bytes_raw() for each in self._signers}

    def told(self, directory: RegionDirectory) -> None:
        """Take note of the directory in force."""
        self._directory = directory

    def request(self, method: str, url: str, body: bytes) -> Sent:
        """Return a signed request's head."""
        return self._signer().request(method, url, body)

    def answer(self, status: int, body: bytes, in_reply_to: str) -> Sent:
        """Return a signed answer's head."""
        return self._signer().answer(status, body, in_reply_to)

    def _signer(self) -> Signer:
        if self._directory is not None:
            own, now = self._directory.own, self._clock.now()
            for signer in self._signers:
                if own.key(signer.key_id, now) is not None:
                    return signer
        return self._signers[0]
