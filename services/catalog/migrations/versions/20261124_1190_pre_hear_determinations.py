"""Know how far each determination of a fact has been heard, so that an older word never undoes a newer one."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0023"
down_revision = "catalog_0022"
branch_labels = None
depends_on = None

HEARD = """
create table catalog.heard_determination (
  determination_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  person_id uuid not null
);
grant select, insert, update on catalog.heard_determination to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, HEARD, unit_policies("catalog", "heard_determination"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
