"""Named lists of ids, as sealed pointers among the others: a list shows neither name nor length."""

from uuid import UUID

from index_service.crypto.keyring import Keyring

_BUCKETS = 16
_REST = bytes(20)  # makes the row as long as every other: a size tells nothing


def _list_token(keyring: Keyring, name: str, bucket: int) -> bytes:
    return keyring.references.reference("list", name.encode(), bytes((bucket,)))


def list_tokens(keyring: Keyring, name: str) -> list[bytes]:
    """Return the tokens a named list of ids lies under: in order, so that pages go on."""
    return [_list_token(keyring, name, bucket) for bucket in range(_BUCKETS)]


def list_pointer(keyring: Keyring, name: str, listed: UUID) -> tuple[bytes, bytes]:
    """Return the row that puts an id on a named list; the same each time, so it can be removed."""
    token = _list_token(keyring, name, listed.bytes[0] % _BUCKETS)
    data = b"\x00" + listed.bytes + _REST
    return token, keyring.pointers.seal_small(token, data)


def open_listed(keyring: Keyring, token: bytes, pointer: bytes) -> UUID:
    """Return the id a list's row stands for."""
    return UUID(bytes=keyring.pointers.open_small(token, pointer)[1:17])
