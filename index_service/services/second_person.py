"""Who counts as a second person: somebody else, not the same one by another account."""

from uuid import UUID

from index_service.domain.access import Asker
from index_service.domain.errors import Code, Invalid
from index_service.services.admitting import Admitted
from index_service.services.directory_rows import open_account
from index_service.services.index import Index
from index_service.store.work import Work


def known_as(asker: Asker) -> UUID:
    """Return whom an asker is known as: the practitioner behind the account, if one is named."""
    return asker.practitioner_id or asker.account_id


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
    row = await work.directory.account_beheld(UUID(account))
    assert row is not None  # INVARIANT: accounts are closed, never deleted
    first = open_account(index.keyring, UUID(account), row["sealed"])
    if known_as(admitted.asker) == (first.practitioner_id or first.id):
        raise Invalid(Code.SECOND_PERSON_NEEDED)
