"""The stored shape of an index, its walls and its grants."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent


def _statements(name: str) -> list[str]:
    text = (_HERE / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


def upgrade() -> None:
    """Create the tables, then force row-level security, then grant each duty its least."""
    for name in ("0001_tables.sql", "0001_walls.sql", "0001_grants.sql"):
        for statement in _statements(name):
            op.execute(statement)


def downgrade() -> None:
    """Refuse: the access log is never taken down."""
    raise RuntimeError("refused: this revision holds the access log")
