"""An authority's keys by purpose, each derived from its own secret and for nothing else."""

import time
from collections.abc import Callable
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from index_service.crypto.associated import associated, number_bytes
from index_service.crypto.digest import Digester, Referencer
from index_service.crypto.held import Held
from index_service.crypto.log_keys import LogKeys
from index_service.crypto.pointer import PointerSealer
from index_service.crypto.providers import KeyFault, KeyProvider, KeyRefused, KeyUse
from index_service.crypto.seal import RowSealer, WrapKeys
from index_service.crypto.tags import Tagger

_KEY_BYTES = 32
_SIV_KEY_BYTES = 64


class Keyring:
    """All that seals, digests and signs for one authority.

    Refuses to be made where a key is missing or unfit (KeyRefused). Versions are read
    once: a new version of a search key is in use after the workers have restarted.
    """

    def __init__(
        self, csa: str, provider: KeyProvider, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """`ticks` counts seconds; nothing here asks for the day."""
        if not csa:
            raise ValueError("an authority has a name")
        self.csa = csa
        self._provider = provider
        self.digests = Digester(self._live(KeyUse.INDEX, "search"))
        self.guards = Digester(self._live(KeyUse.GUARD, "search"))
        self.pointers = PointerSealer(
            self._live(KeyUse.POINTER, "child", _SIV_KEY_BYTES),
            self._live(KeyUse.POINTER, "small", _SIV_KEY_BYTES),
        )
        self.references = Referencer(self._only(KeyUse.REFERENCE, "reference"))
        self.rows = self._row_sealer("row")
        self.asked = self._row_sealer("asked")  # questions the tripwire replays
        self.tags = Tagger(csa, self._only(KeyUse.TAG, "mac"), self._only(KeyUse.TAG, "cursor"))
        self.wrap = WrapKeys(csa, provider, partial(self._derive, KeyUse.WRAP, "subject"), ticks)
        self.wrap.current_id()
        self._logs = Held(self._log_of, ticks)
        self.log_keys(self.log_years()[-1])
        self.receipt_key = Ed25519PrivateKey.from_private_bytes(
            self._only(KeyUse.RECEIPT, "ed25519")
        )

    def __repr__(self) -> str:
        return f"Keyring(csa={self.csa!r})"

    def log_keys(self, year: int) -> LogKeys:
        """Return the access log's keys of a year; KeyRefused where there are none."""
        return self._logs.of(year)

    def log_years(self) -> tuple[int, ...]:
        """Return the years the access log has keys for, oldest first."""
        return self._numbers(KeyUse.LOG)

    def _log_of(self, year: int) -> LogKeys:
        return LogKeys(self.csa, year, lambda part: self._derive(KeyUse.LOG, part, year))

    def _row_sealer(self, part: str) -> RowSealer:
        numbers = self._numbers(KeyUse.AUTHORITY)
        keys = {number: self._derive(KeyUse.AUTHORITY, part, number) for number in numbers}
        return RowSealer(self.csa, keys)

    def _only(self, use: KeyUse, part: str) -> bytes:
        """Derive from the one secret of a use that has no versions yet: number 1."""
        return self._derive(use, part, 1)

    def _live(self, use: KeyUse, part: str, length: int = _KEY_BYTES) -> list[bytes]:
        """Derive from every version of a use, newest first."""
        numbers = reversed(self._numbers(use))
        return [self._derive(use, part, number, length) for number in numbers]

    def _numbers(self, use: KeyUse) -> tuple[int, ...]:
        names = self._provider.names(f"{use}.")
        if not names:
            raise KeyRefused(KeyFault.MISSING, use)
        return tuple(int(name.partition(".")[2]) for name in names)

    def _derive(self, use: KeyUse, part: str, number: int, length: int = _KEY_BYTES) -> bytes:
        """HKDF-SHA-256 (RFC 5869) of a secret, bound to authority, purpose and version."""
        info = associated(
            b"isa/key/1", self.csa.encode(), use.encode(), part.encode(), number_bytes(number)
        )
        secret = self._provider.secret(f"{use}.{number}")
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(secret)
