"""Know which filed materials are not bound yet, and what was bound where by whom."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0009"
down_revision = "catalog_0008"
branch_labels = None
depends_on = None

# A loose sheet is a row here from its filing until its binding. Bindings end when a new division moves the material's
# category into another volume.
LOOSE = """
create table catalog.loose_sheet (
  material_id uuid primary key,
  unit_id uuid not null,
  since timestamptz not null,
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade
);
create index loose_sheet_unit on catalog.loose_sheet (unit_id, since, material_id);
grant select, insert, update, delete on catalog.loose_sheet to catalog_svc;

create table catalog.binding (
  material_id uuid not null,
  bound_at timestamptz not null,
  unit_id uuid not null,
  volume_id uuid not null references catalog.volume,
  bound_by text not null,
  ended_at timestamptz,
  primary key (material_id, bound_at),
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  check (ended_at >= bound_at)
);
create unique index binding_one on catalog.binding (material_id) where ended_at is null;
create index binding_volume on catalog.binding (volume_id, bound_at, material_id) where ended_at is null;
grant select, insert, update on catalog.binding to catalog_svc;
"""

# What came from departments was filed loose; rows of paper catalogues stand in their volumes.
BACKFILL = """
insert into catalog.loose_sheet (material_id, unit_id, since)
select material_id, unit_id, changed_at from catalog.material where state = 'filed' and item_id is not null
"""


def upgrade() -> None:
    run_statements(op, LOOSE, BACKFILL)
    for table in ("loose_sheet", "binding"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
