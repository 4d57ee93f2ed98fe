"""Runs the statements of a revision's SQL files, one after another."""

from pathlib import Path

from alembic import op

_VERSIONS = Path(__file__).parent / "versions"


def run_files(*names: str) -> None:
    """Run every statement of these files of versions/, in order."""
    for name in names:
        for statement in _statements(name):
            op.execute(statement)


def _statements(name: str) -> list[str]:
    text = (_VERSIONS / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]
