"""The numbered and sealed access log, what auditors find entries by, and budgets."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent


def _statements(name: str) -> list[str]:
    text = (_HERE / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


def upgrade() -> None:
    """Create the tables, wall them, grant each duty its least."""
    for name in ("0003_tables.sql", "0003_walls.sql", "0003_grants.sql"):
        for statement in _statements(name):
            op.execute(statement)


def downgrade() -> None:
    """Refuse: what the log has sealed would be lost."""
    raise RuntimeError("refused: this revision holds the sealed log")
