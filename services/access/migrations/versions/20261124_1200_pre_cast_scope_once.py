"""Read the caller's units once a statement: the policies cast them anew for each row (ADR 0013)."""

from alembic import op

from chassis.migrations import cast_scope_once

revision = "access_0005"
down_revision = "access_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    cast_scope_once(op, "access")


def downgrade() -> None:
    raise NotImplementedError("either spelling admits the same rows; there is nothing to go back to")
