"""Take TIFF and PDF files in: each page is an image of its own, and names the file that it was drawn from."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "transfer_0004"
down_revision = "transfer_0003"
branch_labels = None
depends_on = None

# An image has a size and a ticket itself; a file of pages has them page by page.
UPLOADS = """
alter table transfer.upload
  drop constraint upload_media_type_check,
  add constraint upload_media_type check (
    media_type in ('image/jpeg', 'image/png', 'image/tiff', 'application/pdf')),
  alter column width drop not null,
  alter column height drop not null,
  alter column blob_ticket drop not null,
  add constraint upload_image check (num_nulls(width, height, blob_ticket)
    = case when media_type in ('image/jpeg', 'image/png') then 0 else 3 end),
  add unique (upload_id, unit_id);

create table transfer.upload_page (
  upload_id uuid not null,
  page_no int not null check (page_no > 0),
  unit_id uuid not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png')),
  bytes bigint not null check (bytes > 0),
  width int not null check (width > 0),
  height int not null check (height > 0),
  blob_ticket text not null,
  primary key (upload_id, page_no),
  foreign key (upload_id, unit_id) references transfer.upload (upload_id, unit_id)
);
grant select, insert, delete on transfer.upload_page to transfer_svc;
"""

PAGES = """
alter table transfer.item_page
  add column source_digest text check (source_digest ~ '^[0-9a-f]{64}$'),
  add column source_page_no int check (source_page_no > 0),
  add constraint item_page_source check (num_nulls(source_digest, source_page_no) in (0, 2));
"""


def upgrade() -> None:
    run_statements(op, UPLOADS, PAGES, unit_policies("transfer", "upload_page"))


def downgrade() -> None:
    raise NotImplementedError("submissions are never dropped; restore a backup")
