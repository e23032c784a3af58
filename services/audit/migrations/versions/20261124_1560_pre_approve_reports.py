"""Keep who approved the figures of a campaign for publication."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0031"
down_revision = "audit_0030"
branch_labels = None
depends_on = None

# The same figures are approved once, whoever else does so at the same instant.
APPROVALS = """
create table audit.report_approval (
  id uuid primary key,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  dossiers int not null check (dossiers >= 0),
  office text not null check (char_length(office) between 1 and 200),
  office_unit_id uuid not null,
  document_no text check (char_length(document_no) between 1 and 100),
  approved_by uuid not null,
  approved_at timestamptz not null,
  unique (campaign_id, digest)
);
create index report_approval_campaign on audit.report_approval (campaign_id, id);
grant select, insert on audit.report_approval to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, APPROVALS, unit_policies("audit", "report_approval"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
