"""Ways to the database: one login role per authority and duty, one engine and pool each.

DATABASE_URL names the server and database with `{role}` where the login role goes, for
instance postgresql://{role}@db.example/index; passwords come from a PGPASSFILE.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

STATEMENT_SECONDS_MAX = 15.0


class WrongRoles(Exception):  # noqa: N818 (a state of the database, told to the operator)
    """The login roles do not stand for this authority: starting would cross a wall."""


class RoleMissing(Exception):  # noqa: N818 (a lack in the settings, told to the operator)
    """DATABASE_URL has no `{role}`: with one role for all duties there is no wall."""


class _Connection(asyncpg.Connection):
    """A pooled connection that carries no session state, so needs no reset query."""

    def get_reset_query(self) -> str:
        # INVARIANT: nothing in store sets session state; SET LOCAL and
        # transaction-level advisory locks only (tests/house).
        return ""


def role_dsn(url: str, role: str) -> str:
    """Return the plain PostgreSQL address for one login role."""
    if "{role}" not in url:
        raise RoleMissing
    return url.replace("{role}", quote(role, safe=""))


def role_url(url: str, role: str) -> str:
    """Return the SQLAlchemy address for one login role."""
    return role_dsn(url, role).replace("postgresql://", "postgresql+asyncpg://", 1)


def login_role(csa: str, duty: str) -> str:
    """Return the name of an authority's login role for one duty."""
    return f"{csa}_{duty}"


@dataclass(frozen=True, slots=True)
class Engines:
    """The three ways of `serve`: look up (asyncpg), write records, keep the directory."""

    api: AsyncEngine
    feed: AsyncEngine
    audit: AsyncEngine
    reading: "asyncpg.Pool[Any]"
    appending: "asyncpg.Pool[Any]"

    async def close(self) -> None:
        """Close every connection."""
        for engine in (self.api, self.feed, self.audit):
            await engine.dispose()
        self.reading.terminate()
        self.appending.terminate()


def engine_for(url: str, csa: str, duty: str, size: int = 4) -> AsyncEngine:
    """Return the SQLAlchemy engine of one duty."""
    return create_async_engine(
        role_url(url, login_role(csa, duty)),
        hide_parameters=True,  # exception texts would otherwise carry names and numbers
        pool_size=size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={"command_timeout": STATEMENT_SECONDS_MAX, "timeout": 5},
    )


async def pool_for(url: str, csa: str, duty: str, size: int) -> "asyncpg.Pool[Any]":
    """Return an asyncpg pool without session state; connects when first used."""
    return await asyncpg.create_pool(
        role_dsn(url, login_role(csa, duty)),
        min_size=0,
        max_size=size,
        connection_class=_Connection,
        command_timeout=STATEMENT_SECONDS_MAX,
        timeout=5,
    )


async def open_engines(url: str, csa: str, reading: int = 8) -> Engines:
    """Open the ways `serve` needs. Connects lazily: a database that is down is met per request."""
    return Engines(
        api=engine_for(url, csa, "api"),
        feed=engine_for(url, csa, "feed"),
        audit=engine_for(url, csa, "audit"),
        reading=await pool_for(url, csa, "api", reading),
        appending=await pool_for(url, csa, "api", 1),
    )


async def standing_roles(engines: Engines, csa: str, duties: Sequence[str]) -> bool:
    """Return whether each duty's connection stands for this authority and no other."""
    for duty in duties:
        if not await stands_for(getattr(engines, duty), csa, duty):
            return False
    return True


async def stands_for(engine: AsyncEngine, csa: str, duty: str) -> bool:
    """Return whether an engine's login role is this authority's for this duty."""
    async with engine.connect() as connection:
        found = await connection.exec_driver_sql(
            "select csa, duty from csa_role where role = session_user"
        )
        return [tuple(row) for row in found] == [(csa, duty)]
