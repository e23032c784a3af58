"""Keep volumes, the rooms and cabinets they stand in, and where each of them stood before."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0008"
down_revision = "catalog_0007"
branch_labels = None
depends_on = None

# A cabinet is fixed or dense shelving (密集架) of `layers` times `slots` places, each for `slot_capacity` volumes.
# `paper_no` is what the labels of its slots carry.
ROOMS = """
create sequence catalog.paper_number;
grant usage on sequence catalog.paper_number to catalog_svc;

create table catalog.store_room (
  store_room_id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  code text not null check (char_length(code) between 1 and 40),
  name text not null check (char_length(name) between 1 and 100),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  constraint store_room_code unique (unit_id, code),
  unique (store_room_id, unit_id)
);
grant select, insert, update on catalog.store_room to catalog_svc;

create table catalog.cabinet (
  cabinet_id uuid primary key,
  unit_id uuid not null,
  store_room_id uuid not null,
  version bigint not null check (version > 0),
  code text not null check (char_length(code) between 1 and 40),
  kind text not null check (kind in ('fixed', 'dense')),
  layers int not null check (layers between 1 and 99),
  slots int not null check (slots between 1 and 999),
  slot_capacity int not null check (slot_capacity between 1 and 200),
  paper_no bigint not null unique check (paper_no > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  foreign key (store_room_id, unit_id) references catalog.store_room (store_room_id, unit_id),
  constraint cabinet_code unique (store_room_id, code)
);
create index cabinet_unit on catalog.cabinet (unit_id, cabinet_id);
grant select, insert, update on catalog.cabinet to catalog_svc;
"""

# The volumes of a set (正本, 副本) cover all ten categories in order. One that a new division needs no more is
# dissolved, and stays for its history and its number. `code` is on its label.
VOLUMES = """
create table catalog.volume (
  volume_id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid not null,
  version bigint not null check (version > 0),
  kind text not null check (kind in ('original', 'duplicate')),
  no int not null check (no > 0),
  first_category smallint not null check (first_category between 1 and 10),
  last_category smallint not null check (last_category between first_category and 10),
  state text not null check (state in ('in_use', 'dissolved')),
  code text not null unique check (code ~ '^[0-9]{20}$'),
  thickness_mm int check (thickness_mm between 1 and 500),
  remark text check (char_length(remark) between 1 and 200),
  cabinet_id uuid references catalog.cabinet,
  layer int check (layer > 0),
  slot int check (slot > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  unique (volume_id, unit_id),
  check (num_nulls(cabinet_id, layer, slot) in (0, 3)),
  check (state = 'in_use' or cabinet_id is null)
);
create unique index volume_no on catalog.volume (dossier_id, kind, no) where state = 'in_use';
create index volume_slot on catalog.volume (cabinet_id, layer, slot, volume_id) where cabinet_id is not null;
create index volume_unit on catalog.volume (unit_id, volume_id) where state = 'in_use';
grant select, insert, update on catalog.volume to catalog_svc;

create table catalog.placement (
  volume_id uuid not null,
  unit_id uuid not null,
  version bigint not null,
  cabinet_id uuid references catalog.cabinet,
  layer int,
  slot int,
  reason text check (char_length(reason) between 1 and 200),
  placed_at timestamptz not null,
  placed_by text not null,
  primary key (volume_id, version),
  foreign key (volume_id, unit_id) references catalog.volume (volume_id, unit_id) on update cascade,
  check (num_nulls(cabinet_id, layer, slot) in (0, 3))
);
grant select, insert on catalog.placement to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, ROOMS, VOLUMES)
    for table in ("store_room", "cabinet", "volume", "placement"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
