"""Lookups across boroughs: the region's directory, messages of peers, filters, the shield set."""

from migrations.statements import run_files

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, wall them, grant each duty its least."""
    run_files("0004_tables.sql", "0004_walls.sql", "0004_grants.sql")


def downgrade() -> None:
    """Refuse: what authorities said to each other would be lost."""
    raise RuntimeError("refused: this revision holds exchanges with peers")
