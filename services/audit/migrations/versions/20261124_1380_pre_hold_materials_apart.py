"""Make the register of materials held apart (另行放置), and let appraisals and tasks wait for them."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0013"
down_revision = "audit_0012"
branch_labels = None
depends_on = None

APPRAISALS = """
alter table audit.appraisal drop constraint appraisal_state_check;
alter table audit.appraisal add constraint appraisal_state_check check (state in ('awaiting_verification',
  'first_check', 'second_check', 'third_check', 'quarantined', 'accepted', 'rejected'));
alter table audit.appraisal add column held_from text
  check (held_from in ('awaiting_verification', 'first_check', 'second_check', 'third_check'));
alter table audit.appraisal add constraint appraisal_held_check
  check ((held_from is not null) = (state = 'quarantined'));
alter table audit.appraisal add column returned_by uuid[];
alter table audit.appraisal add column return_reasons text[];
alter table audit.appraisal add constraint appraisal_returned_check check (
  (returned_by is null) = (return_reasons is null) and (returned_by is null or state = 'rejected'));
grant update (held_from, returned_by, return_reasons) on audit.appraisal to audit_svc;

alter table audit.task drop constraint task_state_check;
alter table audit.task add constraint task_state_check
  check (state in ('pending', 'approved', 'rejected', 'withdrawn'));
grant update (due_at) on audit.task to audit_svc;
"""

# A row follows its appraisal, and with it the dossier.
REGISTER = """
create table audit.quarantine (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  appraisal_id uuid not null,
  material_id uuid not null,
  dossier_id uuid not null,
  person_id uuid not null,
  reason text not null check (reason in ('doubtful', 'false_statement', 'forgery', 'alteration', 'badly_filled')),
  place text not null check (char_length(place) between 1 and 100),
  responsible_person text check (char_length(responsible_person) <= 100),
  asked_of_unit text check (char_length(asked_of_unit) <= 200),
  asked_on date,
  answer text check (char_length(answer) <= 2000),
  answered_on date,
  case_no text check (char_length(case_no) <= 100),
  case_closed_on date check (case_closed_on is null or case_no is not null),
  held_by uuid not null,
  held_on date not null,
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  released text check (released in ('resumed', 'returned')),
  released_on date,
  released_to text check (char_length(released_to) <= 200),
  released_by uuid,
  reasons text[] not null,
  check ((released is null) = (released_on is null) and (released is null) = (released_by is null)),
  check (released_by is distinct from held_by),
  check (released is null or case_no is null or case_closed_on is not null),
  foreign key (appraisal_id, unit_id) references audit.appraisal (id, unit_id) on update cascade
);
create unique index quarantine_once on audit.quarantine (appraisal_id) where released is null;
create index quarantine_appraisal on audit.quarantine (appraisal_id);
create index quarantine_unit on audit.quarantine (unit_id, id);
create index quarantine_held on audit.quarantine (unit_id, id) where released is null;
grant select, insert on audit.quarantine to audit_svc;
grant update (version, place, responsible_person, asked_of_unit, asked_on, answer, answered_on, case_no,
  case_closed_on, released, released_on, released_to, released_by, reasons) on audit.quarantine to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, APPRAISALS, REGISTER, unit_policies("audit", "quarantine"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
