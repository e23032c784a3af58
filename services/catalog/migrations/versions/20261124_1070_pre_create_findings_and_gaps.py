"""Keep what is wrong in a dossier (findings) and what it lacks (gaps), and which dossiers must be looked at again."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0011"
down_revision = "catalog_0010"
branch_labels = None
depends_on = None

# A change of the dossier, its pages or its person's facts puts it here, in its own transaction; the review takes it
# off again. `round` names the rules and the year of the last review: another one calls for the next.
REVIEWS = """
create table catalog.dossier_to_review (
  dossier_id uuid primary key,
  unit_id uuid not null,
  marked_at timestamptz not null,
  mark bigint generated always as identity,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade
);
create index dossier_to_review_oldest on catalog.dossier_to_review (marked_at, dossier_id);
grant select, insert, update, delete on catalog.dossier_to_review to catalog_svc;

create table catalog.dossier_review (
  dossier_id uuid primary key,
  unit_id uuid not null,
  round text not null,
  dossier_version bigint not null,
  reviewed_at timestamptz not null,
  required int not null check (required >= 0),
  present int not null check (present >= 0),
  explained int not null check (explained >= 0),
  tallied_unit_id uuid not null,
  check (present + explained <= required),
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade
);
grant select, insert, update on catalog.dossier_review to catalog_svc;
"""

# `member` is what in the dossier it is about: a material, a category, the dossier itself. A waiver holds for
# `params` as they were: when they change the finding is open again.
FINDINGS = """
create table catalog.finding (
  finding_id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid not null,
  code text not null check (code ~ '^CAT-[0-9]{3}$'),
  member text not null,
  severity text not null check (severity in ('error', 'warning', 'hint')),
  params jsonb not null,
  state text not null check (state in ('open', 'waived', 'resolved')),
  version bigint not null check (version > 0),
  found_at timestamptz not null,
  resolved_at timestamptz,
  waiver_reason text check (char_length(waiver_reason) between 1 and 200),
  waived_by text,
  waived_at timestamptz,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  unique (dossier_id, code, member),
  check ((state = 'resolved') = (resolved_at is not null)),
  check ((state = 'waived') = (waived_at is not null)),
  check (num_nulls(waiver_reason, waived_by, waived_at) in (0, 3))
);
create index finding_unit on catalog.finding (unit_id, code, dossier_id, member) where state = 'open';
create index finding_tally on catalog.finding (unit_id, state, code) where state <> 'resolved';
grant select, insert, update on catalog.finding to catalog_svc;

create table catalog.finding_count (
  unit_id uuid not null,
  code text not null,
  open int not null check (open >= 0),
  waived int not null check (waived >= 0),
  dossiers int not null check (dossiers >= 0),
  primary key (unit_id, code)
);
grant select, insert, update, delete on catalog.finding_count to catalog_svc;

create table catalog.unit_to_tally (
  unit_id uuid primary key,
  marked_at timestamptz not null
);
grant select, insert, update, delete on catalog.unit_to_tally to catalog_svc;
"""

# One row a rule and dossier. `missing` says which pieces: years, or the facts that want their paper.
GAPS = """
create table catalog.gap (
  gap_id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid not null,
  rule text not null,
  category text not null,
  missing jsonb not null,
  state text not null check (state in ('open', 'closed')),
  outcome text check (outcome in ('filed', 'explained', 'not_required')),
  version bigint not null check (version > 0),
  opened_at timestamptz not null,
  closed_at timestamptz,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  unique (dossier_id, rule),
  unique (gap_id, unit_id),
  check ((state = 'closed') = (outcome is not null)),
  check ((state = 'closed') = (closed_at is not null))
);
create index gap_unit on catalog.gap (unit_id, gap_id) where state = 'open';
grant select, insert, update on catalog.gap to catalog_svc;

create table catalog.gap_explanation (
  gap_id uuid not null,
  unit_id uuid not null,
  material_id uuid not null,
  pieces jsonb not null,
  explained_by text not null,
  explained_at timestamptz not null,
  primary key (gap_id, material_id),
  foreign key (gap_id, unit_id) references catalog.gap (gap_id, unit_id) on update cascade,
  foreign key (material_id) references catalog.material
);
grant select, insert on catalog.gap_explanation to catalog_svc;

create table catalog.gap_profile (
  dossier_id uuid primary key,
  unit_id uuid not null,
  body_kind text not null,
  stage text not null,
  service_until int check (service_until between 1949 and 2199),
  events jsonb not null,
  version bigint not null check (version > 0),
  changed_at timestamptz not null,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade
);
grant select, insert, update on catalog.gap_profile to catalog_svc;
"""

# A row of an old paper catalogue may stand in 4 or 9 without a subclass until the archivist has looked at the paper
# (the rule binds new deliveries only); everything else is filed under one.
OLD_ROWS = """
alter table catalog.material drop constraint material_subclass;
alter table catalog.material add constraint material_subclass check (
  case when category is null then subclass is null
    when category in (4, 9) then subclass is not null or entry_id is not null
    else subclass is null end);
"""


def upgrade() -> None:
    run_statements(op, REVIEWS, FINDINGS, GAPS, OLD_ROWS)
    for table in (
        "dossier_to_review",
        "dossier_review",
        "finding",
        "finding_count",
        "unit_to_tally",
        "gap",
        "gap_explanation",
        "gap_profile",
    ):
        run_statements(op, unit_policies("catalog", table))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
