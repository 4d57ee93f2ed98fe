"""A member's keys in its region, and a registrar's: seeds of Ed25519 among its other secrets.

Made only when asked for: an authority outside any region has none. Keys roll over by number;
which of them counts when, the region's directory says.
"""

from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from index_service.crypto.associated import associated, number_bytes
from index_service.crypto.providers import KeyFault, KeyProvider, KeyRefused

REGISTRAR_NAME = "registrar_ed25519.1"


class PeerKeyUse(StrEnum):
    """Who signs: the processes that answer people, or those that run by themselves."""

    SERVE = "serve"
    MANAGE = "manage"


def key_id(member: str, use: PeerKeyUse, number: int) -> str:
    """Return what a key is called in the region's directory."""
    return f"{member}/{use}/{number}"


def make_peer_keys(provider: KeyProvider) -> int:
    """Make the next key of each use beside the former ones; return its number."""
    taken = [number for use in PeerKeyUse for number in _numbers(provider, use)]
    number = max(taken, default=0) + 1
    for use in PeerKeyUse:
        provider.create(f"peer_{use}.{number}")
    return number


def peer_keys(
    member: str, provider: KeyProvider, use: PeerKeyUse
) -> tuple[tuple[str, Ed25519PrivateKey], ...]:
    """Return a member's keys of a use with their ids, newest first; KeyRefused without any."""
    numbers = sorted(_numbers(provider, use), reverse=True)
    if not numbers:
        raise KeyRefused(KeyFault.MISSING, f"peer_{use}")
    return tuple((key_id(member, use, each), _key(member, provider, use, each)) for each in numbers)


def make_registrar_key(provider: KeyProvider) -> None:
    """Create a registrar's seed in an empty directory; refuse beside any other key."""
    if present := provider.names():
        raise KeyRefused(KeyFault.EXISTS, present[0])
    provider.create(REGISTRAR_NAME)


def registrar_key(provider: KeyProvider) -> Ed25519PrivateKey:
    """Return a registrar's key; refuse beside any other: no member signs its own admission."""
    strangers = [name for name in provider.names() if name != REGISTRAR_NAME]
    if strangers:
        raise KeyRefused(KeyFault.NAME, strangers[0])
    return Ed25519PrivateKey.from_private_bytes(provider.secret(REGISTRAR_NAME))


def _numbers(provider: KeyProvider, use: PeerKeyUse) -> list[int]:
    return [int(name.partition(".")[2]) for name in provider.names(f"peer_{use}.")]


def _key(member: str, provider: KeyProvider, use: PeerKeyUse, number: int) -> Ed25519PrivateKey:
    """HKDF-SHA-256 of the secret, bound to the member, the use and the number."""
    info = associated(b"isa/key/1", member.encode(), b"peer", use.encode(), number_bytes(number))
    secret = provider.secret(f"peer_{use}.{number}")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
    return Ed25519PrivateKey.from_private_bytes(derived)
