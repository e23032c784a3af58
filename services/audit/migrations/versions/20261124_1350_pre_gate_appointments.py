"""Hear what dossiers lack; make clearances before appointment, and audits of one dossier by itself."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0010"
down_revision = "audit_0009"
branch_labels = None
depends_on = None

# What the catalog tells of missing materials (缺失清单); closed gaps stay, so that an old telling is known as old.
HEARD = """
create table audit.heard_gap (
  gap_id uuid primary key,
  unit_id uuid not null,
  version bigint not null,
  dossier_id uuid not null,
  person_id uuid not null,
  rule text not null,
  category text,
  years int[] not null,
  open boolean not null
);
create index heard_gap_person on audit.heard_gap (person_id) where open;
create index heard_gap_dossier on audit.heard_gap (dossier_id);
grant select, insert, update on audit.heard_gap to audit_svc;
"""

# `unit_id` is the unit that keeps the dossier, of a person without one the person's; all follow a dossier that moves.
# `reasons` are ids of rules with what they found; `jws` is the signed answer, of the present version.
CLEARANCES = """
create table audit.clearance (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  list_id uuid not null,
  person_id uuid not null,
  dossier_id uuid,
  kind text not null check (kind in ('promote', 'enter', 'transfer')),
  proposed_post text check (char_length(proposed_post) between 1 and 200),
  state text not null check (state in ('requested', 'in_audit', 'cleared', 'suspended', 'refused')),
  reasons jsonb not null,
  rules_digest text not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_at timestamptz not null,
  expires_on date,
  jws text,
  check ((state = 'cleared') = (expires_on is not null)),
  check ((state = 'cleared') = (reasons = '[]')),
  check ((state in ('requested', 'in_audit')) = (jws is null)),
  unique (id, unit_id)
);
create index clearance_unit on audit.clearance (unit_id, id);
create index clearance_unit_state on audit.clearance (unit_id, state, id);
create index clearance_list on audit.clearance (list_id, id);
create index clearance_person on audit.clearance (person_id, kind, id desc);
create index clearance_dossier on audit.clearance (dossier_id);
grant select, insert on audit.clearance to audit_svc;
grant update (unit_id, version, dossier_id, state, reasons, rules_digest, decided_at, expires_on, jws)
  on audit.clearance to audit_svc;

-- Why a person held a clearance up by hand; it lasts until an audit of the dossier that begins later finds nothing.
create table audit.clearance_hold (
  id uuid primary key,
  unit_id uuid not null,
  clearance_id uuid not null,
  person_id uuid not null,
  reason text not null check (char_length(reason) between 1 and 500),
  held_by uuid not null,
  held_at timestamptz not null,
  foreign key (clearance_id, unit_id) references audit.clearance (id, unit_id) on update cascade
);
create index clearance_hold_clearance on audit.clearance_hold (clearance_id, id);
create index clearance_hold_person on audit.clearance_hold (person_id);
grant select, insert on audit.clearance_hold to audit_svc;
"""

# The audit of one dossier by itself: a task of two persons, the second of whom has the last word.
AUDITS = """
create table audit.dossier_audit (
  task_id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  dossier_id uuid not null,
  person_id uuid not null,
  occasion text not null
    check (occasion in ('opened', 'moved_in', 'authority_changed', 'promote', 'enter', 'transfer', 'held')),
  state text not null check (state in ('pending', 'approved', 'rejected')),
  step smallint not null check (step in (1, 2)),
  created_at timestamptz not null,
  due_at timestamptz not null,
  ended_at timestamptz,
  check ((state = 'pending') = (ended_at is null)),
  unique (task_id, unit_id)
);
create unique index dossier_audit_one_open on audit.dossier_audit (dossier_id) where state = 'pending';
create index dossier_audit_waiting on audit.dossier_audit (unit_id, due_at, task_id) where state = 'pending';
create index dossier_audit_unit on audit.dossier_audit (unit_id, due_at, task_id);
create index dossier_audit_due on audit.dossier_audit (due_at, task_id) where state = 'pending';
create index dossier_audit_person on audit.dossier_audit (person_id, task_id desc);
create index dossier_audit_dossier on audit.dossier_audit (dossier_id);
grant select, insert on audit.dossier_audit to audit_svc;
grant update (unit_id, version, state, step, ended_at) on audit.dossier_audit to audit_svc;

-- What each of the two found, signed by them (谁审核、谁签字、谁负责).
create table audit.examination (
  task_id uuid not null,
  unit_id uuid not null,
  stage smallint not null check (stage in (1, 2)),
  account_id uuid not null,
  facts jsonb not null,
  opinion text not null check (char_length(opinion) between 1 and 500),
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  signed_at timestamptz not null,
  primary key (task_id, stage),
  foreign key (task_id, unit_id) references audit.dossier_audit (task_id, unit_id) on update cascade
);
create unique index examination_once_a_person on audit.examination (task_id, account_id);
grant select, insert on audit.examination to audit_svc;
"""

TABLES = ("heard_gap", "clearance", "clearance_hold", "dossier_audit", "examination")


def upgrade() -> None:
    run_statements(op, HEARD, CLEARANCES, AUDITS)
    for table in TABLES:
        run_statements(op, unit_policies("audit", table))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
