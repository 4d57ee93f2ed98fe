"""Where a page goes on: sealed positions that serve the account and route they were given to."""

from index_service.crypto.envelope import SealBroken
from index_service.crypto.keyring import Keyring
from index_service.domain.errors import Code, Invalid
from index_service.services.admitting import Admitted
from index_service.services.attempt import Attempt


def cursor_position(
    keyring: Keyring, admitted: Admitted, attempt: Attempt, cursor: str | None
) -> bytes:
    """Return the position in a cursor, empty at the beginning; Invalid for any other's cursor."""
    if cursor is None:
        return b""
    try:
        return keyring.tags.open_cursor(admitted.asker.account_id, attempt.route, cursor)
    except SealBroken:
        raise Invalid(Code.QUERY_INVALID, "cursor") from None


def next_cursor(keyring: Keyring, admitted: Admitted, attempt: Attempt, position: bytes) -> str:
    """Return a cursor that goes on after a position."""
    return keyring.tags.seal_cursor(admitted.asker.account_id, attempt.route, position)
