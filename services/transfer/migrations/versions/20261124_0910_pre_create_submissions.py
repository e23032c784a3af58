"""Make submissions, their items and pages, uploads, the papers that end them, and what is heard."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "transfer_0002"
down_revision = "transfer_0001"
branch_labels = None
depends_on = None

SUBMISSIONS = """
create table transfer.submission (
  submission_id uuid primary key,
  unit_id uuid not null references transfer.unit,
  custodian_unit_id uuid,
  dossier_id uuid not null,
  person_id uuid not null,
  declared_person_no text check (char_length(declared_person_no) <= 64),
  declared_name_index text,
  state text not null check (state in ('draft', 'delivered', 'closed', 'withdrawn')),
  version bigint not null check (version > 0),
  created_by uuid not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  delivered_by uuid,
  handed_in_by text,
  delivered_at timestamptz,
  provisional_receipt text,
  closed_at timestamptz,
  check ((state in ('delivered', 'closed')) = (delivered_at is not null)),
  check (num_nulls(delivered_at, delivered_by, provisional_receipt, custodian_unit_id) in (0, 4)),
  check (handed_in_by is null or delivered_by is not null),
  check ((state = 'closed') = (closed_at is not null)),
  check ((declared_person_no is null) = (declared_name_index is null))
);
create index submission_unit on transfer.submission (unit_id, submission_id);
create index submission_custodian on transfer.submission (custodian_unit_id, submission_id)
  where custodian_unit_id is not null;
create index submission_dossier on transfer.submission (dossier_id);
grant select, insert, update on transfer.submission to transfer_svc;
"""

# Numbers are counted per issuing unit and year; a submission ends in one of each at the most.
PAPERS = """
create table transfer.receipt (
  receipt_id uuid primary key,
  unit_id uuid not null,
  custodian_unit_id uuid not null,
  submission_id uuid not null unique references transfer.submission,
  year int not null,
  number bigint not null check (number > 0),
  issued_at timestamptz not null,
  jws text not null,
  unique (custodian_unit_id, year, number)
);
create table transfer.return_note (
  return_note_id uuid primary key,
  unit_id uuid not null,
  custodian_unit_id uuid not null,
  submission_id uuid not null unique references transfer.submission,
  year int not null,
  number bigint not null check (number > 0),
  issued_at timestamptz not null,
  jws text not null,
  unique (custodian_unit_id, year, number)
);
grant select, insert on transfer.receipt, transfer.return_note to transfer_svc;
"""

# An outcome is complete or not there at all, and an item stands in one paper at the most: the right one.
ITEMS = """
create table transfer.submission_item (
  item_id uuid primary key,
  submission_id uuid not null references transfer.submission,
  unit_id uuid not null,
  custodian_unit_id uuid,
  position int not null check (position > 0),
  title text not null check (char_length(title) between 1 and 200),
  formed_on jsonb,
  declared_page_count int not null check (declared_page_count > 0),
  page_count int not null default 0 check (page_count >= 0),
  state text not null check (state in ('draft', 'pending', 'appraised', 'filed', 'returned', 'withdrawn')),
  version bigint not null check (version > 0),
  material_id uuid unique,
  filed_dossier_id uuid,
  filed_category text,
  filed_item_no int check (filed_item_no > 0),
  filed_on date,
  filed_page_count int check (filed_page_count >= 0),
  returned_by text check (returned_by in ('audit', 'catalog')),
  reasons text[] not null default '{}',
  receipt_id uuid references transfer.receipt,
  return_note_id uuid references transfer.return_note,
  unique (submission_id, position),
  check ((state in ('draft', 'withdrawn')) = (material_id is null)),
  check (state in ('draft', 'withdrawn') or page_count > 0),
  check (num_nulls(filed_dossier_id, filed_category, filed_item_no, filed_on, filed_page_count)
    = case when state = 'filed' then 0 else 5 end),
  check ((state = 'returned') = (returned_by is not null)),
  check ((state = 'returned') = (cardinality(reasons) > 0)),
  check (receipt_id is null or state = 'filed'),
  check (return_note_id is null or state = 'returned')
);
grant select, insert, update, delete on transfer.submission_item to transfer_svc;

create table transfer.item_page (
  item_id uuid not null references transfer.submission_item on delete cascade,
  page_no int not null check (page_no > 0),
  unit_id uuid not null,
  custodian_unit_id uuid,
  page_id uuid unique,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png')),
  bytes bigint not null check (bytes > 0),
  width int not null check (width > 0),
  height int not null check (height > 0),
  primary key (item_id, page_no),
  check ((page_id is null) = (custodian_unit_id is null))
);
grant select, insert, update, delete on transfer.item_page to transfer_svc;

create table transfer.upload (
  upload_id uuid primary key,
  unit_id uuid not null,
  uploaded_by uuid not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png')),
  bytes bigint not null check (bytes > 0),
  width int not null check (width > 0),
  height int not null check (height > 0),
  uploaded_at timestamptz not null,
  blob_ticket text not null
);
create index upload_age on transfer.upload (uploaded_at);
grant select, insert, delete on transfer.upload to transfer_svc;
"""

# Copies of what the catalog owns, with the names of cadres.
HEARD = """
create table transfer.heard_person (
  person_id uuid primary key,
  person_no text not null,
  name text not null,
  former_names text[] not null default '{}',
  unit_id uuid not null,
  version bigint not null
);
create index heard_person_no on transfer.heard_person (person_no);
create table transfer.heard_dossier (
  dossier_id uuid primary key,
  dossier_no text not null,
  person_id uuid not null,
  unit_id uuid not null,
  state text not null check (state in ('open', 'closed')),
  version bigint not null
);
create index heard_dossier_person on transfer.heard_dossier (person_id);
grant select, insert, update on transfer.heard_person, transfer.heard_dossier to transfer_svc;
"""

BOTH = ("unit_id", "custodian_unit_id")


def upgrade() -> None:
    run_statements(op, SUBMISSIONS, PAPERS, ITEMS, HEARD)
    for table in ("submission", "submission_item", "item_page", "receipt", "return_note"):
        run_statements(op, unit_policies("transfer", table, columns=BOTH))
    for table in ("upload", "heard_person", "heard_dossier"):
        run_statements(op, unit_policies("transfer", table))


def downgrade() -> None:
    raise NotImplementedError("submissions are never dropped; restore a backup")
