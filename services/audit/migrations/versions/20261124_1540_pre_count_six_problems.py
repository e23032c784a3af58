"""Find every sheet that flags anything: the report counts each of the six problems, not only some."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0029"
down_revision = "audit_0028"
branch_labels = None
depends_on = None

# The report's statements repeat the condition to the letter.
FLAGGED = """
drop index audit.review_flagged;
create index review_flagged on audit.review (campaign_dossier_id) where state <> 'void' and opened
  and sheet @? '$.facts[*] ? (@.doubtful == true || exists (@.issues[*]))';
"""


def upgrade() -> None:
    run_statements(op, FLAGGED)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
