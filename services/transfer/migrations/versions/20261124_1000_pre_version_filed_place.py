"""Keep by which word of the catalog the place of a filed item is known: it may be moved after its filing."""

from alembic import op

from chassis.migrations import run_statements

revision = "transfer_0003"
down_revision = "transfer_0002"
branch_labels = None
depends_on = None

PLACE = """
alter table transfer.submission_item add column place_version bigint not null default 0;
"""


def upgrade() -> None:
    run_statements(op, PLACE)


def downgrade() -> None:
    raise NotImplementedError("submissions are never dropped; restore a backup")
