"""Know when an alteration was confirmed: an audit that began later has seen it."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0019"
down_revision = "audit_0018"
branch_labels = None
depends_on = None

# Of those confirmed before it is known until when at the latest: now.
CONFIRMED = """
alter table audit.alteration_finding add column confirmed_at timestamptz;
update audit.alteration_finding set confirmed_at = now() where state = 'confirmed';
alter table audit.alteration_finding
  add constraint alteration_finding_confirmed_at check ((state = 'confirmed') = (confirmed_at is not null));
grant update (confirmed_at) on audit.alteration_finding to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, CONFIRMED)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
