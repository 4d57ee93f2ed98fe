"""${message}"""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """State what the change is for; a lock not had within lock_timeout ends it."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo, or refuse: nothing that holds access entries is ever taken down."""
    ${downgrades if downgrades else "pass"}
