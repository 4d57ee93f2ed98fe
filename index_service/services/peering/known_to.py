"""References under which one other authority, and no second one, knows who asks here."""

from uuid import UUID

from index_service.crypto.keyring import Keyring
from index_service.domain.access import Asker
from index_service.federation.question import PeerAsker


def known_to(keyring: Keyring, member: str, what: str, its_id: UUID) -> UUID:
    """Return what an account or agency of this authority is called towards a member."""
    make = keyring.references.reference
    return UUID(bytes=make("known to a peer as", member.encode(), what.encode(), its_id.bytes))


def asker_told(keyring: Keyring, member: str, asker: Asker) -> PeerAsker:
    """Return who asks as a member is told it: what it decides on, and no more."""
    facts = asker.facts
    return PeerAsker(
        account=known_to(keyring, member, "account", asker.account_id),
        agency=known_to(keyring, member, "agency", asker.agency_id),
        role=facts.role,
        agency_kind=facts.agency_kind,
        checked_on=facts.checked_on,
        trained_on=facts.trained_on,
        signed_on=facts.signed_on,
    )
