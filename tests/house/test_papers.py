"""The house rules on what is not Python, and on how rooms and tables are declared.

| rule | what is checked |
|---|---|
| 6 | the layers of pyproject are the rooms there are, and all of them |
| 7 | every key of every table leads with csa |
| 8 | mypy is strict, over everything that is served |
| 12 | .ci/run runs the README's test command; nothing names where it was built |
| s6 | a decision has at most 60 lines, its four parts, and ends with what checks it |
| a10 | dev.py is short and needs nothing but the standard library |
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Index, MetaData, PrimaryKeyConstraint, Table, Text

from index_service.store.tables import metadata
from tests.house.reading import ROOT, Source
from tests.house.statements import keys_lead_with_csa

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS: list[dict[str, Any]] = PROJECT["tool"]["importlinter"]["contracts"]
DECISION_LINES_MAX = 60
PARTS = ["Context", "Decision", "Consequences", "Checked by"]
# Where and with what this was written, and where packages come from: nobody's business.
# Written apart, so that this file does not name them either.
UNSAID = [
    "/wo" + "rk/", "py" + "pi.org", "python" + "hosted", "npm" + "js.org", "crates" + ".io",
    "proxy.go" + "lang", "clau" + "de", "anthro" + "pic", "open" + "ai", "chat" + "gpt",
    "co" + "pilot",
]  # fmt: skip
SKIPPED = {".git", ".venv", "__pycache__", "build", "dist", "node_modules"}
TEXT = {
    "", ".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".ini", ".sql", ".mako", ".csv",
    ".ndjson", ".sh", ".cfg",
}  # fmt: skip


def layer_rooms() -> set[str]:
    """Return the rooms the first contract puts in order; those in brackets may come yet."""
    (layers,) = [each["layers"] for each in CONTRACTS if each["name"] == "Imports point down"]
    return {room.strip() for layer in layers for room in layer.split("|")}


def exists(room: str) -> bool:
    place = ROOT / room.replace(".", "/")
    return (place / "__init__.py").exists() or place.with_suffix(".py").exists()


def test_every_layer_is_a_room() -> None:
    rooms = layer_rooms()
    assert {room for room in rooms if not room.startswith("(") and not exists(room)} == set()


def test_every_room_is_in_a_layer() -> None:
    """A room outside the order could import anything, and be imported by anyone."""
    rooms = {room.strip("()") for room in layer_rooms()}
    packages = {
        f"index_service.{place.parent.name}"
        for place in (ROOT / "index_service").glob("*/__init__.py")
    }
    assert packages | {"index_service.main", "index_service.opening", "consent"} <= rooms
    loose = {place.stem for place in (ROOT / "index_service").glob("*.py")} - {"__init__"}
    assert loose == {
        "main",
        "opening",
        "settings",
    }  # settings imports nothing of ours: any may read it


def test_settings_import_nothing_of_ours() -> None:
    source = Source("", (ROOT / "index_service" / "settings.py").read_text("utf-8"))
    ours = [name for _, name, _ in source.imports if name.startswith(("index_", "consent"))]
    assert ours == []


def test_the_contracts_forbid_what_the_house_forbids() -> None:
    protected = {
        tool: set(each["allowed_importers"])
        for each in CONTRACTS
        if each["type"] == "protected"
        for tool in each["protected_modules"]
    }
    assert protected["jose"] == {"index_service.identity"}
    cryptographic = {"index_service.crypto", "index_service.log", "index_service.federation"}
    assert protected["cryptography"] <= cryptographic | {
        "index_verify",
        "index_client.proof",
        "index_client.receipts",
        "thin_client.id_token",
        "thin_client.sealing",
    }
    forbidden: dict[str, set[str]] = {}
    for each in CONTRACTS:
        for source in each["source_modules"] if each["type"] == "forbidden" else ():
            forbidden.setdefault(source, set()).update(each["forbidden_modules"])
    assert {"index_service", "sqlalchemy", "pydantic", "cryptography"} <= forbidden["consent"]
    assert {"sqlalchemy", "fastapi", "cryptography"} <= forbidden["index_service.domain"]
    assert {"consent", "index_service", "orjson", "sqlalchemy"} <= forbidden["index_verify"]
    assert {"index_verify", "index_client", "thin_client"} <= forbidden["index_service"]
    assert {"consent", "index_service", "index_verify"} <= forbidden["thin_client"]
    assert {"consent", "index_service", "index_verify"} <= forbidden["index_client"]


def test_types_are_strict_over_all_that_is_served() -> None:
    mypy = PROJECT["tool"]["mypy"]
    assert mypy["strict"] is True
    assert {"consent", "index_service", "index_verify"} <= set(mypy["files"])
    for override in mypy.get("overrides", ()):
        assert not any(str(m).startswith(("consent", "index_")) for m in override["module"])


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_key_leads_with_csa(table: Table) -> None:
    assert list(keys_lead_with_csa(table)) == []


def test_a_key_that_does_not_lead_with_csa_is_found() -> None:
    def table(*more: Any) -> Table:
        return Table("t", MetaData(), Column("csa", Text), Column("id", Text), *more)

    assert list(keys_lead_with_csa(table()))
    assert list(keys_lead_with_csa(table(PrimaryKeyConstraint("id", "csa"))))
    assert list(keys_lead_with_csa(table(PrimaryKeyConstraint("csa"), Index("i", "id"))))
    assert not list(keys_lead_with_csa(table(PrimaryKeyConstraint("csa", "id"))))


def faults_of_decision(text: str) -> Iterator[str]:
    """Yield what a decision's page lacks."""
    lines = text.splitlines()
    if len(lines) > DECISION_LINES_MAX:
        yield f"{len(lines)} lines"
    if not re.match(r"# [0-9]{4} \S", text):
        yield "no number and title"
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    if parts != PARTS:
        yield f"parts are {parts}"
    elif not text.rpartition("## Checked by")[2].strip():
        yield "nothing checks it"


def decisions() -> list[Path]:
    return sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_a_decision_is_short_and_says_what_checks_it(page: Path) -> None:
    text = page.read_text("utf-8")
    assert list(faults_of_decision(text)) == []
    assert page.name.startswith(text[2:6])


def test_what_a_decision_is_said_to_be_checked_by_is_there() -> None:
    """Tests that are named exist: a page would outlive a renamed one otherwise."""
    missing = []
    for page in decisions():
        checked_by = page.read_text("utf-8").rpartition("## Checked by")[2]
        for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", checked_by):
            place = ROOT / path
            if not place.exists() or f"def {name}" not in place.read_text("utf-8"):
                missing.append(f"{page.name}: {path}::{name}")
    assert missing == []


def test_a_poor_decision_is_found() -> None:
    good = "# 0001 It\n" + "".join(f"## {part}\nIt is.\n" for part in PARTS)
    assert list(faults_of_decision(good)) == []
    assert list(faults_of_decision(good + "x\n" * 60))
    assert list(faults_of_decision(good.replace("## Context", "## Why")))
    assert list(faults_of_decision(good.removesuffix("It is.\n")))
    assert list(faults_of_decision(good.removeprefix("# 0001 ")))


def papers() -> Iterator[Path]:
    """Yield every text of the tree that could be handed on."""
    for place in sorted(ROOT.iterdir()):
        hidden = place.name.startswith(".") and place.name not in (".ci", ".dockerignore")
        if hidden or place.name in SKIPPED or place.suffix == ".egg-info":
            continue
        paths = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in paths:
            if path.is_file() and path.suffix in TEXT and not SKIPPED & set(path.parts):
                yield path


def unsaid_in(text: str) -> list[str]:
    low = text.lower()
    return [word for word in UNSAID if word in low]


def test_nothing_names_where_it_was_built() -> None:
    found = {path: unsaid_in(path.read_text("utf-8")) for path in papers()}
    assert {str(path): words for path, words in found.items() if words} == {}
    assert len(found) > 150


def test_a_name_that_is_not_to_be_said_is_found() -> None:
    assert unsaid_in("see https://Py" + "PI.org/simple") == [UNSAID[1]]


def test_the_machine_runs_the_readmes_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec python3 dev.py test"]


def test_dev_is_short_and_needs_no_package() -> None:
    text = (ROOT / "dev.py").read_text("utf-8")
    assert len(text.splitlines()) < 120
    names = {module.partition(".")[0] for _, module, _ in Source("dev.py", text).imports}
    assert names <= sys.stdlib_module_names
    assert ast.get_docstring(ast.parse(text))
