"""Know which materials were taken out of their dossiers: no grant shows them."""

from alembic import op

from chassis.migrations import run_statements

revision = "access_0004"
down_revision = "access_0003"
branch_labels = None
depends_on = None

REMOVED = """
alter table access.heard_material add column removed boolean not null default false;
"""


def upgrade() -> None:
    run_statements(op, REMOVED)


def downgrade() -> None:
    raise NotImplementedError("what was heard is never dropped; restore a backup")
