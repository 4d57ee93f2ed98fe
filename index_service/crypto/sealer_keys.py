"""The sealer's own secrets: two seeds that sign heads, and marks on what it has sealed.

They lie in a directory of their own; the sealer holds none of the index's keys, and the
index none of these.
"""

import hashlib
import hmac
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from index_service.crypto.associated import associated
from index_service.crypto.providers import KeyFault, KeyProvider, KeyRefused

ED25519_NAME = "head_ed25519.1"
ML_DSA_NAME = "head_ml_dsa.1"
_NAMES = (ED25519_NAME, ML_DSA_NAME)


def make_sealer_keys(provider: KeyProvider) -> None:
    """Create both seeds in an empty directory; refuse beside any other key."""
    if present := provider.names():
        raise KeyRefused(KeyFault.EXISTS, present[0])
    for name in _NAMES:
        provider.create(name)


class SealerSecrets:
    """The two seeds, and the marks derived from the first. Refuses a directory with more in it."""

    def __init__(self, csa: str, provider: KeyProvider) -> None:
        strangers = [name for name in provider.names() if name not in _NAMES]
        if strangers:  # whoever holds the index's keys as well could forge entries and sign them
            raise KeyRefused(KeyFault.NAME, strangers[0])
        self.ed25519_seed = provider.secret(ED25519_NAME)
        self.ml_dsa_seed = provider.secret(ML_DSA_NAME)
        self._csa = csa.encode()
        info = associated(b"isa/sealer/mark/1", self._csa)
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
        self._mark_key = derived.derive(self.ed25519_seed)

    def __repr__(self) -> str:
        return "SealerSecrets()"

    def mark(self, writer: UUID, seq: int, hash_: bytes, previous: bytes) -> bytes:
        """Return the MAC that says: this sealer sealed a writer's batches up to this one."""
        message = associated(self._csa, writer.bytes, seq.to_bytes(8), hash_, previous)
        return hmac.new(self._mark_key, message, hashlib.sha256).digest()

    def marked(self, writer: UUID, seq: int, hash_: bytes, previous: bytes, mark: bytes) -> bool:
        """Return whether a mark is ours."""
        return hmac.compare_digest(self.mark(writer, seq, hash_, previous), mark)
