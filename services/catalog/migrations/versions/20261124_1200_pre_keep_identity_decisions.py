"""Keep what was decided of who is meant, so that a name that was kept by it can be taken back."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0024"
down_revision = "catalog_0023"
branch_labels = None
depends_on = None

# The last version heard of each decision. `fact_id` is the name that it brought, if that was news. Who sees the person
# sees it, as their facts.
DECISIONS = """
create table catalog.identity_decision (
  decision_id uuid primary key,
  version bigint not null check (version > 0),
  person_id uuid not null references catalog.person,
  other_person_id uuid references catalog.person,
  outcome text not null check (outcome in ('same_person', 'other_person')),
  in_force boolean not null,
  fact_id uuid references catalog.fact
);
create index identity_decision_other on catalog.identity_decision (other_person_id)
  where in_force and outcome = 'same_person';
grant select, insert, update on catalog.identity_decision to catalog_svc;
alter table catalog.identity_decision enable row level security;
create policy identity_decision_person on catalog.identity_decision
  using (exists (select from catalog.person p where p.person_id = identity_decision.person_id))
  with check (exists (select from catalog.person p where p.person_id = identity_decision.person_id));
"""


def upgrade() -> None:
    run_statements(op, DECISIONS)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
