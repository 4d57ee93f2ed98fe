"""Locks a writing transaction holds until it ends: the shield lock and the birth buckets."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import ARRAY, BigInteger, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

BUCKETS = 256


def lock_number(csa: str, what: str) -> int:
    """Return the number of one authority's advisory lock."""
    return int.from_bytes(hashlib.sha256(f"{csa}|{what}".encode()).digest()[:8], signed=True)


# All in one statement, in the order given: a chunk has over a hundred.
_BIRTHS = select(
    func.pg_advisory_xact_lock(func.unnest(bindparam("numbers", type_=ARRAY(BigInteger))))
)


class Locks:
    """Transaction-level advisory locks of one authority."""

    def __init__(self, session: AsyncSession, csa: str) -> None:
        self._session = session
        self._csa = csa

    async def shields_shared(self) -> None:
        """Held by creations, amendments and feed chunks: no shield is set meanwhile."""
        number = lock_number(self._csa, "shield")
        await self._session.execute(select(func.pg_advisory_xact_lock_shared(number)))

    async def shields_exclusive(self) -> None:
        """Held by grant, lift, identity change and upkeep: no record is written meanwhile."""
        number = lock_number(self._csa, "shield")
        await self._session.execute(select(func.pg_advisory_xact_lock(number)))

    async def alone(self, job: str) -> None:
        """Held by a run of a job: two processes of one job take turns."""
        number = lock_number(self._csa, f"job|{job}")
        await self._session.execute(select(func.pg_advisory_xact_lock(number)))

    async def births(self, digests: Iterable[bytes]) -> None:
        """Lock the buckets of dates of birth about to be created, in one fixed order.

        Two creations of the same child at once would each find nobody; the bucket
        makes one wait for the other. Buckets come from a keyed digest of the date.
        """
        numbers = sorted(
            lock_number(self._csa, f"birth|{bucket}") for bucket in {d[0] for d in digests}
        )
        if numbers:
            await self._session.execute(_BIRTHS, {"numbers": numbers})
