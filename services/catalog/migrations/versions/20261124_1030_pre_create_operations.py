"""Make the tables of long work: operations and their items."""

from alembic import op

from chassis.migrations import create_operation_tables

revision = "catalog_0007"
down_revision = "catalog_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_operation_tables(op, "catalog")


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
