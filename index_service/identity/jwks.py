"""The issuer's public keys: fetched over https, checked on load, kept while it is away.

A key is pinned to one algorithm when it is loaded; what a token claims chooses nothing
but the key's id.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

import aiohttp
from jose import backends, jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

from index_service.domain.clock import Clock
from index_service.identity.parsing import decoded, parsed_object

# python-jose falls back to pure Python signatures, which leak by timing, in silence.
for _kind in (backends.ECKey, backends.RSAKey):
    if _kind is None or _kind.__module__ != "jose.backends.cryptography_backend":
        raise ImportError("python-jose runs without its cryptography backend")

REFRESH_SECONDS = 300  # a key the issuer withdrew is honoured this long, and a cached token more
STALE_SECONDS_MAX = 4 * 3600  # how long the last good set serves while the issuer is away
COOL_DOWN_SECONDS = 5  # between two attempts, whatever the tokens say
UNKNOWN_SECONDS = 60  # how long an unknown key id causes no further attempt
UNKNOWN_IDS_MAX = 1024
FETCH_SECONDS_MAX = 3.0
SET_BYTES_MAX = 64 * 1024
KEYS_MAX = 32
KEY_ID_LENGTH_MAX = 256
RSA_BITS_MIN, RSA_BITS_MAX = 2048, 4096
RSA_EXPONENT = "AQAB"  # 65537
SECRET_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "k", "oth"})

_log = logging.getLogger(__name__)


class NotHttps(ValueError):  # noqa: N818 (what is wrong with an address)
    """An address of the issuer is not a plain https one; nothing starts with it."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One public key, the only algorithm it may verify, and the length of its signatures."""

    kid: str
    alg: str
    signature_bytes: int
    material: tuple[str, ...]
    key: Key = field(compare=False, repr=False)


def checked_https(url: str) -> str:
    """Return an https address without credentials or fragment; NotHttps for any other."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.fragment or "@" in parts.netloc:
        raise NotHttps("the issuer's addresses must be https, without credentials or fragment")
    return url


def key_set(document: bytes) -> dict[str, VerificationKey]:
    """Return the usable keys of a JWK set by id; ValueError for a set not to be trusted.

    Keys for other uses, kinds or strengths are passed over. Two usable keys of one id, or
    none, mean the set is not what it should be, and the one before it stays.
    """
    listed = parsed_object(document).get("keys")
    if not isinstance(listed, list) or len(listed) > KEYS_MAX:
        raise ValueError("no list of keys")
    usable = [key for entry in listed if (key := _usable(entry)) is not None]
    by_id = {key.kid: key for key in usable}
    if not usable or len(by_id) != len(usable):
        raise ValueError("no usable key, or two of one id")
    return by_id


def _usable(entry: object) -> VerificationKey | None:
    if not isinstance(entry, dict) or SECRET_PARTS & entry.keys() or entry.get("use") != "sig":
        return None
    kid = entry.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= KEY_ID_LENGTH_MAX:
        return None
    try:
        alg, names, signature_bytes = _pinned(entry)
        public = {name: entry[name] for name in ("kty", *names)}
        # One JWK dictionary, never PEM or DER: from bytes jose takes a public key for a secret.
        key = jwk.construct(public, algorithm=alg)
    except (JOSEError, ValueError, KeyError):
        return None
    uses = entry.get("key_ops", ["verify"])
    if entry.get("alg", alg) != alg or not isinstance(uses, list) or "verify" not in uses:
        return None
    return VerificationKey(kid, alg, signature_bytes, (alg, *map(str, public.values())), key)


def _pinned(entry: Mapping[str, object]) -> tuple[str, tuple[str, ...], int]:
    """Return the algorithm, the names of the public parts and the length of a signature."""
    if entry.get("kty") == "EC" and entry.get("crv") == "P-256":
        if len(_part(entry, "x")) != 32 or len(_part(entry, "y")) != 32:
            raise ValueError
        return "ES256", ("crv", "x", "y"), 64
    if entry.get("kty") == "RSA" and entry.get("e") == RSA_EXPONENT:
        modulus = _part(entry, "n")
        bits = int.from_bytes(modulus).bit_length()
        if not RSA_BITS_MIN <= bits <= RSA_BITS_MAX or modulus[0] == 0:
            raise ValueError
        return "RS256", ("n", "e"), len(modulus)
    raise ValueError


def _part(entry: Mapping[str, object], name: str) -> bytes:
    text = entry.get(name)
    if not isinstance(text, str):
        raise ValueError
    return decoded(text)


class Jwks:
    """The key set at one address. Belongs to one event loop; close it with its owner."""

    def __init__(self, url: str, ca_file: str | None, clock: Clock) -> None:
        """Bind an https address; `ca_file` names the only authorities then trusted."""
        self._url = checked_https(url)
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._clock = clock
        self._keys: Mapping[str, VerificationKey] = MappingProxyType({})
        self._fetched_s: float | None = None
        self._tried_s: float | None = None
        self._fetch: asyncio.Task[None] | None = None
        self._unknown: dict[str, float] = {}
        self.version = 0  # changes whenever the set does

    async def key(self, kid: str) -> VerificationKey | None:
        """Return the key of an id, asking the issuer about an unknown one now and then."""
        now_s = self._clock.now().timestamp()
        self._forget_when_stale(now_s)
        if self._fetched_s is not None and now_s - self._fetched_s >= REFRESH_SECONDS:
            self._begin_fetch(now_s)  # nobody waits for it: the old set serves meanwhile
        found = self._keys.get(kid)
        if found is not None or now_s < self._unknown.get(kid, 0):
            return found
        fetch = self._begin_fetch(now_s)
        if fetch is not None:
            # Shielded: the asker whose request began it may go away, others wait for it too.
            await asyncio.shield(fetch)
            if kid not in self._keys:
                self._remember_unknown(kid, now_s)
        return self._keys.get(kid)

    async def close(self) -> None:
        """End a fetch under way."""
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.gather(self._fetch, return_exceptions=True)

    def _forget_when_stale(self, now_s: float) -> None:
        if self._fetched_s is not None and now_s - self._fetched_s >= STALE_SECONDS_MAX:
            _log.error("key set given up: not renewed for %d s", STALE_SECONDS_MAX)
            self._adopt({})
            self._fetched_s = None

    def _begin_fetch(self, now_s: float) -> asyncio.Task[None] | None:
        """Return the fetch under way or a new one; None within the cool-down."""
        if self._fetch is not None and not self._fetch.done():
            return self._fetch
        if self._tried_s is not None and 0 <= now_s - self._tried_s < COOL_DOWN_SECONDS:
            return None
        self._tried_s = now_s
        self._fetch = asyncio.create_task(self._renew())
        return self._fetch

    async def _renew(self) -> None:
        try:
            keys = key_set(await self._download())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            _log.warning("key set not renewed: %s", type(error).__name__)
            return
        self._adopt(keys)
        self._fetched_s = self._clock.now().timestamp()

    def _adopt(self, keys: dict[str, VerificationKey]) -> None:
        if keys != self._keys:
            self._keys = MappingProxyType(keys)
            self.version += 1

    async def _download(self) -> bytes:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS_MAX),
                connector=aiohttp.TCPConnector(ssl=self._tls),
                # Unpacking is off: a small answer must not become a large one.
                auto_decompress=False,
            ) as session,
            session.get(
                self._url,
                allow_redirects=False,
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            ) as answer,
        ):
            if answer.status != 200:
                raise ValueError("no key set there")
            document = bytearray()
            async for chunk in answer.content.iter_chunked(8192):
                document += chunk
                if len(document) > SET_BYTES_MAX:
                    raise ValueError("key set too large")
            return bytes(document)

    def _remember_unknown(self, kid: str, now_s: float) -> None:
        if len(self._unknown) >= UNKNOWN_IDS_MAX:
            del self._unknown[next(iter(self._unknown))]
        self._unknown[kid] = now_s + UNKNOWN_SECONDS
