"""Know a filed page by every scan that it had: a page scanned anew is the same page handed in again."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0002"
down_revision = "audit_0001"
branch_labels = None
depends_on = None

KEY = """
alter table audit.filed_page drop constraint filed_page_pkey, add primary key (material_id, page_id, digest);
"""


def upgrade() -> None:
    run_statements(op, KEY)


def downgrade() -> None:
    raise NotImplementedError("what was heard is never dropped; restore a backup")
