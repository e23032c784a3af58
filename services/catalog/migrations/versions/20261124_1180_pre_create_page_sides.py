"""Keep what the sides of a material are: cover, back cover, blank sheet, liner; all others are printed ones."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0022"
down_revision = "catalog_0021"
branch_labels = None
depends_on = None

# A page without a row is a printed side: nearly all are. The mark is the paper's, so it outlives a new scan.
SIDES = """
create table catalog.page_side (
  page_id uuid primary key,
  unit_id uuid not null,
  side text not null check (side in ('printed', 'cover', 'back_cover', 'blank', 'liner')),
  marked_by text not null,
  marked_at timestamptz not null,
  foreign key (page_id, unit_id) references catalog.page (page_id, unit_id) on update cascade
);
grant select, insert, update on catalog.page_side to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, SIDES)
    run_statements(op, unit_policies("catalog", "page_side"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
