"""Let certificates wait for the report that verifies them, and keep what was found of each formality."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0009"
down_revision = "audit_0008"
branch_labels = None
depends_on = None

APPRAISALS = """
alter table audit.appraisal drop constraint appraisal_state_check, drop constraint appraisal_check;
alter table audit.appraisal add constraint appraisal_state_check check (state in
  ('awaiting_verification', 'first_check', 'second_check', 'third_check', 'accepted', 'rejected'));
alter table audit.appraisal add constraint appraisal_ended_check
  check ((ended_at is not null) = (state in ('accepted', 'rejected')));
alter table audit.appraisal add column verification text not null default 'not_needed'
  check (verification in ('not_needed', 'wanted', 'confirmed', 'refused'));
alter table audit.appraisal add column reported_by uuid;
alter table audit.appraisal add constraint appraisal_reported_check
  check ((reported_by is not null) = (verification in ('confirmed', 'refused')));
grant update (verification, reported_by) on audit.appraisal to audit_svc;

alter table audit.decision add column formalities jsonb not null default '{}';
"""

# A report on a material that is filed has no appraisal here. `unit_id` is the unit that keeps the dossier; the scan
# lies where it was uploaded.
REPORTS = """
create table audit.verification_report (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  material_id uuid not null,
  dossier_id uuid not null,
  person_id uuid not null,
  appraisal_id uuid,
  issuer text not null check (char_length(issuer) between 1 and 200),
  number text not null check (char_length(number) between 1 and 100),
  issued_on jsonb not null,
  result text not null check (result in ('confirmed', 'refused')),
  scan_unit_id uuid not null,
  scan jsonb not null,
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  recorded_by uuid not null,
  recorded_at timestamptz not null
);
create unique index verification_report_once on audit.verification_report (appraisal_id) where appraisal_id is not null;
create index verification_report_unit on audit.verification_report (unit_id, id);
create index verification_report_material on audit.verification_report (material_id, id);
create index verification_report_dossier on audit.verification_report (dossier_id);
grant select, insert on audit.verification_report to audit_svc;
grant update (unit_id, version) on audit.verification_report to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, APPRAISALS, REPORTS, unit_policies("audit", "verification_report"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
