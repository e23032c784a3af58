"""Keep by which word of the catalog the pages of a material are known: place and pages change apart."""

from alembic import op

from chassis.migrations import run_statements

revision = "access_0003"
down_revision = "access_0002"
branch_labels = None
depends_on = None

PAGES = """
alter table access.heard_material add column pages_version bigint not null default 0;
"""


def upgrade() -> None:
    run_statements(op, PAGES)


def downgrade() -> None:
    raise NotImplementedError("what was heard is never dropped; restore a backup")
