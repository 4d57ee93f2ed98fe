"""Who may import whom, beside the contracts lint-imports runs (HOUSE_RULES 1.6)."""

import ast
from collections.abc import Iterator

from tests.house.reading import Source, at

# Room by library: nobody else holds the tool, so nobody else can misuse it.
HOLDERS = {
    "cryptography": (
        "index_service/crypto/",
        "index_service/log/",
        "index_service/federation/",
        "index_verify/",
        "index_client/proof.py",
        "index_client/receipts.py",
        "thin_client/id_token.py",
        "thin_client/sealing.py",
    ),
    "rich": ("index_client/cli/",),
    "jose": ("index_service/identity/",),
    "asyncpg": ("index_service/store/",),
    "sqlalchemy": ("index_service/store/",),
    "fastapi": ("index_service/api/", "index_service/main.py"),
    "starlette": ("index_service/api/", "index_service/main.py", "thin_client/"),
    "uvicorn": ("index_service/commands/", "thin_client/cli.py"),
    "alembic": ("index_service/commands/",),
    "aiohttp": ("index_service/identity/", "index_service/federation/", "index_service/log/"),
}
# A way to the store, handed through as it is: a type and no statement.
PASSED_THROUGH = {("sqlalchemy.ext.asyncio", "AsyncEngine")}


def a_tool_stays_in_its_room(source: Source) -> Iterator[str]:
    """Primitives, tokens, SQL, HTTP: each library in the rooms that are for it."""
    for node, module, name in source.imports:
        rooms = HOLDERS.get(module.partition(".")[0])
        if rooms and not source.path.startswith(rooms) and (module, name) not in PASSED_THROUGH:
            yield f"{at(node)} imports {module}"


def nothing_is_imported_late(source: Source) -> Iterator[str]:
    """An import inside a function hides a cycle or a room's true needs."""
    for node, module, _ in source.imports:
        if source.within(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield f"{at(node)} imports {module} late"


def nothing_of_ours_is_mocked(source: Source) -> Iterator[str]:
    """A fake is a class in the test's file."""
    for node, module, name in source.imports:
        if "mock" in (*module.split("."), name):
            yield f"{at(node)} imports {module}"
