"""Make the house tables, persons with their kin, and dossiers."""

from alembic import op

from chassis.migrations import create_house_tables, run_statements, unit_policies

revision = "catalog_0001"
down_revision = None
branch_labels = None
depends_on = None

# `unit_id` is where the person serves, `custodian_unit_id` the unit that keeps the dossier (管档单位), once
# there is one: archivists of both see the card. All that belongs to the dossier follows the custodian by
# `on update cascade`, so that no row of it can be left in the scope of a unit that no longer keeps it.
PERSONS = """
create table catalog.person (
  person_id uuid primary key,
  unit_id uuid not null,
  custodian_unit_id uuid,
  version bigint not null check (version > 0),
  person_no text not null unique check (char_length(person_no) between 1 and 64),
  name text not null check (char_length(name) between 1 and 100),
  former_names text[] not null default '{}',
  sex text check (sex in ('male', 'female')),
  ethnicity text check (char_length(ethnicity) <= 40),
  native_place text check (char_length(native_place) <= 100),
  birth_date jsonb,
  rank text check (char_length(rank) <= 100),
  kin_complete boolean not null default false,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  unique (person_id, custodian_unit_id)
);
create index person_name on catalog.person (name, person_id);
grant select, insert, update on catalog.person to catalog_svc;

create table catalog.kin (
  person_id uuid not null references catalog.person,
  kin_person_id uuid not null references catalog.person,
  relation text not null
    check (relation in ('spouse', 'parent', 'child', 'sibling', 'lineal', 'collateral', 'in_law')),
  since timestamptz not null,
  primary key (person_id, kin_person_id),
  check (person_id <> kin_person_id)
);
create index kin_other_side on catalog.kin (kin_person_id);
grant select, insert, update on catalog.kin to catalog_svc;
alter table catalog.kin enable row level security;
create policy kin_person on catalog.kin
  using (exists (select from catalog.person p where p.person_id = kin.person_id))
  with check (exists (select from catalog.person p where p.person_id = kin.person_id));
"""

# `filing_seq` counts filings, so that materials of one date keep the order in which they came. Counts are
# kept under the row lock that every filing holds.
DOSSIERS = """
create table catalog.dossier (
  dossier_id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  dossier_no text not null unique check (char_length(dossier_no) between 1 and 64),
  person_id uuid not null unique,
  scheme text not null,
  state text not null check (state in ('open', 'closed')),
  opened_on date not null,
  filing_seq bigint not null default 0 check (filing_seq >= 0),
  material_count int not null default 0 check (material_count >= 0),
  page_count int not null default 0 check (page_count >= material_count),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  foreign key (person_id, unit_id) references catalog.person (person_id, custodian_unit_id) on update cascade,
  unique (dossier_id, unit_id)
);
create index dossier_unit on catalog.dossier (unit_id, dossier_id);
grant select, insert, update on catalog.dossier to catalog_svc;
"""


def upgrade() -> None:
    create_house_tables(op, "catalog")
    run_statements(op, PERSONS, DOSSIERS)
    run_statements(op, unit_policies("catalog", "person", columns=("unit_id", "custodian_unit_id")))
    run_statements(op, unit_policies("catalog", "dossier"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
