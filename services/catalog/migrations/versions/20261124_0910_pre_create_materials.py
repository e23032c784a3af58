"""Make materials, their pages, and the queue of those that no rule can place."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0002"
down_revision = "catalog_0001"
branch_labels = None
depends_on = None

# One row per material is the guard that it is filed once. `place` is the code under which it stands (`9-2`);
# its numbers are unique at the commit, since a renumbering moves several rows. A material refused because
# its dossier is not kept here names it in `named_dossier_id` only.
MATERIALS = """
create table catalog.material (
  material_id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid,
  named_dossier_id uuid not null,
  version bigint not null check (version > 0),
  state text not null check (state in ('queued', 'filed', 'refused')),
  title text not null check (char_length(title) between 1 and 200),
  original_title text not null,
  category smallint check (category between 1 and 10),
  subclass smallint check (subclass between 1 and 4),
  place text generated always as (category::text || coalesce('-' || subclass::text, '')) stored,
  item_no int check (item_no > 0),
  content_rank smallint,
  formed_on jsonb,
  formed_key text not null check (formed_key ~ '^[0-9]{8}$'),
  filing_seq bigint,
  page_count int not null check (page_count >= 1),
  remark text check (char_length(remark) <= 200),
  basis text,
  filed_on date,
  refusal_reasons text[] not null default '{}',
  blob_unit_id uuid not null,
  appraisal_id uuid,
  item_id uuid,
  submission_id uuid,
  entry_id uuid,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  unique (material_id, unit_id),
  constraint material_number unique (dossier_id, place, item_no) deferrable initially deferred,
  constraint material_sequence unique (dossier_id, filing_seq) deferrable initially deferred,
  constraint material_dossier check (dossier_id = named_dossier_id or (dossier_id is null and state = 'refused')),
  constraint material_place check (num_nulls(category, item_no, content_rank, filing_seq, basis, filed_on)
    = case when state = 'filed' then 0 else 6 end),
  constraint material_subclass check (
    case when category is null then subclass is null else (subclass is not null) = (category in (4, 9)) end),
  constraint material_reasons check ((state = 'refused') = (cardinality(refusal_reasons) > 0))
);
create index material_entry on catalog.material (entry_id) where entry_id is not null;
grant select, insert, update on catalog.material to catalog_svc;

create table catalog.page (
  page_id uuid primary key,
  unit_id uuid not null,
  material_id uuid not null,
  page_no int not null check (page_no > 0),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png')),
  bytes bigint not null check (bytes > 0),
  width int not null check (width > 0),
  height int not null check (height > 0),
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  unique (material_id, page_no)
);
grant select, insert, update on catalog.page to catalog_svc;
"""

# The owner of an entry is the archivists (`owner_role`) of its unit.
QUEUE = """
create table catalog.filing_task (
  task_id uuid primary key,
  unit_id uuid not null,
  material_id uuid not null unique,
  cause text not null check (cause in ('unclassified', 'ask', 'retitle')),
  basis text,
  owner_role text not null,
  state text not null check (state in ('pending', 'approved', 'rejected')),
  version bigint not null check (version > 0),
  created_at timestamptz not null,
  due_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  check ((state = 'pending') = (decided_by is null)),
  check ((decided_by is null) = (decided_at is null))
);
create index filing_task_due on catalog.filing_task (state, due_at, task_id) include (unit_id);
grant select, insert, update on catalog.filing_task to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, MATERIALS, QUEUE)
    for table in ("material", "page", "filing_task"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
