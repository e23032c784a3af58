"""Make campaigns of the special audit, their teams and dossiers, and the reviews that nobody else may see."""

from alembic import op

from chassis.migrations import own_row_policies, run_statements, unit_policies

revision = "audit_0006"
down_revision = "audit_0005"
branch_labels = None
depends_on = None

# What a campaign decides by is fixed when it starts: its settings, and the digest of the rules.
# `unit_id` of a campaign is the unit that runs it; of all else, the unit that keeps the dossier.
CAMPAIGNS = """
create table audit.campaign (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  name text not null check (char_length(name) between 1 and 200),
  state text not null check (state in ('planned', 'running', 'closed')),
  settings jsonb not null,
  seed bigint not null,
  rules_digest text,
  created_by uuid not null,
  created_at timestamptz not null,
  started_at timestamptz,
  closed_at timestamptz,
  check ((state = 'planned') = (started_at is null)),
  check ((state = 'planned') = (rules_digest is null)),
  check ((state = 'closed') = (closed_at is not null))
);
create index campaign_unit on audit.campaign (unit_id, id);
grant select, insert on audit.campaign to audit_svc;
grant update (version, name, state, settings, rules_digest, started_at, closed_at) on audit.campaign to audit_svc;

create table audit.campaign_team (
  campaign_id uuid not null references audit.campaign,
  unit_id uuid not null,
  kind text not null check (kind in ('audit', 'mounting', 'data_entry', 'boxing', 'collection')),
  head_id uuid not null,
  member_ids uuid[] not null,
  primary key (campaign_id, kind)
);
grant select, insert, update, delete on audit.campaign_team to audit_svc;

create table audit.campaign_dossier (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  campaign_id uuid not null references audit.campaign,
  dossier_id uuid not null,
  person_id uuid not null,
  rank text,
  state text not null check (state in ('planned', 'first_review', 'compare', 'second_review',
    'investigation_collection', 'collective_determination', 'feedback', 'feedback_signed', 'feedback_disputed',
    'authority_approved', 'filed', 'bound')),
  result text check (result in ('no_problem', 'to_investigate', 'verified')),
  difficulty int not null check (difficulty >= 0),
  training boolean not null default false,
  entered_at timestamptz not null,
  unique (campaign_id, dossier_id),
  unique (id, unit_id)
);
create index campaign_dossier_queue on audit.campaign_dossier (campaign_id, state, difficulty, id);
create index campaign_dossier_unit on audit.campaign_dossier (campaign_id, unit_id, id);
create index campaign_dossier_dossier on audit.campaign_dossier (dossier_id);
create index campaign_dossier_person on audit.campaign_dossier (person_id);
grant select, insert on audit.campaign_dossier to audit_svc;
grant update (unit_id, version, rank, state, result, difficulty, training) on audit.campaign_dossier to audit_svc;
"""

# One reviewer's sheet. `opened` turns true for both of a pair in the transaction in which the second is submitted.
REVIEWS = """
create table audit.review (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  campaign_dossier_id uuid not null,
  account_id uuid not null,
  state text not null check (state in ('open', 'submitted', 'void')),
  sheet jsonb not null,
  assigned_at timestamptz not null,
  submitted_at timestamptz,
  journal_id uuid,
  opened boolean not null default false,
  check ((state = 'submitted') = (submitted_at is not null)),
  check ((submitted_at is null) = (journal_id is null)),
  check (not opened or state = 'submitted'),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create unique index review_once_a_person on audit.review (campaign_dossier_id, account_id) where state <> 'void';
create index review_account on audit.review (account_id, id) where state = 'open';
grant select, insert on audit.review to audit_svc;
grant update (unit_id, version, state, sheet, submitted_at, journal_id, opened) on audit.review to audit_svc;
"""

TABLES = ("campaign", "campaign_team", "campaign_dossier")


def upgrade() -> None:
    run_statements(op, CAMPAIGNS, REVIEWS)
    for table in TABLES:
        run_statements(op, unit_policies("audit", table))
    run_statements(op, own_row_policies("audit", "review"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
