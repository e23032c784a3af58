"""Keep from which scheme to which a dossier was moved, beside the change that moved its materials."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "catalog_0017"
down_revision = "catalog_0016"
branch_labels = None
depends_on = None


# One row per change that moved a dossier, and per undo of one: what that undo goes back to.
MOVES = """
create table catalog.scheme_move (
  change_id uuid primary key references catalog.material_change,
  unit_id uuid not null,
  dossier_id uuid not null,
  from_scheme text not null,
  to_scheme text not null,
  foreign key (dossier_id, unit_id) references catalog.dossier (dossier_id, unit_id) on update cascade,
  check (from_scheme <> to_scheme)
);
grant select, insert, update on catalog.scheme_move to catalog_svc;
"""


def upgrade() -> None:
    run_statements(op, MOVES)
    run_statements(op, unit_policies("catalog", "scheme_move"))


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
