"""Make the house tables and the unit tree."""

from alembic import op

from chassis.migrations import create_house_tables, run_statements, unit_policies

revision = "transfer_0001"
down_revision = None
branch_labels = None
depends_on = None

UNIT = """
create table transfer.unit (
  unit_id uuid primary key,
  parent_id uuid references transfer.unit,
  code text not null check (code ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
  name text not null check (char_length(name) between 1 and 100),
  active boolean not null default true,
  version bigint not null check (version > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  check (parent_id <> unit_id),
  constraint unit_code_once unique nulls not distinct (parent_id, code)
);
grant select, insert, update on transfer.unit to transfer_svc;
"""


def upgrade() -> None:
    create_house_tables(op, "transfer")
    run_statements(op, UNIT, unit_policies("transfer", "unit"))


def downgrade() -> None:
    raise NotImplementedError("units are never dropped; restore a backup")
