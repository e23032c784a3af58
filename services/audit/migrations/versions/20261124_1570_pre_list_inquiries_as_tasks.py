"""Find open investigations by who carries them out, and rounds of feedback that are overdue by unit."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0032"
down_revision = "audit_0031"
branch_labels = None
depends_on = None

WAITING = """
create index investigation_open on audit.investigation using gin (investigator_ids) where result is null;
create index feedback_round_overdue on audit.feedback_round (unit_id, due_on, id) where result is null;
"""


def upgrade() -> None:
    run_statements(op, WAITING)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
