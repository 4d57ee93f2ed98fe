"""Who counts as a second person: somebody else, not the same one by another account."""

from uuid import UUID

from index_service.domain.access import Asker
from index_service.domain.errors import Code, Invalid
from index_service.services.admitting import Admitted
from index_service.services.directory_rows import open_account
from index_service.services.index import Index
from index_service.store.work import Work


async def accounts_of(index: Index, work: Work, asker: Asker) -> frozenset[str]:
    """Return the ids of every account of the person who asks, closed ones too."""
    own = frozenset({str(asker.account_id)})
    if asker.practitioner_id is None:
        return own
    accounts = (
        open_account(index.keyring, row["account_id"], row["sealed"])
        for row in await work.staff.accounts()
    )
    return own | {
        str(each.id) for each in accounts if each.practitioner_id == asker.practitioner_id
    }


async def must_be_another(index: Index, work: Work, admitted: Admitted, account: str) -> None:
    """Raise unless whoever asks is another person than the one behind an account."""
    first = await known_behind(index, work, UUID(account))
    assert first is not None  # INVARIANT: accounts are closed, never deleted
    if first == admitted.asker.known_as:
        raise Invalid(Code.SECOND_PERSON_NEEDED)


async def known_behind(index: Index, work: Work, account_id: UUID) -> UUID | None:
    """Return whom an account's holder is known as, or None if there is no such account."""
    row = await work.directory.account_beheld(account_id)
    if row is None:
        return None
    account = open_account(index.keyring, account_id, row["sealed"])
    return account.practitioner_id or account.id
