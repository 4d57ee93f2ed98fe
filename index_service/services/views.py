"""What each worker keeps compiled of the directory, valid for one directory version.

The version is read in every request's own snapshot, so what is kept is never stale; it
is compiled anew in the first request that sees a new version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import orjson

from consent.agreement import Agreement, compile_agreement
from consent.facts import AgencyKind
from index_service.crypto.keyring import Keyring
from index_service.domain.contact_shield import ShieldedContacts, shielded_contacts
from index_service.domain.directory import Agency
from index_service.domain.disclosure import shown_hours
from index_service.services.directory_rows import open_agency, open_practitioner
from index_service.services.lists import list_tokens, open_listed

AGREEMENT_BYTES = 16384
CONTACTS_SHIELDED = "contacts_shielded"  # the list of practitioners so marked
_NO_VERSION = -1


class DirectoryReader(Protocol):
    """What a snapshot and a writing transaction both can read."""

    async def agreement(self, version: int) -> bytes:
        """Return the sealed agreement of a version."""
        ...

    async def agencies(self) -> Sequence[Any]:
        """Return every agency's (agency_id, sealed)."""
        ...

    async def sources(self) -> Sequence[Any]:
        """Return (source, agency_id, as_of) of every feed source."""
        ...

    async def work(self, tokens: Sequence[bytes]) -> Sequence[Any]:
        """Return (token, pointer) rows of lists."""
        ...

    async def practitioners(self, ids: Sequence[UUID]) -> Sequence[Any]:
        """Return the sealed rows of these practitioners."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """One version of the directory, ready to be answered with.

    `next_step` is the encoded JSON of coverage, front doors and broker line: the same
    for every child and every answer.
    """

    version: int
    agreement_version: int | None
    agreement: Agreement | None
    agencies: dict[UUID, Agency]
    next_step: dict[str, orjson.Fragment]
    contacts: ShieldedContacts = field(default_factory=ShieldedContacts)


def shown_front_door(agency: Agency) -> dict[str, Any]:
    """Return an agency's front door as the contract shows it."""
    return {
        "agency": agency.name,
        "agency_kind": agency.kind.value,
        "duty_phone": agency.duty_phone,
        "hours": shown_hours(agency.hours),
        "safeguarding_lead": {"name": agency.lead_name, "phone": agency.lead_phone},
        "out_of_hours_phone": agency.out_of_hours or None,
    }


def _coverage(agencies: dict[UUID, Agency], fed: Sequence[Any]) -> list[dict[str, Any]]:
    """Per agency kind of this authority: does it feed the index, and as of which day."""
    kinds = sorted({agency.kind for agency in agencies.values()} - {AgencyKind.AUTHORITY})
    days: dict[AgencyKind, list[Any]] = {}
    for row in fed:
        days.setdefault(agencies[row["agency_id"]].kind, []).append(row["as_of"])
    rows = []
    for kind in kinds:
        complete = [day for day in days.get(kind, []) if day]
        rows.append(
            {
                "agency_kind": kind.value,
                "feeds": bool(complete),
                # The oldest of several feeds: coverage is as old as its oldest part.
                "as_of": min(complete).isoformat() if complete else None,
            }
        )
    return rows


def _next_step(agencies: dict[UUID, Agency], fed: Sequence[Any]) -> dict[str, orjson.Fragment]:
    doors = sorted(
        (agency for agency in agencies.values() if agency.front_door),
        key=lambda agency: (agency.kind.value, agency.name),
    )
    team = next((a for a in doors if a.kind is AgencyKind.AUTHORITY), None)
    parts = {
        "coverage": _coverage(agencies, fed),
        "front_doors": [shown_front_door(agency) for agency in doors],
        "broker": shown_front_door(team) if team else None,
    }
    return {name: orjson.Fragment(orjson.dumps(part)) for name, part in parts.items()}


class Views:
    """The newest view this worker has compiled."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._view = View(_NO_VERSION, None, None, {}, {})

    async def at(self, version: int, agreement: int | None, reader: DirectoryReader) -> View:
        """Return the view of this version, compiling it if another is kept."""
        if (self._view.version, self._view.agreement_version) != (version, agreement):
            self._view = await self._compiled(version, agreement, reader)
        return self._view

    async def _compiled(self, version: int, agreement: int | None, reader: DirectoryReader) -> View:
        opened = [
            open_agency(self._keyring, row["agency_id"], row["sealed"])
            for row in await reader.agencies()
        ]
        agencies = {agency.id: agency for agency in opened}
        step = _next_step(agencies, await reader.sources())
        compiled = await self._agreement(agreement, reader)
        contacts = await self._contacts(reader)
        return View(version, agreement, compiled, agencies, step, contacts)

    async def _contacts(self, reader: DirectoryReader) -> ShieldedContacts:
        """Open those practitioners whose contact is shielded, and no others."""
        keyring = self._keyring
        rows = await reader.work(list_tokens(keyring, CONTACTS_SHIELDED))
        ids = [open_listed(keyring, row["token"], row["pointer"]) for row in rows]
        found = await reader.practitioners(ids) if ids else ()
        return shielded_contacts([open_practitioner(keyring, row) for row in found])

    async def _agreement(self, version: int | None, reader: DirectoryReader) -> Agreement | None:
        if version is None:
            return None
        text = open_agreement(self._keyring, version, await reader.agreement(version))
        return compile_agreement(orjson.loads(text))


def seal_agreement(keyring: Keyring, version: int, document: dict[str, Any]) -> bytes:
    """Seal an agreement: the seal is its MAC, checked each time it is compiled."""
    text = orjson.dumps(document)
    return keyring.rows.seal("agreement", version.to_bytes(4), text, AGREEMENT_BYTES)


def open_agreement(keyring: Keyring, version: int, sealed: bytes) -> bytes:
    """Open an agreement's JSON, or SealBroken."""
    return keyring.rows.open("agreement", version.to_bytes(4), sealed)
