"""The lists misuse matters stand on, and reading them in a transaction; only officers do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from index_service.crypto.keyring import Keyring
from index_service.services.lists import list_pointer
from index_service.store.work import Work

ALERTED = "misuse/alerted"  # alerts not concluded yet
CONCLUDED = "misuse/concluded"
WATCHED = "misuse/watched"  # records marked so that accesses to them are noticed


@dataclass(frozen=True, slots=True)
class Reading:
    """A transaction read from as a snapshot is, without a lock."""

    inside: Work

    async def work(self, tokens: Sequence[bytes]) -> list[Any]:
        """Return (token, pointer) rows."""
        return [row._mapping for row in await self.inside.children.work(tokens)]

    async def matters(self, ids: Sequence[UUID]) -> list[Any]:
        """Return sealed matters."""
        return await self.inside.matters.beheld(ids)


async def stands_on(keyring: Keyring, work: Work, name: str, matter_id: UUID) -> bool:
    """Return whether a matter stands on a list."""
    token, pointer = list_pointer(keyring, name, matter_id)
    return any(row.pointer == pointer for row in await work.children.work([token]))
