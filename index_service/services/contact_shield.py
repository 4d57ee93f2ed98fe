"""Shielding a practitioner's own contact: everybody but the team is shown the team line."""

from dataclasses import replace
from uuid import UUID

from consent.facts import Action
from index_service.domain.errors import NotDisclosed
from index_service.domain.involvement import Contact, Involvement
from index_service.services.admitting import Admitted, Asked, Login, admit
from index_service.services.attempt import Attempt
from index_service.services.directory_rows import open_practitioner, reseal_practitioner
from index_service.services.index import Index
from index_service.services.lists import list_pointer
from index_service.services.opening import ABSENT
from index_service.services.pointers import decoy
from index_service.services.views import CONTACTS_SHIELDED
from index_service.services.writing import Change, recorded
from index_service.store.work import work_on


def contact_as_seen(admitted: Admitted, agency: str, contact: Contact) -> Contact:
    """Return a contact an agency recorded as this asker may see it."""
    role = admitted.asker.facts.role
    return admitted.view.contacts.seen_by(role, agency, contact)


def involvement_as_seen(admitted: Admitted, involvement: Involvement) -> Involvement:
    """Return an involvement with its contact as this asker may see it."""
    contact = admitted.view.contacts.seen_by(
        admitted.asker.facts.role,
        involvement.agency,
        involvement.contact,
        involvement.practitioner,
    )
    return replace(involvement, contact=contact)


class ContactShields:
    """Shields practitioners' own contact for one authority, and takes the shield away."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def change(
        self, login: Login, practitioner_id: UUID, attempt: Attempt, *, shielded: bool
    ) -> None:
        """Shield a practitioner's contact or not: in force in every worker's next request."""
        index, keyring = self._index, self._index.keyring
        asked = Asked(login, Action.KEEP_DIRECTORY, attempt.access)
        async with work_on(index.api, index.csa, index.log) as work:
            await admit(index, work.directory, asked, attempt)
            row = await work.directory.practitioner_to_change(practitioner_id)
            if row is None:
                raise NotDisclosed(ABSENT)
            before = open_practitioner(keyring, row)
            after = replace(before, contact_shielded=shielded)
            sealed = reseal_practitioner(keyring, row, after)
            await work.directory.replace_practitioner(practitioner_id, sealed)
            listed = list_pointer(keyring, CONTACTS_SHIELDED, practitioner_id)
            await work.children.remove_work([listed])
            await work.children.add_work([listed if shielded else decoy()])
            await work.directory.changed()
            await recorded(index, work, attempt, Change())
