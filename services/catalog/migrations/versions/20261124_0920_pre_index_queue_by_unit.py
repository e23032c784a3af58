"""Let the queue be read unit by unit.

An index led by the time due makes a small unit's archivist walk through the entries of all others: the unit is
checked only after each row was fetched.
"""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0003"
down_revision = "catalog_0002"
branch_labels = None
depends_on = None

INDEX = """
create index filing_task_unit on catalog.filing_task (unit_id, state, due_at, task_id);
drop index catalog.filing_task_due;
"""


def upgrade() -> None:
    run_statements(op, INDEX)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
