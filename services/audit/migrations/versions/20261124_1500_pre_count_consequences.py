"""Count what followed from falsifications, by unit and year."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0025"
down_revision = "audit_0024"
branch_labels = None
depends_on = None


INDEX = """
create index falsification_consequence_unit on audit.falsification_consequence (unit_id, decided_on);
"""


def upgrade() -> None:
    run_statements(op, INDEX)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
