"""Read the caller's units once a statement: the policies cast them anew for each row (ADR 0013)."""

from alembic import op

from chassis.migrations import cast_scope_once

revision = "catalog_0019"
down_revision = "catalog_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    cast_scope_once(op, "catalog")


def downgrade() -> None:
    raise NotImplementedError("either spelling admits the same rows; there is nothing to go back to")
