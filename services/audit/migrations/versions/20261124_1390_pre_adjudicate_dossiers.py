"""Keep the second review of a dossier, its determinations with all that was decided of them, and who approved."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0014"
down_revision = "audit_0013"
branch_labels = None
depends_on = None

# A second review is open until the dossier is tabled; reopening a dossier begins another one, with its reason.
SECOND_REVIEWS = """
create table audit.second_review (
  id uuid primary key,
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  account_id uuid not null,
  reopened_because text check (char_length(reopened_because) between 1 and 500),
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  taken_up_at timestamptz not null,
  ended_at timestamptz,
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create unique index second_review_open on audit.second_review (campaign_dossier_id) where ended_at is null;
create index second_review_dossier on audit.second_review (campaign_dossier_id, id);
grant select, insert on audit.second_review to audit_svc;
grant update (unit_id, ended_at) on audit.second_review to audit_svc;
"""

# A determination is what stands; its decisions are how it came to stand, and are never rewritten. Whether it is in
# force is told by approved_at: it is emptied when the superior returns it or the dossier is reopened.
DETERMINATIONS = """
create table audit.determination (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  campaign_dossier_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  person_id uuid not null,
  fact text not null,
  disputed boolean not null,
  stage text not null check (stage in ('rules', 'second_review', 'meeting', 'superior')),
  status text not null check (status in ('consistent', 'proposed', 'determined', 'undetermined')),
  value jsonb,
  cause text check (cause in ('alteration', 'false_statement', 'lunar_solar', 'nominal_age', 'slip')),
  result jsonb not null,
  rules_digest text not null,
  approved_at timestamptz,
  check ((status = 'undetermined') = (value is null)),
  check (status <> 'determined' or approved_at is not null),
  unique (campaign_dossier_id, fact),
  unique (id, unit_id),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index determination_unit on audit.determination (unit_id, id);
create index determination_in_force on audit.determination (person_id, fact, approved_at) where approved_at is not null;
grant select, insert on audit.determination to audit_svc;
grant update (unit_id, version, disputed, stage, status, value, cause, result, rules_digest, approved_at)
  on audit.determination to audit_svc;

create table audit.determination_meeting (
  id uuid primary key,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  held_on date not null,
  minutes_no text not null check (char_length(minutes_no) between 1 and 100),
  present_ids uuid[] not null check (cardinality(present_ids) > 0),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  unique (unit_id, minutes_no)
);
create index determination_meeting_campaign on audit.determination_meeting (campaign_id, id);
grant select, insert on audit.determination_meeting to audit_svc;

create table audit.meeting_vote (
  id uuid primary key,
  meeting_id uuid not null references audit.determination_meeting,
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  recused_ids uuid[] not null,
  in_favour int not null check (in_favour > 0),
  against int not null check (against >= 0),
  abstained int not null check (abstained >= 0),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index meeting_vote_dossier on audit.meeting_vote (campaign_dossier_id, id);
grant select, insert on audit.meeting_vote to audit_svc;
grant update (unit_id) on audit.meeting_vote to audit_svc;

create table audit.determination_decision (
  determination_id uuid not null,
  version bigint not null check (version > 0),
  unit_id uuid not null,
  stage text not null check (stage in ('rules', 'second_review', 'meeting', 'superior')),
  status text not null check (status in ('consistent', 'proposed', 'determined', 'undetermined')),
  value jsonb,
  cause text,
  reason text check (char_length(reason) between 1 and 1000),
  vote_id uuid references audit.meeting_vote,
  decided_by uuid not null,
  decided_at timestamptz not null,
  primary key (determination_id, version),
  foreign key (determination_id, unit_id) references audit.determination (id, unit_id) on update cascade
);
grant select, insert on audit.determination_decision to audit_svc;
grant update (unit_id) on audit.determination_decision to audit_svc;
"""

# The paper that the person signed, or that tells of the refusal, is scanned: these are the pages that the catalog
# files once the office has approved.
OUTCOMES = """
create table audit.determination_feedback (
  id uuid primary key,
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  organisation text not null check (char_length(organisation) between 1 and 200),
  met_on date not null,
  outcome text not null check (outcome in ('signed', 'refused', 'disputed')),
  witnesses text[] not null,
  statement text check (char_length(statement) between 1 and 2000),
  pages_unit_id uuid not null,
  pages jsonb not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  check ((outcome = 'refused') = (cardinality(witnesses) > 0)),
  check ((outcome = 'disputed') = (statement is not null)),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index determination_feedback_dossier on audit.determination_feedback (campaign_dossier_id, id);
grant select, insert on audit.determination_feedback to audit_svc;
grant update (unit_id) on audit.determination_feedback to audit_svc;

create table audit.determination_approval (
  id uuid primary key,
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  feedback_id uuid not null references audit.determination_feedback,
  office text not null,
  office_unit_id uuid not null,
  document_no text check (char_length(document_no) between 1 and 100),
  approved_by uuid not null,
  approved_at timestamptz not null,
  material_id uuid not null,
  title text not null,
  filed_at timestamptz,
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index determination_approval_dossier on audit.determination_approval (campaign_dossier_id, id);
create unique index determination_approval_material on audit.determination_approval (material_id);
grant select, insert on audit.determination_approval to audit_svc;
grant update (unit_id, filed_at) on audit.determination_approval to audit_svc;
"""

TABLES = (
    "second_review", "determination", "determination_meeting", "meeting_vote", "determination_decision",
    "determination_feedback", "determination_approval",
)  # fmt: skip


def upgrade() -> None:
    run_statements(op, SECOND_REVIEWS, DETERMINATIONS, OUTCOMES)
    for table in TABLES:
        run_statements(op, unit_policies("audit", table))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
