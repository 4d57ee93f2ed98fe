"""One writing transaction of one authority: the only place that commits a story.

A story gathers its rows, its access entry goes in last, and `commit` hands back the
receipt: nothing is acknowledged that is not durable, entry and effect together.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import insert, select, text
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from index_service.domain.errors import Unavailable, Unrecorded
from index_service.log.access_log import AccessLog, PreparedEntry
from index_service.log.receipt import Receipt
from index_service.store.auditing import Auditing
from index_service.store.bulk import insert_rows
from index_service.store.charges import Charges
from index_service.store.children import Children
from index_service.store.directory import Directory
from index_service.store.entries import Entries
from index_service.store.expiring import Expiring
from index_service.store.feeds import Feeds
from index_service.store.locks import Locks
from index_service.store.log_tables import access_actor, access_entry, access_subject, unnumbered
from index_service.store.matters import Matters
from index_service.store.membership import Membership
from index_service.store.parcels import Parcels
from index_service.store.reading import LOST
from index_service.store.region import Region
from index_service.store.region_checks import RegionChecks
from index_service.store.region_tokens import RegionTokens
from index_service.store.staff import Staff
from index_service.store.tables import idempotency, wrap_key
from index_service.store.upkeep import Upkeep

LOCK_WAIT_MS_MAX = 5000
# Lock wait, deadlock, cancelled; and a key another writer took meanwhile, which each story
# looks for first: asked again, it finds it.
_PASSING = frozenset({"55P03", "40P01", "40001", "57014", "23505"})


class KeyTaken(Exception):  # noqa: N818 (a state, told to whoever came second)
    """Another request under the same Idempotency-Key came first."""


class CommitUnknown(Unrecorded):
    """The commit's outcome is unknown: say nothing; a retry with the same key tells."""


class Work:
    """The statements of one story in one transaction; leaves nothing unless committed."""

    def __init__(self, session: AsyncSession, csa: str, log: AccessLog) -> None:
        self._session = session
        self._csa = csa
        self._log = log
        self.auditing = Auditing(session, csa)
        self.charges = Charges(session, csa)
        self.children = Children(session, csa)
        self.directory = Directory(session, csa)
        self.entries = Entries(session, csa)
        self.expiring = Expiring(session, csa)
        self.feeds = Feeds(session, csa)
        self.locks = Locks(session, csa)
        self.matters = Matters(session, csa)
        self.membership = Membership(session, csa)
        self.parcels = Parcels(session, csa)
        self.region = Region(session, csa)
        self.region_checks = RegionChecks(session, csa)
        self.region_tokens = RegionTokens(session, csa)
        self.staff = Staff(session, csa)
        self.upkeep = Upkeep(session, csa)

    async def done_before(self, key: bytes) -> bytes | None:
        """Return the sealed pointer to what this idempotency key did before."""
        found = await self._session.execute(
            select(idempotency.c.pointer)
            .where(idempotency.c.csa == self._csa)
            .where(idempotency.c.key == key)
            .limit(1)
        )
        return found.scalar_one_or_none()

    async def remember(self, key: bytes, pointer: bytes, at: datetime) -> None:
        """Note what this idempotency key did.

        A second writer of the same key waits for the first, and is then told KeyTaken.
        """
        noted = insert(idempotency).values(csa=self._csa, key=key, pointer=pointer, at=at)
        try:
            await self._session.execute(noted)
        except IntegrityError:
            raise KeyTaken from None

    async def open_wrap_key(self, wrap_key_id: int) -> None:
        """Note that a weekly wrap key is open (role job)."""
        await insert_rows(self._session, self._csa, wrap_key, [{"wrap_key_id": wrap_key_id}])

    async def open_wrap_keys(self) -> list[int]:
        """Return the open weekly wrap keys, oldest first."""
        found = await self._session.scalars(
            select(wrap_key.c.wrap_key_id)
            .where(wrap_key.c.csa == self._csa)
            .order_by(wrap_key.c.wrap_key_id)
            .limit(100)
        )
        return list(found)

    async def commit(self, prepared: PreparedEntry, *, aside: bool = False) -> Receipt:
        """Insert the access entry last, with the states of children's rows; commit; mint.

        `aside` as AccessLog.committed takes it. Raises CommitUnknown when the connection
        is lost while committing: the story may have happened, so nothing is acknowledged.
        """
        row = self._log.sealed(prepared, self.children.states())
        await insert_rows(
            self._session,
            self._csa,
            access_entry,
            [{"entry_id": row.entry_id, "at": row.at, "leaf": row.leaf, "sealed": row.sealed}],
        )
        subjects = [{"ref": ref, "sealed": sealed} for ref, sealed in row.subjects]
        await insert_rows(self._session, self._csa, access_subject, subjects)
        if row.actor is not None:
            ref, sealed = row.actor
            actor = {"ref": ref, "sealed": sealed}
            await insert_rows(self._session, self._csa, access_actor, [actor])
        # Numbered right after by this process's writer, or adopted by the sealer.
        await insert_rows(self._session, self._csa, unnumbered, [{"entry_id": row.entry_id}])
        try:
            await self._session.commit()
        except (DBAPIError, *LOST) as lost:
            raise CommitUnknown from lost
        return self._log.committed(prepared, aside=aside)


@asynccontextmanager
async def work_on(
    engine: AsyncEngine, csa: str, log: AccessLog, *, one_instant: bool = False
) -> AsyncIterator[Work]:
    """Open a writing transaction; whatever leaves without commit is rolled back.

    `one_instant`: all it reads is of one moment, and a row changed since is not written over.
    """
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            if one_instant:
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            await session.execute(text(f"set local lock_timeout = {LOCK_WAIT_MS_MAX}"))
            yield Work(session, csa, log)
    except CommitUnknown:
        raise
    except (*LOST, OperationalError, InterfaceError, PendingRollbackError, PoolTimeout) as lost:
        raise Unavailable from lost
    except DBAPIError as failed:
        if failed.connection_invalidated or _passes(failed):
            raise Unavailable from failed
        raise


def _passes(failed: DBAPIError) -> bool:
    """Return whether trying again later may work: a lock, a shutdown, no connection left."""
    state = getattr(failed.orig, "sqlstate", None) or ""
    return state in _PASSING or state.startswith(("08", "53", "57P"))
