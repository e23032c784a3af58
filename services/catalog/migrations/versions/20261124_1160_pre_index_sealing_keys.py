"""Let a start ask which keys sealed the rows, without reading them all."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0020"
down_revision = "catalog_0019"
branch_labels = None
depends_on = None

INDEXES = """
create index id_number_key on catalog.id_number (key_id);
create index lrmx_import_key on catalog.lrmx_import (key_id);
"""


def upgrade() -> None:
    run_statements(op, INDEXES)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
