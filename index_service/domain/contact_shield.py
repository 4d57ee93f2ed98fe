"""Practitioners whose own contact is kept from everybody but the team: their line is shown.

A practitioner may be in danger of those who would find a child through them. Whoever is
marked is reached through the team that answers for them, by their own agency too.
"""

from dataclasses import dataclass, replace

from consent.facts import Role
from index_service.domain.directory import Practitioner
from index_service.domain.involvement import Contact, PersonContact
from index_service.domain.matching import fold


@dataclass(frozen=True, slots=True)
class ShieldedContacts:
    """The practitioners so marked: by id, and by what an agency's lines call them.

    `known` holds (agency id, name or number or address of theirs): lines of a feed name a
    practitioner without an id.
    """

    ids: frozenset[str] = frozenset()
    known: frozenset[tuple[str, str]] = frozenset()

    def seen_by(
        self, role: Role, agency: str, contact: Contact, practitioner: str | None = None
    ) -> Contact:
        """Return a contact as this role may see it: the team line alone, where one is marked."""
        person = contact.person
        if role is Role.MANAGEMENT_TEAM or (person is None and practitioner is None):
            return contact
        named = {(agency, word) for word in _words(person)} if person else set()
        if practitioner not in self.ids and named.isdisjoint(self.known):
            return contact
        return replace(contact, person=None, ask_for_duty=True)


def shielded_contacts(marked: list[Practitioner]) -> ShieldedContacts:
    """Return the look-up of these practitioners."""
    return ShieldedContacts(
        frozenset(str(who.id) for who in marked),
        frozenset(
            (str(who.agency_id), word)
            for who in marked
            for word in _words(PersonContact(who.name, who.phone, who.email))
        ),
    )


def _words(person: PersonContact) -> list[str]:
    """Return what a person is known by, each written one way."""
    words = (fold.fold(person.name), person.phone, person.email.casefold())
    return [word for word in words if word]
