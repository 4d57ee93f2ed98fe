"""Records the region's shield set has not answered about: the lists they wait on, unseen."""

from uuid import UUID

from index_service.crypto.keyring import Keyring
from index_service.services.pointers import Waits

_BUCKETS = 256  # on the day an authority is founded in a region, all its records may wait
_NO_LINE = bytes(16)


def _token(keyring: Keyring, bucket: int) -> bytes:
    return keyring.references.reference("unchecked", bytes((bucket,)))


def unchecked_pointer(keyring: Keyring, child_id: UUID, since_s: int) -> tuple[bytes, bytes]:
    """Return the row that lists a record for the check of the region's shield set."""
    token = _token(keyring, child_id.bytes[0])
    data = bytes((Waits.UNCHECKED,)) + child_id.bytes + _NO_LINE + since_s.to_bytes(4)
    return token, keyring.pointers.seal_small(token, data)


def unchecked_tokens(keyring: Keyring) -> list[bytes]:
    """Return the tokens all records that wait for the shield set are listed under."""
    return [_token(keyring, bucket) for bucket in range(_BUCKETS)]
