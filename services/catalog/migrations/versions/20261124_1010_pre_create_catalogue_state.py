"""Know which paper catalogues no longer agree with their dossiers."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0005"
down_revision = "catalog_0004"
branch_labels = None
depends_on = None

# Versions are the dossier's. `stale_since` is the moment of the first change that no print shows; null while the
# last print is the present catalogue.
STATE = """
create table catalog.catalogue_state (
  dossier_id uuid primary key,
  unit_id uuid not null,
  changed_version bigint not null check (changed_version > 0),
  changed_at timestamptz not null,
  stale_since timestamptz,
  printed_version bigint check (printed_version > 0),
  printed_at timestamptz,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  check ((printed_version is null) = (printed_at is null)),
  check ((stale_since is null) = (printed_version is not null and printed_version >= changed_version))
);
create index catalogue_state_stale on catalog.catalogue_state (unit_id, stale_since, dossier_id)
  where stale_since is not null;
grant select, insert, update on catalog.catalogue_state to catalog_svc;
"""

# No print that came before this table is known: each of these catalogues is printed once more.
BACKFILL = """
insert into catalog.catalogue_state (dossier_id, unit_id, changed_version, changed_at, stale_since)
select dossier_id, unit_id, version, changed_at, changed_at from catalog.dossier where material_count > 0
"""


def upgrade() -> None:
    run_statements(op, STATE, BACKFILL, unit_policies("catalog", "catalogue_state"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
