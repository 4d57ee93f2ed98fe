"""Expiry of the access log: a year older than six is dropped, its heads stay (decision 0037)."""

from migrations.statements import run_files

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of dropped years, and let the job drop what is older than they may be."""
    run_files("0007_tables.sql", "0007_walls.sql", "0007_grants.sql")


def downgrade() -> None:
    """Refuse: which years were dropped on purpose would be forgotten."""
    raise RuntimeError("refused: this revision holds which years of the log were dropped")
