"""Keep the numbered rounds in which materials are asked for, the talks that follow, and the leader's spot checks."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0024"
down_revision = "audit_0023"
branch_labels = None
depends_on = None

# The round after the limit is refused; how many there may be is a rule, so that no check says it here.
ROUNDS = """
create table audit.feedback_round (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  campaign_dossier_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  person_id uuid not null,
  n int not null check (n > 0),
  sent_on date not null,
  sent_to text not null check (char_length(sent_to) between 1 and 200),
  materials_asked text[] not null check (cardinality(materials_asked) > 0),
  due_on date not null check (due_on >= sent_on),
  sent_by uuid not null,
  sent_at timestamptz not null,
  answered_on date check (answered_on >= sent_on),
  result text check (result in ('provided', 'partly_provided', 'not_provided')),
  evidence text[] not null,
  answered_by uuid,
  answered_at timestamptz,
  check ((result is null) = (answered_on is null)),
  check ((result is null) = (answered_at is null)),
  check ((result is null) = (answered_by is null)),
  check ((cardinality(evidence) > 0) = (result is not null and result <> 'not_provided')),
  unique (campaign_dossier_id, n),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create unique index feedback_round_open on audit.feedback_round (campaign_dossier_id) where result is null;
create index feedback_round_due on audit.feedback_round (unit_id, campaign_id, due_on, id) where result is null;
grant select, insert on audit.feedback_round to audit_svc;
grant update (unit_id, version, answered_on, result, evidence, answered_by, answered_at)
  on audit.feedback_round to audit_svc;
"""

TALKS = """
create table audit.talk_record (
  id uuid primary key,
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  talked_on date not null,
  talked_by text[] not null check (cardinality(talked_by) > 0),
  said text not null check (char_length(said) between 1 and 4000),
  signed boolean not null,
  pages_unit_id uuid,
  pages jsonb not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  check ((pages_unit_id is null) = (jsonb_array_length(pages) = 0)),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index talk_record_dossier on audit.talk_record (campaign_dossier_id, id);
grant select, insert on audit.talk_record to audit_svc;
grant update (unit_id) on audit.talk_record to audit_svc;
"""

# The draw can be done again by anybody: the seed, the size, and the digest of the set from which it was drawn.
DRAWS = """
create table audit.spot_check (
  id uuid primary key,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  seed bigint not null check (seed >= 0),
  percent int check (percent between 1 and 100),
  passed int not null check (passed > 0),
  passed_digest text not null,
  drawn int not null check (drawn between 1 and passed),
  drawn_by uuid not null,
  drawn_at timestamptz not null
);
create index spot_check_campaign on audit.spot_check (campaign_id, id);
grant select, insert on audit.spot_check to audit_svc;

create table audit.spot_check_dossier (
  spot_check_id uuid not null references audit.spot_check,
  campaign_dossier_id uuid not null,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  person_id uuid not null,
  outcome text check (outcome in ('agrees', 'differs')),
  remark text check (char_length(remark) between 1 and 1000),
  follow_up text check (follow_up in ('none', 'sent_back', 'under_review', 'in_force')),
  checked_by uuid,
  checked_at timestamptz,
  check ((outcome is null) = (checked_at is null)),
  check ((outcome is null) = (checked_by is null)),
  check ((outcome is null) = (follow_up is null)),
  check (outcome <> 'differs' or remark is not null),
  primary key (spot_check_id, campaign_dossier_id),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index spot_check_dossier_campaign on audit.spot_check_dossier (campaign_id, unit_id, outcome);
create index spot_check_dossier_follows on audit.spot_check_dossier (campaign_dossier_id);
grant select, insert on audit.spot_check_dossier to audit_svc;
grant update (unit_id, outcome, remark, follow_up, checked_by, checked_at) on audit.spot_check_dossier to audit_svc;
"""

TABLES = ("feedback_round", "talk_record", "spot_check", "spot_check_dossier")


def upgrade() -> None:
    run_statements(op, ROUNDS, TALKS, DRAWS)
    for table in TABLES:
        run_statements(op, unit_policies("audit", table))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
