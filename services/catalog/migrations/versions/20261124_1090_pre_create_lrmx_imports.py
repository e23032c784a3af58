"""Keep each imported appointment form (LRMX), sealed as a whole: it holds the identity number."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0013"
down_revision = "catalog_0012"
branch_labels = None
depends_on = None

# The file is kept as it came, so that what no field knows goes out again; `elements` are those that were taken.
# The import's id is the entry of the facts that came with it.
IMPORTS = """
create table catalog.lrmx_import (
  import_id uuid primary key,
  person_id uuid not null references catalog.person,
  sealed bytea not null,
  key_id text not null,
  bytes int not null check (bytes > 0),
  elements text[] not null,
  imported_at timestamptz not null,
  imported_by text not null
);
create index lrmx_import_person on catalog.lrmx_import (person_id, import_id);
grant select, insert on catalog.lrmx_import to catalog_svc;
alter table catalog.lrmx_import enable row level security;
create policy lrmx_import_person on catalog.lrmx_import
  using (exists (select from catalog.person p where p.person_id = lrmx_import.person_id))
  with check (exists (select from catalog.person p where p.person_id = lrmx_import.person_id));
"""


def upgrade() -> None:
    run_statements(op, IMPORTS)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
