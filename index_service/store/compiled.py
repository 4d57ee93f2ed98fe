"""SQLAlchemy Core statements compiled once, for running on asyncpg directly.

At run time SQLAlchemy costs 250 to 300 microseconds a statement (bench lookup); the
statements of lookup, read and append are fixed, so they are compiled at import.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql import ClauseElement

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # the dialect class is untyped


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text of a statement with $n places, and the names of its parameters in order."""

    sql: str
    names: tuple[str, ...]
    fixed: dict[str, Any]  # limits and other constants of the statement

    def arguments(self, **values: Any) -> list[Any]:
        """Return the values in the statement's order; KeyError if one is missing."""
        known = values | self.fixed
        return [known[name] for name in self.names]


def compiled(statement: ClauseElement) -> Compiled:
    """Compile a Core statement once. What varies must be a named bindparam."""
    done = statement.compile(dialect=_DIALECT)
    positions = done.positiontup  # type: ignore[attr-defined]  # set by positional dialects
    binds: dict[str, Any] = done.binds  # type: ignore[attr-defined]  # set by every compiler
    fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
    return Compiled(str(done), tuple(positions or ()), fixed)
