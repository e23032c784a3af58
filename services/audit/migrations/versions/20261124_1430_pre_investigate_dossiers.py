"""Keep what is asked, of whom, and what came of it, while a dossier is investigated."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0018"
down_revision = "audit_0017"
branch_labels = None
depends_on = None

INVESTIGATIONS = """
create table audit.investigation (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  campaign_dossier_id uuid not null,
  question text not null check (char_length(question) between 1 and 1000),
  unit_visited text not null check (char_length(unit_visited) between 1 and 200),
  people text[] not null,
  investigator_ids uuid[] not null check (cardinality(investigator_ids) > 0),
  due_on date not null,
  opened_by uuid not null,
  opened_at timestamptz not null,
  result text check (result in ('verified', 'not_verifiable')),
  evidence text[] not null,
  ended_by uuid,
  ended_at timestamptz,
  check ((result is null) = (ended_at is null)),
  check ((result is null) = (ended_by is null)),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
create index investigation_dossier on audit.investigation (campaign_dossier_id, id);
grant select, insert on audit.investigation to audit_svc;
grant update (unit_id, version, people, result, evidence, ended_by, ended_at) on audit.investigation to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, INVESTIGATIONS, unit_policies("audit", "investigation"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
