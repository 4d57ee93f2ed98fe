"""What the answer of leg 1 gives along for leg 2: sealed, so that nothing need be kept here."""

from dataclasses import dataclass
from uuid import UUID

from index_service.crypto.associated import associated
from index_service.crypto.envelope import SealBroken
from index_service.crypto.keyring import Keyring

TICKET_S = 120
_BYTES = 48
_TABLE = "peer_ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What leg 1 came to: whether to go on, for what was stated, and when."""

    go_on: bool
    stated: bytes
    at_s: int

    def is_fresh(self, now_s: int) -> bool:
        """Return whether leg 2 may still come with it."""
        return 0 <= now_s - self.at_s <= TICKET_S


def seal_ticket(keyring: Keyring, member: str, question_id: UUID, ticket: Ticket) -> bytes:
    """Seal a ticket for one question of one member; all are alike in size."""
    text = bytes((1, ticket.go_on)) + ticket.at_s.to_bytes(8) + ticket.stated
    return keyring.rows.seal(_TABLE, _bound(member, question_id), text, _BYTES)


def open_ticket(keyring: Keyring, member: str, question_id: UUID, sealed: bytes) -> Ticket | None:
    """Open a ticket given to this member for this question, or None."""
    try:
        text = keyring.rows.open(_TABLE, _bound(member, question_id), sealed)
    except SealBroken:
        return None
    return Ticket(bool(text[1]), text[10:], int.from_bytes(text[2:10]))


def _bound(member: str, question_id: UUID) -> bytes:
    return associated(member.encode(), question_id.bytes)
