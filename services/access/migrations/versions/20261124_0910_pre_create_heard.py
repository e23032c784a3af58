"""Make the read models: persons, kin, dossiers, materials with their pages, accounts."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "access_0002"
down_revision = "access_0001"
branch_labels = None
depends_on = None

HEARD = """
create table access.heard_person (
  person_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  person_no text not null,
  name text not null,
  former_names text[] not null
);
create index heard_person_no on access.heard_person (person_no);
grant select, insert, update on access.heard_person to access_svc;

create table access.heard_kin (
  person_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  kin_ids uuid[] not null,
  complete boolean not null
);
create index heard_kin_other_side on access.heard_kin using gin (kin_ids);
grant select, insert, update on access.heard_kin to access_svc;

create table access.heard_dossier (
  dossier_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  dossier_no text not null,
  person_id uuid not null,
  state text not null check (state in ('open', 'closed'))
);
create index heard_dossier_person on access.heard_dossier (person_id);
grant select, insert, update on access.heard_dossier to access_svc;

create table access.heard_material (
  material_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  dossier_id uuid not null,
  blob_unit_id uuid not null,
  category text not null,
  item_no int not null,
  title text not null,
  formed_on jsonb,
  pages jsonb not null,
  page_ids uuid[] not null
);
create index heard_material_dossier on access.heard_material (dossier_id, material_id);
create index heard_material_pages on access.heard_material using gin (page_ids);
grant select, insert, update on access.heard_material to access_svc;

-- Whose account it is; no unit may see it, only the service when it decides on recusal.
create table access.heard_account (
  account_id uuid primary key,
  version bigint not null,
  person_no text,
  active boolean not null
);
create index heard_account_person on access.heard_account (person_no) where person_no is not null;
grant select, insert, update on access.heard_account to access_svc;
alter table access.heard_account enable row level security;
create policy heard_account_service on access.heard_account
  using ((select current_setting('app.actor', true)) = 'service')
  with check ((select current_setting('app.actor', true)) = 'service');
"""

TABLES = ("heard_person", "heard_kin", "heard_dossier", "heard_material")


def upgrade() -> None:
    run_statements(op, HEARD)
    for table in TABLES:
        run_statements(op, unit_policies("access", table))


def downgrade() -> None:
    raise NotImplementedError("what was heard is never dropped; restore a backup")
