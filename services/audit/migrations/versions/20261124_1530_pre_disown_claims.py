"""Let a claim not count because its paper is another person's."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0028"
down_revision = "audit_0027"
branch_labels = None
depends_on = None


KINDS = """
alter table audit.claim drop constraint claim_excluded_check;
alter table audit.claim add constraint claim_excluded_check
  check (excluded in ('forged', 'not_recognised', 'other_person'));
"""


def upgrade() -> None:
    run_statements(op, KINDS)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
