"""Keep pledges and trainings of whoever reviews dossiers, and how pairs are given out, taken back and given anew."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0012"
down_revision = "audit_0011"
branch_labels = None
depends_on = None

# `unit_id` is the unit that keeps the register. Whom a row speaks of is an account: names are elsewhere.
REGISTERS = """
create table audit.pledge (
  id uuid primary key,
  unit_id uuid not null,
  account_id uuid not null,
  scope text not null check (scope in ('campaign', 'digitisation_project', 'reading')),
  campaign_id uuid references audit.campaign,
  form text not null check (form in ('drawn', 'scanned')),
  signed_on date not null,
  expires_on date check (expires_on >= signed_on),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  check ((scope = 'campaign') = (campaign_id is not null))
);
create index pledge_unit on audit.pledge (unit_id, id);
create index pledge_account on audit.pledge (account_id, campaign_id);
create index pledge_expiry on audit.pledge (unit_id, expires_on, id);
grant select, insert on audit.pledge to audit_svc;

create table audit.training (
  id uuid primary key,
  unit_id uuid not null,
  course text not null check (char_length(course) between 1 and 200),
  kind text not null check (kind in ('law', 'classification', 'audit', 'digitisation', 'confidentiality')),
  days int not null check (days between 1 and 366),
  trainer text not null check (char_length(trainer) between 1 and 100),
  held_on date not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  unique (id, unit_id)
);
create index training_unit on audit.training (unit_id, id);
grant select, insert on audit.training to audit_svc;

create table audit.attendance (
  training_id uuid not null,
  account_id uuid not null,
  unit_id uuid not null,
  present boolean not null,
  score int check (score between 0 and 100),
  certificate_no text check (char_length(certificate_no) between 1 and 60),
  expires_on date,
  primary key (training_id, account_id),
  foreign key (training_id, unit_id) references audit.training (id, unit_id)
);
create index attendance_account on audit.attendance (account_id, training_id);
grant select, insert on audit.attendance to audit_svc;
"""

# What was given out at a time, and who was taken off: records of what the organiser did. Which two have a dossier is
# in neither. A sheet that no longer counts says why, and stays as its author wrote it.
PAIRS = """
create table audit.assignment (
  id uuid primary key,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  reviewer_ids uuid[] not null,
  assigned int not null check (assigned >= 0),
  unassigned_ids uuid[] not null,
  created_by uuid not null,
  created_at timestamptz not null
);
create index assignment_campaign on audit.assignment (campaign_id, id);
grant select, insert on audit.assignment to audit_svc;

create table audit.reviewer_removal (
  id uuid primary key,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  account_id uuid not null,
  reason text not null check (reason in ('left', 'related', 'unfit')),
  released int not null check (released >= 0),
  created_by uuid not null,
  created_at timestamptz not null
);
create index reviewer_removal_campaign on audit.reviewer_removal (campaign_id, id);
grant select, insert on audit.reviewer_removal to audit_svc;

alter table audit.review add column void_reason text check (void_reason in ('left', 'related', 'unfit'));
alter table audit.review add constraint review_void check ((state = 'void') = (void_reason is not null));
alter table audit.review drop constraint review_check;
alter table audit.review add constraint review_submitted check (
  (state <> 'open' or submitted_at is null) and (state <> 'submitted' or submitted_at is not null));
grant update (void_reason) on audit.review to audit_svc;
"""

# The board counts by unit and state from its index alone; a list without a state goes by difficulty as well.
LISTS = """
drop index audit.campaign_dossier_unit;
create index campaign_dossier_unit on audit.campaign_dossier (campaign_id, unit_id, state);
create index campaign_dossier_difficulty on audit.campaign_dossier (campaign_id, difficulty, id);
create index campaign_dossier_training on audit.campaign_dossier (campaign_id) where training;
"""


def upgrade() -> None:
    run_statements(op, REGISTERS, PAIRS, LISTS)
    for table in ("pledge", "training", "attendance", "assignment", "reviewer_removal"):
        run_statements(op, unit_policies("audit", table))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
