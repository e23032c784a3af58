"""Hear materials with their titles, places and pages, whose account is whose, and who decides for a person."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0005"
down_revision = "audit_0004"
branch_labels = None
depends_on = None

# Takes the place of heard_removal: a material now says itself whether it was taken out.
HEARD = """
create table audit.heard_material (
  material_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  dossier_id uuid not null,
  person_id uuid not null,
  blob_unit_id uuid not null,
  category text not null,
  item_no int not null,
  title text not null,
  formed_on jsonb,
  page_count int not null,
  pages jsonb not null,
  pages_version bigint not null,
  removed boolean not null
);
create index heard_material_dossier on audit.heard_material (dossier_id, material_id);
grant select, insert, update on audit.heard_material to audit_svc;

-- Whose account it is; no unit may see it, only the service when it decides on recusal.
create table audit.heard_account (
  account_id uuid primary key,
  version bigint not null,
  person_no text,
  active boolean not null
);
create index heard_account_person on audit.heard_account (person_no) where person_no is not null;
grant select, insert, update on audit.heard_account to audit_svc;
alter table audit.heard_account enable row level security;
create policy heard_account_service on audit.heard_account
  using ((select current_setting('app.actor', true)) = 'service')
  with check ((select current_setting('app.actor', true)) = 'service');

drop table audit.heard_removal;

alter table audit.heard_person add column rank text;
alter table audit.heard_person add column id_index text;
alter table audit.heard_person add column managing_authority jsonb not null default '[]';
create index heard_person_unit on audit.heard_person (unit_id, person_id);
create index heard_person_id_index on audit.heard_person (id_index) where id_index is not null;
create index heard_dossier_unit on audit.heard_dossier (unit_id, dossier_id);
create index heard_dossier_person on audit.heard_dossier (person_id);
"""


def upgrade() -> None:
    run_statements(op, HEARD, unit_policies("audit", "heard_material"))


def downgrade() -> None:
    raise NotImplementedError("what was heard is never dropped; restore a backup")
