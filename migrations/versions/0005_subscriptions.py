"""Subscriptions: the job that looks at them reads what an answer to their owners rests on."""

from migrations.statements import run_files

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant the job its least. Subscriptions lie among the matters: there is no new table."""
    run_files("0005_grants.sql")


def downgrade() -> None:
    """Refuse: subscribers would wait for notices that nobody raises."""
    raise RuntimeError("refused: subscriptions are looked at by what this revision grants")
