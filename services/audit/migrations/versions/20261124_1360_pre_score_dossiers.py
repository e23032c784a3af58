"""Score dossiers by the rubric, and publish the scores of a unit's year."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0011"
down_revision = "audit_0010"
branch_labels = None
depends_on = None

# A score is never changed: a dossier that is scored anew has another one, and the last of the year counts.
SCORES = """
create table audit.score (
  id uuid primary key,
  unit_id uuid not null,
  dossier_id uuid not null,
  person_id uuid not null,
  from_unit_id uuid not null,
  year smallint not null check (year between 1949 and 2199),
  total numeric(6, 2) not null check (total >= 0),
  grade text not null check (grade in ('excellent', 'qualified', 'unqualified')),
  lines jsonb not null,
  deductions jsonb not null,
  vetoes text[] not null,
  rules_digest text not null,
  scored_by uuid not null,
  scored_at timestamptz not null
);
create index score_unit on audit.score (unit_id, id);
create index score_year on audit.score (unit_id, year, dossier_id, id desc);
create index score_dossier on audit.score (dossier_id, id);
grant select, insert on audit.score to audit_svc;
grant update (unit_id) on audit.score to audit_svc;

-- The yearly bulletin of a unit (通报): who drew it up, and who approved it; its number is given with the approval.
create table audit.score_bulletin (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  year smallint not null check (year between 1949 and 2199),
  state text not null check (state in ('proposed', 'approved')),
  rows jsonb not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  approved_by uuid,
  approved_at timestamptz,
  number int,
  check ((state = 'approved') = (approved_by is not null)),
  check ((state = 'approved') = (approved_at is not null)),
  check ((state = 'approved') = (number is not null)),
  check (approved_by <> proposed_by)
);
create unique index score_bulletin_one_proposed on audit.score_bulletin (unit_id, year) where state = 'proposed';
create unique index score_bulletin_number on audit.score_bulletin (unit_id, year, number) where number is not null;
create index score_bulletin_unit on audit.score_bulletin (unit_id, id);
grant select, insert on audit.score_bulletin to audit_svc;
grant update (version, state, rows, proposed_by, proposed_at, approved_by, approved_at, number)
  on audit.score_bulletin to audit_svc;
"""

TABLES = ("score", "score_bulletin")


def upgrade() -> None:
    run_statements(op, SCORES)
    for table in TABLES:
        run_statements(op, unit_policies("audit", table))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
