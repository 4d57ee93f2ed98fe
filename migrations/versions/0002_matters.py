"""Matters for people to handle, and the questions the tripwire replays."""

from migrations.statements import run_files

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, wall them, grant each duty its least."""
    run_files("0002_tables.sql", "0002_walls.sql", "0002_grants.sql")


def downgrade() -> None:
    """Refuse: what people were asked to handle would be lost."""
    raise RuntimeError("refused: this revision holds matters people handle")
