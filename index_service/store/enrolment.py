"""Enrolling an authority on a database server: its login roles, and the rows that name them."""

import re
from typing import Any

import asyncpg

DUTIES = ("api", "feed", "audit", "job", "tripwire", "seal")
_CSA = re.compile(r"[a-z][a-z0-9_]{2,30}")


class CsaNameRefused(Exception):  # noqa: N818 (told to the operator)
    """Not a name an authority's roles can be made from."""


def checked_csa(csa: str) -> str:
    """Return the short name of an authority: it becomes part of role names."""
    if not _CSA.fullmatch(csa):
        raise CsaNameRefused
    return csa


async def enrol(dsn: str, csa: str) -> None:
    """Make an authority's login roles, one per duty, and say in csa_role whose they are.

    `dsn` is the server administrator's: it creates roles and writes csa_role, which no
    duty may. Safe to run again. Passwords are for whoever runs the server to set.
    """
    checked_csa(csa)
    connection: Any = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            for duty in DUTIES:
                await _enrol_duty(connection, csa, duty)
    finally:
        await connection.close()


async def _enrol_duty(connection: Any, csa: str, duty: str) -> None:
    role = f"{csa}_{duty}"
    if not await connection.fetchval("select true from pg_roles where rolname = $1", role):
        # Role names cannot be parameters; csa and duty are checked words.
        await connection.execute(f'create role "{role}" login nosuperuser nobypassrls')
    await connection.execute(f'grant "index_{duty}" to "{role}"')
    # Planning anew for every array of tokens costs a quarter of a lookup's database time.
    await connection.execute(f'alter role "{role}" set plan_cache_mode = force_generic_plan')
    await connection.execute(
        "insert into csa_role (role, csa, duty) values ($1, $2, $3)"
        " on conflict (role) do update set csa = excluded.csa, duty = excluded.duty",
        role,
        csa,
        duty,
    )
