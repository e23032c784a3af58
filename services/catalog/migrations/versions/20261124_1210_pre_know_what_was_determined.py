"""Know of what fact each determination is, so that one not yet entered line by line is found."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0025"
down_revision = "catalog_0024"
branch_labels = None
depends_on = None

# Those heard before name no fact: which ones they were is in the journal, and nobody is asked to enter them again.
DETERMINED = """
alter table catalog.heard_determination add column fact text, add column status text;
create index heard_determination_to_enter on catalog.heard_determination (person_id, determination_id)
  where status = 'determined';
"""


def upgrade() -> None:
    run_statements(op, DETERMINED)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
