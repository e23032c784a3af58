"""Say which office decides for which rank in which unit, and since when (干部管理权限)."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0018"
down_revision = "catalog_0017"
branch_labels = None
depends_on = None

# The extension compares text and uuid inside an exclusion constraint. It is made by who runs the migrations, in
# the schema of the catalog; the owner of the tables may not make extensions.
EXTENSION = """
reset role;
create extension if not exists btree_gist with schema catalog;
set role catalog_owner;
"""

# A setting of the deployment that names nobody: readable in every scope, since a rule of a county holds for the
# offices below it. `valid_to` is the last day. Two rules for one rank and unit never hold on one day.
AUTHORITIES = """
create table catalog.managing_authority (
  authority_id uuid primary key,
  rank text not null check (char_length(rank) between 1 and 100),
  unit_id uuid not null,
  office text not null check (char_length(office) between 1 and 100),
  office_unit_id uuid,
  valid_from date not null,
  valid_to date check (valid_to >= valid_from),
  version bigint not null check (version > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  constraint managing_authority_periods exclude using gist
    (rank with =, unit_id with =, daterange(valid_from, valid_to, '[]') with &&)
);
grant select, insert, update on catalog.managing_authority to catalog_svc;
"""

# Whom a changed rule, or a unit that moved, concerns is told in the background, two hundred persons at a time.
TELLING = """
create table catalog.authority_to_tell (
  no bigint generated always as identity primary key,
  rank text,
  unit_id uuid not null,
  after_person uuid not null default '00000000-0000-0000-0000-000000000000'
);
grant select, insert, update, delete on catalog.authority_to_tell to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, EXTENSION, AUTHORITIES, TELLING)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
