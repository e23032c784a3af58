"""Keep what the order of a material rests on, each change at the desk with what was before, and removals."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0010"
down_revision = "catalog_0009"
branch_labels = None
depends_on = None

# `removed` (剔除) and `merged` (its pages went to another) hold no place and no number; their rows and pages stay.
STATES = """
alter table catalog.material drop constraint material_state_check,
  add constraint material_state check (state in ('queued', 'filed', 'refused', 'removed', 'merged'));
"""

# One row per material that an archivist worked on; a material without one stands by rank, time and sequence.
# `dates` are all that the paper carries. `last_change` guards an undo: it may only follow its own change.
FILING = """
create table catalog.material_filing (
  material_id uuid primary key,
  unit_id uuid not null,
  dates jsonb not null default '[]' check (jsonb_typeof(dates) = 'array'),
  case_id text check (char_length(case_id) between 1 and 40),
  review_no int check (review_no > 0),
  annex_of uuid references catalog.material,
  pinned boolean not null default false,
  pin_after uuid references catalog.material,
  pin_reason text check (char_length(pin_reason) between 1 and 200),
  last_change uuid not null,
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  check (review_no is null or case_id is not null),
  check (annex_of <> material_id),
  check (pinned = (pin_reason is not null)),
  check (pinned or pin_after is null)
);
grant select, insert, update on catalog.material_filing to catalog_svc;
create index material_filing_annex on catalog.material_filing (annex_of) where annex_of is not null;

create table catalog.material_change (
  change_id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid not null,
  kind text not null check (
    kind in ('moved', 'ordered', 'corrected', 'split', 'merged', 'removed', 'restored', 'scheme_changed', 'undone')),
  reason text check (char_length(reason) between 1 and 200),
  before jsonb not null check (jsonb_typeof(before) = 'object'),
  made_by text not null,
  made_at timestamptz not null,
  undone_by uuid references catalog.material_change,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade
);
create index material_change_dossier on catalog.material_change (dossier_id, change_id);
grant select, insert, update on catalog.material_change to catalog_svc;
"""

# A removal is asked for by an archivist and decided by somebody else; a restoration goes the same way.
REMOVALS = """
create table catalog.removal (
  removal_id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid not null,
  material_id uuid not null,
  kind text not null check (kind in ('remove', 'restore')),
  reason text not null check (char_length(reason) between 1 and 200),
  note text check (char_length(note) between 1 and 200),
  state text not null check (state in ('pending', 'approved', 'rejected')),
  version bigint not null check (version > 0),
  owner_role text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  due_at timestamptz not null,
  decided_by text check (decided_by <> requested_by),
  decided_at timestamptz,
  decision_note text check (char_length(decision_note) between 1 and 200),
  change_id uuid references catalog.material_change,
  former_place text,
  keep_until date,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  foreign key (material_id, unit_id) references catalog.material (material_id, unit_id) on update cascade,
  check ((state = 'pending') = (decided_by is null)),
  check ((decided_by is null) = (decided_at is null)),
  check ((state = 'approved') = (change_id is not null)),
  check ((keep_until is not null) = (state = 'approved' and kind = 'remove'))
);
create unique index removal_pending on catalog.removal (material_id) where state = 'pending';
create index removal_material on catalog.removal (material_id, removal_id);
create index removal_dossier on catalog.removal (dossier_id, removal_id);
create index removal_queue on catalog.removal (unit_id, state, due_at, removal_id);
grant select, insert, update on catalog.removal to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, STATES, FILING, REMOVALS)
    for table in ("material_filing", "material_change", "removal"):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
