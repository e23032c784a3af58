"""Keep what an office above the one that approved says of determinations: confirmed, returned, corrected."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0020"
down_revision = "audit_0019"
branch_labels = None
depends_on = None

# The former and the corrected value, each with its author, stand among the steps of the determination; `corrected`
# names them. Counted by the office whose determinations they were, and by year.
SUPERIOR_REVIEWS = """
create table audit.superior_review (
  id uuid primary key,
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  person_id uuid not null,
  approval_id uuid not null references audit.determination_approval,
  office_unit_id uuid not null,
  year int not null,
  outcome text not null check (outcome in ('confirm', 'return_for_redetermination', 'correct')),
  reason text check (char_length(reason) between 1 and 500),
  document_no text check (char_length(document_no) between 1 and 100),
  corrected jsonb not null,
  reviewed_by uuid not null,
  reviewed_at timestamptz not null,
  check (outcome <> 'return_for_redetermination' or reason is not null),
  check ((outcome = 'correct') = (jsonb_array_length(corrected) > 0)),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index superior_review_dossier on audit.superior_review (campaign_dossier_id, id);
create index superior_review_unit on audit.superior_review (unit_id, year, office_unit_id, outcome);
create index superior_review_list on audit.superior_review (unit_id, id);
grant select, insert on audit.superior_review to audit_svc;
grant update (unit_id) on audit.superior_review to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, SUPERIOR_REVIEWS, unit_policies("audit", "superior_review"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
