"""The tables are what alembic makes, and alembic neither waits for ever nor takes the log down."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from demo.authority import ROOT
from demo.postgres import SUPERUSER, Postgres
from tests.authority import database_made, migrate_database

PROBE = '''
"""A later migration that needs a lock on a busy table."""
from alembic import op

revision, down_revision = "probe", {head!r}


def upgrade() -> None:
    op.execute("alter table child add column probe integer")


def downgrade() -> None:
    raise RuntimeError
'''


@pytest.fixture
def fresh(postgres: Postgres) -> Iterator[str]:
    """An empty database."""
    with database_made(postgres) as name:
        yield name


def alembic(postgres: Postgres, database: str, versions: Path | None = None) -> Config:
    """Return the configuration of the migrate command, for one database."""
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = postgres.url("{role}", database)
    if versions:
        ours = ROOT / "migrations" / "versions"
        config.set_main_option("version_locations", f"{ours}:{versions}")
    return config


def run(step: Callable[..., object], *arguments: object) -> None:
    """Run an alembic command in a thread: its environment runs a loop."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(step, *arguments).result()


def tables_in(postgres: Postgres, database: str) -> set[str]:
    """Return the tables there are."""
    sql = "select tablename from pg_tables where schemaname = 'public'"
    return set(postgres.psql(sql, database).split())


def test_from_nothing_to_the_tables_and_again_without_effect(
    postgres: Postgres, fresh: str
) -> None:
    assert tables_in(postgres, fresh) == set()
    for _ in range(2):
        migrate_database(postgres, fresh)
        assert {"child", "access_entry", "alembic_version"} <= tables_in(postgres, fresh)


def test_the_tables_in_code_are_those_the_migrations_make(
    postgres: Postgres, migrated: str
) -> None:
    """`alembic check`: nothing left to migrate."""
    run(command.check, alembic(postgres, migrated))


def test_a_difference_between_code_and_migrations_is_noticed(
    postgres: Postgres, fresh: str
) -> None:
    migrate_database(postgres, fresh)
    postgres.psql("alter table child drop column tokens", fresh)
    with pytest.raises(Exception, match="tokens"):
        run(command.check, alembic(postgres, fresh))


def test_the_log_is_never_taken_down(postgres: Postgres, fresh: str) -> None:
    migrate_database(postgres, fresh)
    for revision in ("0004", "base"):
        with pytest.raises(RuntimeError, match="refused"):
            run(command.downgrade, alembic(postgres, fresh), revision)
    assert {"access_entry", "access_subject", "matter"} <= tables_in(postgres, fresh)


INDEX_ONLY = {"0006"}


def test_no_revision_that_holds_anything_can_be_taken_back(postgres: Postgres, fresh: str) -> None:
    """Each holds what must not be lost; the first, the access log."""
    scripts = ScriptDirectory.from_config(alembic(postgres, fresh))
    revisions = [each for each in scripts.walk_revisions() if each.revision not in INDEX_ONLY]
    assert len(revisions) >= 2
    for revision in revisions:
        with pytest.raises(RuntimeError, match="refused"):
            revision.module.downgrade()
    with pytest.raises(RuntimeError, match="access log"):
        revisions[-1].module.downgrade()


def indexes_in(postgres: Postgres, database: str) -> set[str]:
    """Return the indexes of entries there are."""
    sql = "select indexname from pg_indexes where tablename = 'access_entry'"
    return set(postgres.psql(sql, database).split())


def test_an_index_can_be_taken_back_and_made_again(postgres: Postgres, fresh: str) -> None:
    run(command.upgrade, alembic(postgres, fresh), "0006")  # later ones are not taken back
    tables, indexes = tables_in(postgres, fresh), indexes_in(postgres, fresh)
    assert indexes == {"access_entry_pkey", "access_entry_moment"}
    run(command.downgrade, alembic(postgres, fresh), "0005")
    assert indexes_in(postgres, fresh) == {"access_entry_pkey", "access_entry_at"}
    run(command.upgrade, alembic(postgres, fresh), "0006")
    assert (tables_in(postgres, fresh), indexes_in(postgres, fresh)) == (tables, indexes)


async def test_a_migration_that_cannot_have_its_lock_gives_up(
    postgres: Postgres, fresh: str, tmp_path: Path
) -> None:
    """Else every later request would wait behind it."""
    migrate_database(postgres, fresh)
    head = postgres.psql("select version_num from alembic_version", fresh).strip()
    (tmp_path / "probe.py").write_text(PROBE.format(head=head))
    connection = await asyncpg.connect(postgres.url(SUPERUSER, fresh))
    try:
        # Ends by itself: a migration that waited for ever would keep this test waiting too.
        await connection.execute("set idle_in_transaction_session_timeout = '40s'")
        await connection.execute("begin; lock table child in access share mode")
        started = time.monotonic()
        with pytest.raises(Exception, match="lock timeout"):
            run(command.upgrade, alembic(postgres, fresh, tmp_path), "heads")
        assert time.monotonic() - started < 30
        await connection.execute("rollback")
        run(command.upgrade, alembic(postgres, fresh, tmp_path), "heads")
    finally:
        await connection.close()
    columns = "select count(*) from information_schema.columns where column_name = 'probe'"
    assert postgres.psql(columns, fresh).strip() == "1"


def test_the_roles_may_be_made_again(postgres: Postgres) -> None:
    sql = (ROOT / "migrations" / "roles.sql").read_text()
    postgres.psql(sql)
    powers = "select bool_or(rolsuper or rolbypassrls) from pg_roles where rolname like 'index\\_%'"
    assert postgres.psql(powers).strip().endswith("f")
