"""All SQL is in store, for one CSA, with a limit (HOUSE_RULES 1.5 and 1.7)."""

import ast
import re
from collections.abc import Iterator

from sqlalchemy import Table, UniqueConstraint

from tests.house.reading import Source, at, named

_SQL = re.compile(
    r"\s*(select\s+\S|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|truncate\s"
    r"|(alter|create|drop)\s+(table|role|database|index|policy)\s)",
    re.IGNORECASE,
)
_SESSION_STATE = re.compile(r"\s*(set\s+(?!local\b)\w|set\s+session\b|reset\s+\w)", re.IGNORECASE)
_STATEMENTS = {"select", "update", "delete"}


def sql_is_in_store(source: Source) -> Iterator[str]:
    """No statement in words elsewhere."""
    for node, words in _texts(source):
        if _SQL.match(words):
            yield f"{at(node)} holds SQL"


def no_session_state_is_set(source: Source) -> Iterator[str]:
    """SET LOCAL only: a pooled connection takes nothing along to the next request."""
    for node, words in _texts(source):
        if _SESSION_STATE.match(words):
            yield f"{at(node)} sets session state"


def _texts(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Yield every string that is no docstring; of an f-string its beginning."""
    for node in source.nodes:
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and node not in source.docstrings:
            yield node, text


def every_select_has_a_limit(source: Source) -> Iterator[str]:
    """Over the limit is an error, not a cut; locks and rows handed in need none."""
    for call in source.calls:
        if named(call.func) != "select" or _reads_no_table(call):
            continue
        if "limit" not in _chain(source, call):
            yield f"{at(call)} selects without a limit"


def every_statement_is_for_one_csa(source: Source) -> Iterator[str]:
    """A where on csa stands in the statement itself."""
    for call in source.calls:
        if named(call.func) not in _STATEMENTS or _reads_no_table(call):
            continue
        if not re.search(r"\.c\.csa == ", ast.unparse(_statement(source, call))):
            yield f"{at(call)} is not bound to a CSA"


def _reads_no_table(call: ast.Call) -> bool:
    """Return whether only functions and parameters are selected: locks, rows handed in."""
    parts = [each.value if isinstance(each, ast.Starred) else each for each in call.args]
    return all(
        re.match(
            r"\(?func\.|\(?bindparam\(|_(CSA|SHARD)$|\((given|rows)\.c\["
            r"|\(?_(entries|subjects|asked|charges|writers)\.c\b",
            text,
        )
        for text in map(ast.unparse, parts)
    )


def _statement(source: Source, call: ast.Call) -> ast.AST:
    """Return the whole chain of calls a statement is built by."""
    whole: ast.AST = call
    while isinstance(source.parents.get(whole), (ast.Attribute, ast.Call)):
        above = source.parents[whole]
        if isinstance(above, ast.Call) and above.func is not whole:
            break
        whole = above
    return whole


def _chain(source: Source, call: ast.Call) -> set[str]:
    """Return the names of the methods a statement is built by."""
    found = set()
    node: ast.AST = _statement(source, call)
    while isinstance(node, (ast.Call, ast.Attribute)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return found


def keys_lead_with_csa(table: Table) -> Iterator[str]:
    """One authority's rows lie together, and no key joins two authorities'."""
    if table.name == "csa_role":  # which authority a login role stands for: read by role
        return
    if not table.primary_key.columns and not table.indexes:
        yield f"{table.name} has no key"
    keys: list[tuple[str, list[str]]] = [
        ("its primary key", [column.name for column in table.primary_key.columns])
    ]
    keys += [(str(index.name), [c.name for c in index.columns]) for index in table.indexes]
    keys += [
        ("a unique key", [c.name for c in each.columns])
        for each in table.constraints
        if isinstance(each, UniqueConstraint)
    ]
    keys += [("a foreign key", list(each.column_keys)) for each in table.foreign_key_constraints]
    for name, columns in keys:
        if columns and columns[0] != "csa":
            yield f"{table.name}: {name} begins with {columns[0]}"
