"""Release a second reviewer who is found to be a relative, as by an account that gets its person's number."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0030"
down_revision = "audit_0029"
branch_labels = None
depends_on = None

# One of the two: the sheet of a first reviewer, or the second review.
TAINTED = """
alter table audit.tainted_review alter review_id drop not null;
alter table audit.tainted_review add second_review_id uuid unique references audit.second_review;
alter table audit.tainted_review add constraint tainted_review_of_one
  check (num_nonnulls(review_id, second_review_id) = 1);
alter table audit.tainted_review drop constraint tainted_review_noticed_check;
alter table audit.tainted_review add constraint tainted_review_noticed_check
  check (noticed in ('kin', 'account', 'removal'));
create index tainted_review_person on audit.tainted_review (person_id) where outcome = 'for_superior';
"""


def upgrade() -> None:
    run_statements(op, TAINTED)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
