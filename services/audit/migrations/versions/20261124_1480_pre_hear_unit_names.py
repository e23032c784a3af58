"""Hear what units are called, for papers that name them."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0023"
down_revision = "audit_0022"
branch_labels = None
depends_on = None

NAMES = """
create table audit.heard_unit (
  unit_id uuid primary key,
  version bigint not null,
  name text not null check (char_length(name) between 1 and 200)
);
grant select, insert, update on audit.heard_unit to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, NAMES, unit_policies("audit", "heard_unit"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
