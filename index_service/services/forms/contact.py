"""Contacts inside case rows: team, hours, person, and whether to ask for duty."""

from collections.abc import Sequence
from typing import Any

from index_service.domain.involvement import Contact, Day, Hours, PersonContact, TeamContact


def contact_row(contact: Contact) -> list[Any]:
    """Write a contact."""
    team, person = contact.team, contact.person
    hours = [[" ".join(day.value for day in h.days), h.opens, h.closes] for h in team.hours]
    named = [person.name, person.phone, person.email] if person else None
    return [team.name, team.phone, hours, named, contact.ask_for_duty]


def contact_of(row: Sequence[Any]) -> Contact:
    """Read a contact."""
    name, phone, hours, person, duty = row
    lines = tuple(
        Hours(tuple(Day(day) for day in days.split()), opens, closes)
        for days, opens, closes in hours
    )
    return Contact(
        TeamContact(name, phone, lines), PersonContact(*person) if person else None, bool(duty)
    )
