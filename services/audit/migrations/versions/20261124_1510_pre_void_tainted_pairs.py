"""Void pairs of which a reviewer is found to be a relative, and keep for the superior what is in force already."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0026"
down_revision = "audit_0025"
branch_labels = None
depends_on = None

# Sheets of a voided pair stay as they are, opened and marked. What compared them goes: the next pair is compared anew.
SHEETS = """
alter table audit.review drop constraint review_check2;
alter table audit.review add constraint review_opened check (not opened or state <> 'open');
grant delete on audit.comparison to audit_svc;
"""

# `released`: the pair was given out anew; `for_superior`: its determinations are in force, or the campaign has ended.
TAINTED = """
create table audit.tainted_review (
  id uuid primary key,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  campaign_dossier_id uuid not null,
  person_id uuid not null,
  review_id uuid not null unique references audit.review,
  account_id uuid not null,
  noticed text not null check (noticed in ('kin', 'removal')),
  state text not null,
  outcome text not null check (outcome in ('released', 'for_superior')),
  noticed_at timestamptz not null,
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index tainted_review_campaign on audit.tainted_review (campaign_id, id);
create index tainted_review_dossier on audit.tainted_review (campaign_dossier_id);
grant select, insert on audit.tainted_review to audit_svc;
grant update (unit_id) on audit.tainted_review to audit_svc;
"""

# What waits for somebody, the earliest given first.
WAITING = """
create index review_waiting on audit.review (account_id, assigned_at, id) where state = 'open';
create index second_review_waiting on audit.second_review (account_id, taken_up_at, id) where ended_at is null;
"""


def upgrade() -> None:
    run_statements(op, SHEETS, TAINTED, WAITING)
    run_statements(op, unit_policies("audit", "tainted_review"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
