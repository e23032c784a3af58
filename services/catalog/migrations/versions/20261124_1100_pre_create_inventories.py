"""Keep inventories: what was expected, what was scanned, and how each difference was settled."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0014"
down_revision = "catalog_0013"
branch_labels = None
depends_on = None

# `no` counts in a unit and year. Scanning ends with the first checker's confirmation.
INVENTORIES = """
create table catalog.inventory (
  inventory_id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  year int not null,
  no int not null check (no > 0),
  cabinet_id uuid references catalog.cabinet,
  first_layer int,
  last_layer int check (last_layer >= first_layer),
  state text not null check (state in ('counting', 'counted', 'confirmed', 'closed')),
  note text check (char_length(note) between 1 and 200),
  started_at timestamptz not null,
  started_by text not null,
  closed_at timestamptz,
  closed_by text,
  unique (unit_id, year, no),
  check (num_nulls(cabinet_id, first_layer, last_layer) in (0, 3)),
  check ((state = 'closed') = (closed_at is not null)),
  check ((closed_at is null) = (closed_by is null))
);
create index inventory_unit on catalog.inventory (unit_id, inventory_id);
grant select, insert, update on catalog.inventory to catalog_svc;

create table catalog.inventory_checker (
  inventory_id uuid not null references catalog.inventory,
  account_id text not null,
  unit_id uuid not null,
  confirmed_at timestamptz not null,
  primary key (inventory_id, account_id)
);
grant select, insert on catalog.inventory_checker to catalog_svc;
"""

# The expected lines are written when the inventory starts, and stay as they were then. `seen_…` is the slot at which a
# volume was scanned last; without one only its presence was checked.
LINES = """
create table catalog.inventory_line (
  inventory_id uuid not null references catalog.inventory,
  code text not null check (code ~ '^[0-9]{20}$'),
  unit_id uuid not null,
  volume_id uuid references catalog.volume,
  expected boolean not null,
  cabinet_id uuid,
  layer int,
  slot int,
  scans int not null default 0 check (scans >= 0),
  seen_cabinet_id uuid,
  seen_layer int,
  seen_slot int,
  seen_at timestamptz,
  seen_by text,
  result text not null generated always as (case
    when not expected then case when volume_id is null then 'unknown' else 'misplaced' end
    when scans = 0 then 'missing'
    when seen_cabinet_id is null then 'found'
    when seen_cabinet_id = cabinet_id and seen_layer = layer and seen_slot = slot then 'found'
    else 'misplaced' end) stored,
  outcome text check (outcome in ('found_later', 'moved_back', 'place_corrected', 'explained')),
  note text check (char_length(note) between 1 and 200),
  settled_at timestamptz,
  settled_by text,
  primary key (inventory_id, code),
  check (expected or scans > 0),
  check (num_nulls(cabinet_id, layer, slot) in (0, 3)),
  check (num_nulls(seen_cabinet_id, seen_layer, seen_slot) in (0, 3)),
  check ((scans = 0) = (seen_at is null)),
  check (num_nulls(outcome, settled_at, settled_by) in (0, 3))
);
create index inventory_line_result on catalog.inventory_line (inventory_id, result, code) include (settled_at);
grant select, insert, update on catalog.inventory_line to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, INVENTORIES, LINES)
    for table in ("inventory", "inventory_checker", "inventory_line"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
