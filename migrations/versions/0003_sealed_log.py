"""The numbered and sealed access log, what auditors find entries by, and budgets."""

from migrations.statements import run_files

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, wall them, grant each duty its least."""
    run_files("0003_tables.sql", "0003_walls.sql", "0003_grants.sql")


def downgrade() -> None:
    """Refuse: what the log has sealed would be lost."""
    raise RuntimeError("refused: this revision holds the sealed log")
