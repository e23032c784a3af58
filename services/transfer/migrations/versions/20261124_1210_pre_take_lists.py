"""Take lists in (NDJSON, XLSX): a list has a ticket and no size in dots."""

from alembic import op

from chassis.migrations import run_statements

revision = "transfer_0006"
down_revision = "transfer_0005"
branch_labels = None
depends_on = None

UPLOADS = """
alter table transfer.upload
  drop constraint upload_media_type,
  add constraint upload_media_type check (media_type in (
    'image/jpeg', 'image/png', 'image/tiff', 'application/pdf', 'application/x-ndjson',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')),
  drop constraint upload_image,
  add constraint upload_image check (case
    when media_type in ('image/jpeg', 'image/png') then num_nulls(width, height, blob_ticket) = 0
    when media_type in ('image/tiff', 'application/pdf') then num_nulls(width, height, blob_ticket) = 3
    else num_nulls(width, height) = 2 and blob_ticket is not null end);
"""


def upgrade() -> None:
    run_statements(op, UPLOADS)


def downgrade() -> None:
    raise NotImplementedError("submissions are never dropped; restore a backup")
