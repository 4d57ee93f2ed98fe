"""How an index fares with deriver, locator and shield set, and its one-time keys there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_rows, upsert_rows
from index_service.store.federation_tables import region_check, shield_key

CHECKS_MAX = 100
KEYS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing asked of the region: when last, when last well, and what came of it."""

    at: datetime
    well_at: datetime
    word: str


class RegionChecks:
    """Statements on what one authority knows of the region's services."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def checks(self) -> dict[str, Checked]:
        """Return how everything asked fared, by what it is."""
        found = await self._session.execute(
            select(region_check).where(region_check.c.csa == self._csa).limit(CHECKS_MAX)
        )
        return {row.what: Checked(row.at, row.well_at, row.word) for row in found}

    async def put_check(self, what: str, checked: Checked) -> None:
        """Note how one thing fared."""
        row = {"what": what, "at": checked.at, "well_at": checked.well_at, "word": checked.word}
        await upsert_rows(self._session, self._csa, region_check, "what", [row])

    async def drop_checks(self, what: str) -> None:
        """Forget how something fared that is asked no more."""
        await self._session.execute(
            delete(region_check)
            .where(region_check.c.csa == self._csa)
            .where(region_check.c.what == what)
        )

    async def add_keys(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the sealed one-time keys of a batch of the shield set."""
        await insert_rows(self._session, self._csa, shield_key, rows)

    async def last_batch(self, epoch: int) -> int:
        """Return the number of the last batch kept of an epoch, -1 if there is none."""
        found = await self._session.execute(
            select(func.max(shield_key.c.batch))
            .where(shield_key.c.csa == self._csa)
            .where(shield_key.c.epoch == epoch)
        )
        last = found.scalar_one()
        return -1 if last is None else int(last)

    async def batch(self, epoch: int, batch: int) -> list[Any]:
        """Return the sealed one-time keys of one batch."""
        found = await self._session.execute(
            select(shield_key.c.ref, shield_key.c.sealed)
            .where(shield_key.c.csa == self._csa)
            .where(shield_key.c.epoch == epoch)
            .where(shield_key.c.batch == batch)
            .limit(KEYS_MAX)
        )
        return list(found)

    async def kept(self, refs: Sequence[bytes]) -> set[bytes]:
        """Return which of these rows were put into the set already."""
        return {row.ref for row in await self._keys(shield_key.c.ref, refs)}

    async def keys(self, key_refs: Sequence[bytes]) -> list[Any]:
        """Return (ref, key_ref, sealed) of these one-time keys, of those that are ours."""
        return await self._keys(shield_key.c.key_ref, key_refs)

    async def _keys(self, column: Any, refs: Sequence[bytes]) -> list[Any]:
        if not refs:
            return []
        found = await self._session.execute(
            select(shield_key.c.ref, shield_key.c.key_ref, shield_key.c.sealed)
            .where(shield_key.c.csa == self._csa)
            .where(column == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
            .limit(KEYS_MAX),
            {"refs": list(refs)},
        )
        return list(found)

    async def drop_keys(self, before: int) -> None:
        """Drop the keys of epochs gone by: their rows stand in the set no more."""
        await self._session.execute(
            delete(shield_key)
            .where(shield_key.c.csa == self._csa)
            .where(shield_key.c.epoch < before)
        )
