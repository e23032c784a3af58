"""Let each difference of an inventory wait for an archivist until a day."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0021"
down_revision = "catalog_0020"
branch_labels = None
depends_on = None

# Made when the scanning has ended; `approved` once the difference is settled.
TASKS = """
create table catalog.inventory_task (
  task_id uuid primary key,
  inventory_id uuid not null,
  code text not null,
  unit_id uuid not null,
  owner_role text not null,
  state text not null check (state in ('pending', 'approved')),
  version bigint not null check (version > 0),
  created_at timestamptz not null,
  due_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  unique (inventory_id, code),
  foreign key (inventory_id, code) references catalog.inventory_line (inventory_id, code),
  check ((state = 'approved') = (decided_at is not null)),
  check ((decided_at is null) = (decided_by is null))
);
create index inventory_task_unit on catalog.inventory_task (unit_id, state, due_at, task_id);
create index inventory_task_open on catalog.inventory_task (code) where state = 'pending';
grant select, insert, update on catalog.inventory_task to catalog_svc;
"""

# Differences of inventories that are under way; 30 days as the rule file has it at this release.
BACKFILL = """
insert into catalog.inventory_task (task_id, inventory_id, code, unit_id, owner_role, state, version, created_at,
  due_at)
select uuidv7(), l.inventory_id, l.code, l.unit_id, 'archivist', 'pending', 1, now(), now() + interval '30 days'
from catalog.inventory_line l join catalog.inventory i using (inventory_id)
where i.state in ('counted', 'confirmed') and l.result <> 'found' and l.settled_at is null
"""


def upgrade() -> None:
    run_statements(op, TASKS, BACKFILL, unit_policies("catalog", "inventory_task"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
