"""A wrap key's row means that it is open: the database refuses whatever would break that."""

import asyncpg
import pytest

from index_service.store.tables import child
from tests.store.conftest import Connect, row_of

OPEN, NEVER_OPENED = 1, 202599
FEED, JOB = "northmere_feed", "northmere_job"


async def test_a_key_is_not_closed_while_anything_is_wrapped_under_it(connect: Connect) -> None:
    async with connect(JOB) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute("delete from wrap_key where wrap_key_id = $1", OPEN)


async def test_a_key_nothing_is_wrapped_under_is_closed_by_deleting_its_row(
    connect: Connect,
) -> None:
    async with connect(JOB) as connection:
        await connection.execute("insert into wrap_key values ('northmere', $1)", NEVER_OPENED)
        closed = "delete from wrap_key where wrap_key_id = $1"
        assert await connection.execute(closed, NEVER_OPENED) == "DELETE 1"


async def test_nothing_is_wrapped_under_a_key_that_is_not_open(connect: Connect) -> None:
    made = row_of(child, "northmere", wrap_key_id=NEVER_OPENED, child_id=_other_id())
    async with connect(FEED) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(*made)


async def test_a_key_opened_by_another_authority_is_not_open_here(connect: Connect) -> None:
    async with connect("camfield_job") as connection:
        await connection.execute("insert into wrap_key values ('camfield', $1)", NEVER_OPENED)
    made = row_of(child, "northmere", wrap_key_id=NEVER_OPENED, child_id=_other_id())
    async with connect(FEED) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(*made)


@pytest.mark.parametrize("role", [FEED, "northmere_api", "northmere_audit"])
async def test_writers_neither_open_nor_close_keys(connect: Connect, role: str) -> None:
    async with connect(role) as connection:
        for said in ("insert into wrap_key values ('northmere', 202612)", "delete from wrap_key"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(said)


def _other_id() -> str:
    return "6f9d2b1e-3c44-4a7e-9b57-0d2f8c5a1e90"
