"""The stored shape of an index, its walls and its grants."""

from migrations.statements import run_files

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then force row-level security, then grant each duty its least."""
    run_files("0001_tables.sql", "0001_walls.sql", "0001_grants.sql")


def downgrade() -> None:
    """Refuse: the access log is never taken down."""
    raise RuntimeError("refused: this revision holds the access log")
