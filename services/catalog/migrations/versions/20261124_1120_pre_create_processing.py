"""Keep what a material's paper needs, and what was done to it."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0016"
down_revision = "catalog_0015"
branch_labels = None
depends_on = None

# A need is a condition that somebody saw, or an edge that is to be added, by hand or as measured on a scan. `intact` is
# recorded as well, and asks for nothing.
NEEDS = """
create table catalog.processing_need (
  need_id uuid primary key,
  unit_id uuid not null,
  material_id uuid not null,
  version bigint not null check (version > 0),
  cause text not null check (cause in ('condition', 'needs_edge')),
  condition text check (condition in ('intact', 'torn', 'faded', 'mould', 'eaten', 'incomplete')),
  page_id uuid,
  page_no int check (page_no > 0),
  spot text check (char_length(spot) between 1 and 200),
  proposal text check (proposal in ('repair', 'copy', 'supply')),
  source text not null check (source in ('hand', 'measured')),
  state text not null check (state in ('open', 'done', 'withdrawn')),
  reason text check (char_length(reason) between 1 and 200),
  raised_at timestamptz not null,
  raised_by text not null,
  ended_at timestamptz,
  ended_by text,
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  check ((cause = 'condition') = (condition is not null)),
  check ((cause = 'condition' and condition <> 'intact') = (proposal is not null)),
  check ((state = 'open') = (ended_at is null)),
  check ((ended_at is null) = (ended_by is null))
);
create unique index processing_need_edge on catalog.processing_need (page_id)
  where cause = 'needs_edge' and state = 'open' and page_id is not null;
create index processing_need_open on catalog.processing_need (unit_id, raised_at, need_id) where state = 'open';
create index processing_need_material on catalog.processing_need (material_id, need_id);
grant select, insert, update on catalog.processing_need to catalog_svc;
"""

# Cutting cannot be undone (seed 000: 切割不准确，损失无法弥补): `trim` is done only with a second person's word.
RECORDS = """
create table catalog.processing_record (
  record_id uuid primary key,
  unit_id uuid not null,
  material_id uuid not null,
  version bigint not null check (version > 0),
  op text not null check (op in ('fold', 'trim', 'mount', 'add_edge', 'remove_metal', 'copy')),
  damage text check (damage in ('torn', 'faded', 'mould', 'eaten', 'incomplete')),
  page_no int check (page_no > 0),
  note text check (char_length(note) between 1 and 200),
  need_id uuid references catalog.processing_need,
  before_unit_id uuid,
  before_digest text check (before_digest ~ '^[0-9a-f]{64}$'),
  before_type text,
  after_unit_id uuid,
  after_digest text check (after_digest ~ '^[0-9a-f]{64}$'),
  after_type text,
  state text not null check (state in ('pending', 'done')),
  done_by text not null,
  done_at timestamptz not null,
  second_person text check (second_person <> done_by),
  confirmed_at timestamptz,
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  check (num_nulls(before_unit_id, before_digest, before_type) in (0, 3)),
  check (num_nulls(after_unit_id, after_digest, after_type) in (0, 3)),
  check ((second_person is null) = (confirmed_at is null)),
  check ((state = 'pending') = (op = 'trim' and second_person is null))
);
create index processing_record_material on catalog.processing_record (material_id, record_id);
create index processing_record_pending on catalog.processing_record (unit_id, record_id) where state = 'pending';
grant select, insert, update on catalog.processing_record to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, NEEDS, RECORDS)
    for table in ("processing_need", "processing_record"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
