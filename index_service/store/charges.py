"""What was charged of a day, read and added to inside a job's own transaction."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from index_service.store.bulk import insert_columns
from index_service.store.log_tables import charge
from index_service.store.reading import WHO_MAX


class Charges:
    """Statements on what was charged to whom of one authority."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def spent(self, day: date, who: Sequence[bytes]) -> dict[bytes, int]:
        """Return how many charges stand under each of these on a day (UTC)."""
        found = await self._session.execute(
            select(charge.c.who, func.count().label("spent"))
            .where(charge.c.csa == self._csa)
            .where(charge.c.day == day)
            .where(charge.c.who == any_(bindparam("refs", type_=ARRAY(LargeBinary))))
            .group_by(charge.c.who)
            .limit(WHO_MAX),
            {"refs": list(who)},
        )
        return {bytes(row.who): int(row.spent) for row in found}

    async def add(self, day: date, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Insert (who, what) charges of a day, none of them there yet."""
        if rows:
            whose, what = zip(*rows, strict=True)
            columns = {"day": [day] * len(rows), "who": list(whose), "what": list(what)}
            await insert_columns(self._session, self._csa, charge, columns)
