"""The access log's index by moment without the id: half the work of keeping it (decision 0036)."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the new index before the old one goes: auditors' pages are never without one."""
    op.create_index("access_entry_moment", "access_entry", ["csa", "at"])
    op.drop_index("access_entry_at", "access_entry")


def downgrade() -> None:
    """Put the old index back: nothing but an index is lost."""
    op.create_index("access_entry_at", "access_entry", ["csa", "at", "entry_id"])
    op.drop_index("access_entry_moment", "access_entry")
