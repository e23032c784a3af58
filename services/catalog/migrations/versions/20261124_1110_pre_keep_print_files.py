"""Keep the prints of an order until they are thrown away or past their time."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0015"
down_revision = "catalog_0014"
branch_labels = None
depends_on = None


# The bytes are blobs of `blob_unit_id`, used by `batch_id`; a dossier that moves takes the row along, not the bytes.
FILES = """
create table catalog.print_file (
  batch_id uuid not null,
  dossier_id uuid not null,
  unit_id uuid not null,
  blob_unit_id uuid not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  bytes int not null check (bytes > 0),
  printed_at timestamptz not null,
  primary key (batch_id, dossier_id),
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade
);
create index print_file_printed on catalog.print_file (printed_at);
create index print_file_dossier on catalog.print_file (dossier_id);
grant select, insert, update, delete on catalog.print_file to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, FILES, unit_policies("catalog", "print_file"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
