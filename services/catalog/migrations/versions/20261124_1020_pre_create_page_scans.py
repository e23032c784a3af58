"""Keep every scan of a page, its enhanced images, and how wide its binding margin is."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0006"
down_revision = "catalog_0005"
branch_labels = None
depends_on = None


# The scan of a page may be replaced, its order in the material changed: the number is unique at the commit.
# `source_…` name the TIFF or PDF that an image was drawn from; it is kept beside the image.
PAGES = """
alter table catalog.page
  add column version bigint not null default 1 check (version > 0),
  add column scan_no int not null default 1 check (scan_no > 0),
  add column source_digest text check (source_digest ~ '^[0-9a-f]{64}$'),
  add column source_page_no int check (source_page_no > 0),
  add constraint page_source check (num_nulls(source_digest, source_page_no) in (0, 2)),
  add unique (page_id, unit_id),
  drop constraint page_material_id_page_no_key,
  add constraint page_number unique (material_id, page_no) deferrable initially deferred;
"""

# Scans that were replaced. A row is never changed and never deleted.
SCANS = """
create table catalog.former_scan (
  page_id uuid not null,
  unit_id uuid not null,
  scan_no int not null check (scan_no > 0),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png')),
  bytes bigint not null check (bytes > 0),
  width int not null check (width > 0),
  height int not null check (height > 0),
  source_digest text check (source_digest ~ '^[0-9a-f]{64}$'),
  source_page_no int check (source_page_no > 0),
  blob_unit_id uuid not null,
  reason text not null check (char_length(reason) between 1 and 200),
  replaced_by text not null,
  replaced_at timestamptz not null,
  primary key (page_id, scan_no),
  foreign key (page_id, unit_id) references catalog.page (page_id, unit_id) on update cascade
);
grant select, insert on catalog.former_scan to catalog_svc;

create table catalog.page_enhancement (
  page_id uuid not null,
  unit_id uuid not null,
  enhancement_no int not null check (enhancement_no > 0),
  scan_no int not null check (scan_no > 0),
  state text not null check (state in ('made', 'rejected')),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png')),
  bytes bigint not null check (bytes > 0),
  width int not null check (width > 0),
  height int not null check (height > 0),
  blob_unit_id uuid not null,
  operations jsonb not null,
  rules_digest text not null,
  made_by text not null,
  made_at timestamptz not null,
  rejection_reason text,
  rejection_note text check (char_length(rejection_note) <= 200),
  rejected_by text,
  rejected_at timestamptz,
  primary key (page_id, enhancement_no),
  foreign key (page_id, unit_id) references catalog.page (page_id, unit_id) on update cascade,
  check (num_nulls(rejection_reason, rejected_by, rejected_at) = case when state = 'rejected' then 0 else 3 end),
  check (rejection_note is null or state = 'rejected')
);
grant select, insert, update on catalog.page_enhancement to catalog_svc;
"""

# What waits is a table of its own, so that finding it costs nothing however many pages there are.
MARGINS = """
create table catalog.page_margin (
  page_id uuid primary key,
  unit_id uuid not null,
  scan_no int not null check (scan_no > 0),
  verdict text not null check (verdict in ('ok', 'narrow', 'needs_edge', 'unmeasured')),
  margin_mm real check (margin_mm >= 0),
  ink_in_line boolean not null,
  dpi real not null,
  measured_at timestamptz not null,
  foreign key (page_id, unit_id) references catalog.page (page_id, unit_id) on update cascade
);
grant select, insert, update on catalog.page_margin to catalog_svc;

create table catalog.page_to_measure (
  page_id uuid primary key,
  unit_id uuid not null,
  due_at timestamptz not null,
  foreign key (page_id, unit_id) references catalog.page (page_id, unit_id) on update cascade
);
create index page_to_measure_due on catalog.page_to_measure (due_at);
grant select, insert, update, delete on catalog.page_to_measure to catalog_svc;

insert into catalog.page_to_measure (page_id, unit_id, due_at)
select p.page_id, p.unit_id, now() from catalog.page p join catalog.material m using (material_id)
where m.state <> 'refused';
"""


def upgrade() -> None:
    run_statements(op, PAGES, SCANS, MARGINS)
    for table in ("former_scan", "page_enhancement", "page_margin", "page_to_measure"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
