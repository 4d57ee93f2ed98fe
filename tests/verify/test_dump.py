"""A dump's text by PostgreSQL's own pg_dump, of the table as migrations make it."""

import subprocess
from pathlib import Path

from demo.postgres import SUPERUSER, Postgres
from index_service.store.tables import child
from index_verify.dumps import SEALED_COLUMNS, dumped_rows
from index_verify.states import state_of
from tests.authority import database_made
from tests.verify.made import CSA
from tests.verify.test_states import columns


def stored(postgres: Postgres, database: str, csa: str, number: int) -> None:
    """Store a row's made-up sealed columns as the server's administrator can."""
    cells = ", ".join(f"'\\x{value.hex()}'" for value in columns(number))
    names = ", ".join(SEALED_COLUMNS)
    postgres.psql(
        "set session_replication_role = replica;"
        f" insert into child (csa, child_id, wrap_key_id, wrapped_key, {names})"
        f" values ('{csa}', gen_random_uuid(), 1, '\\xab', {cells})",
        database,
    )


def test_the_states_of_a_dump_are_those_of_the_rows(
    postgres: Postgres, migrated: str, tmp_path: Path
) -> None:
    where = ["-h", str(postgres.socket_directory), "-U", SUPERUSER]
    with database_made(postgres, migrated) as name, (tmp_path / "dump").open("wb") as out:
        for csa, number in ((CSA, 1), ("camfield", 2), (CSA, 3)):
            stored(postgres, name, csa, number)
        program = postgres.binaries / "pg_dump"
        subprocess.run([program, *where, name], stdout=out, check=True)
    with (tmp_path / "dump").open("rb") as file:
        states = {state_of(row) for row in dumped_rows(file, CSA)}
    assert states == {state_of(columns(1)), state_of(columns(3))}


def test_the_sealed_columns_are_those_of_the_table_in_its_order() -> None:
    """What docs/log-format.md names is what a row's state is of: no column is left out."""
    others = {"csa", "child_id", "wrap_key_id", "wrapped_key"}
    named = [column.name for column in child.columns]
    assert tuple(name for name in named if name not in others) == SEALED_COLUMNS
