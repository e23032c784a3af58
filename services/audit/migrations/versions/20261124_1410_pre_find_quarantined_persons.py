"""Find what is held apart of a person, which the gate before appointment asks."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0016"
down_revision = "audit_0015"
branch_labels = None
depends_on = None


INDEX = "create index quarantine_person on audit.quarantine (person_id) where released is null"


def upgrade() -> None:
    run_statements(op, INDEX)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
