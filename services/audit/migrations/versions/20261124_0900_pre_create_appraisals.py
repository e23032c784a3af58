"""Make the house tables, appraisals with their tasks and decisions, and what audit has heard."""

from alembic import op

from chassis.migrations import create_house_tables, run_statements, unit_policies

revision = "audit_0001"
down_revision = None
branch_labels = None
depends_on = None

# `unit_id` is the unit that keeps the dossier: its auditors see the row. Tasks and decisions follow it by
# `on update cascade`, so that nothing of an appraisal stays in the scope of a unit that no longer keeps the
# dossier. `from_unit_id` handed the material in; its page files lie there.
APPRAISALS = """
create table audit.appraisal (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  material_id uuid not null,
  item_id uuid not null,
  submission_id uuid not null,
  from_unit_id uuid not null,
  dossier_id uuid not null,
  person_id uuid not null,
  title text not null check (char_length(title) between 1 and 2000),
  formed_on jsonb,
  declared_page_count int not null,
  pages jsonb not null,
  digests text[] not null,
  kind text,
  persons smallint not null check (persons in (0, 1, 2)),
  machine_voices text[] not null,
  checks jsonb not null,
  rules_digest text not null,
  state text not null
    check (state in ('first_check', 'second_check', 'third_check', 'accepted', 'rejected')),
  received_at timestamptz not null,
  ended_at timestamptz,
  check ((ended_at is null) = (state in ('first_check', 'second_check', 'third_check'))),
  unique (id, unit_id)
);
create unique index appraisal_once_a_material on audit.appraisal (material_id);
create index appraisal_unit on audit.appraisal (unit_id, id);
create index appraisal_submission on audit.appraisal (submission_id);
create index appraisal_person on audit.appraisal (person_id);
create index appraisal_dossier on audit.appraisal (dossier_id);
grant select, insert on audit.appraisal to audit_svc;
grant update (unit_id, version, state, ended_at) on audit.appraisal to audit_svc;

create table audit.task (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  appraisal_id uuid not null,
  step smallint not null check (step between 1 and 3),
  state text not null check (state in ('pending', 'approved', 'rejected')),
  created_at timestamptz not null,
  due_at timestamptz not null,
  foreign key (appraisal_id, unit_id) references audit.appraisal (id, unit_id) on update cascade
);
create unique index task_once_a_step on audit.task (appraisal_id, step);
-- A narrow scope goes by the unit, one of very many units by the date: `task_due` stops at the end of the page.
create index task_unit on audit.task (unit_id, due_at, id);
create index task_waiting on audit.task (unit_id, due_at, id) where state = 'pending';
create index task_due on audit.task (due_at, id) where state = 'pending';
grant select, insert on audit.task to audit_svc;
grant update (version, state) on audit.task to audit_svc;

-- A person has one voice in an appraisal, and a step one decision: the last word against two at once.
create table audit.decision (
  task_id uuid primary key references audit.task,
  unit_id uuid not null,
  appraisal_id uuid not null,
  step smallint not null,
  account_id uuid not null,
  outcome text not null check (outcome in ('approve', 'reject')),
  reasons text[] not null,
  note text check (char_length(note) <= 500),
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  decided_at timestamptz not null,
  foreign key (appraisal_id, unit_id) references audit.appraisal (id, unit_id) on update cascade
);
create unique index decision_once_a_person on audit.decision (appraisal_id, account_id);
create unique index decision_once_a_step on audit.decision (appraisal_id, step);
grant select, insert on audit.decision to audit_svc;
"""

HEARD = """
create table audit.heard_person (
  person_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  person_no text not null,
  name text not null,
  former_names text[] not null,
  birth_date jsonb
);
create index heard_person_no on audit.heard_person (person_no);
grant select, insert, update on audit.heard_person to audit_svc;

create table audit.heard_kin (
  person_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  kin_ids uuid[] not null,
  complete boolean not null
);
create index heard_kin_other_side on audit.heard_kin using gin (kin_ids);
grant select, insert, update on audit.heard_kin to audit_svc;

create table audit.heard_dossier (
  dossier_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  dossier_no text not null,
  person_id uuid not null,
  state text not null check (state in ('open', 'closed'))
);
grant select, insert, update on audit.heard_dossier to audit_svc;

create table audit.filed_page (
  material_id uuid not null,
  page_id uuid not null,
  unit_id uuid not null,
  person_id uuid not null,
  digest text not null,
  primary key (material_id, page_id)
);
create index filed_page_digest on audit.filed_page (person_id, digest);
grant select, insert on audit.filed_page to audit_svc;
"""

TABLES = ("appraisal", "task", "decision", "heard_person", "heard_kin", "heard_dossier", "filed_page")


def upgrade() -> None:
    create_house_tables(op, "audit")
    run_statements(op, APPRAISALS, HEARD)
    for table in TABLES:
        run_statements(op, unit_policies("audit", table))
