"""Know which materials were taken out of their dossiers: their pages count as filed no longer."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0003"
down_revision = "audit_0002"
branch_labels = None
depends_on = None

# A material that was never taken out has no row: the word of a removal comes seldom.
REMOVED = """
create table audit.heard_removal (
  material_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  removed boolean not null
);
grant select, insert, update on audit.heard_removal to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, REMOVED, unit_policies("audit", "heard_removal"))


def downgrade() -> None:
    raise NotImplementedError("what was heard is never dropped; restore a backup")
