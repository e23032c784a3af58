"""Find persons by name and by sound, and keep who was decided to be one person, or two."""

from alembic import op
from sqlalchemy import Connection, text

from chassis.migrations import run_statements, unit_policies
from contracts.values.sound import sounds_of

revision = "audit_0015"
down_revision = "audit_0014"
branch_labels = None
depends_on = None

# Every name of every person heard of, a row for each way to read it. A row and not an array: under row-level security
# only an operator that tells nothing by its errors may be asked of an index, which equality is and overlap is not.
NAMES = """
create table audit.heard_name (
  person_id uuid not null references audit.heard_person,
  unit_id uuid not null,
  name text not null,
  sound text not null,
  primary key (person_id, name, sound)
);
create index heard_name_sound on audit.heard_name (sound, unit_id, person_id);
grant select, insert, delete on audit.heard_name to audit_svc;
"""

# The subject is a material (whom does it mean?) or a person who was newly entered (is that one here already?). `said`
# is what was known of the subject at the time, `parts` how it compared, `name` a name to be kept with the candidate.
DECISIONS = """
create table audit.identity_decision (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version in (1, 2)),
  material_id uuid,
  person_id uuid,
  candidate_id uuid not null,
  dossier_id uuid,
  outcome text not null check (outcome in ('same_person', 'other_person')),
  state text not null check (state in ('in_force', 'undone')),
  match text not null check (match in ('same_name', 'other_name', 'same_sound')),
  score smallint not null check (score between 0 and 100),
  parts jsonb not null,
  said jsonb not null,
  name text check (char_length(name) between 1 and 100),
  name_kind text check (name_kind in ('former', 'variant')),
  reason text not null check (char_length(reason) between 1 and 500),
  explanation text check (char_length(explanation) between 1 and 500),
  rules_digest text not null,
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  decided_by uuid not null,
  decided_at timestamptz not null,
  undone_by uuid,
  undone_at timestamptz,
  undone_reason text check (char_length(undone_reason) between 1 and 500),
  check ((material_id is null) <> (person_id is null)),
  check (person_id <> candidate_id),
  check ((name is null) = (name_kind is null)),
  check ((state = 'undone') = (version = 2)),
  check ((state = 'undone') = (undone_by is not null and undone_at is not null and undone_reason is not null))
);
create unique index identity_decision_once on audit.identity_decision
  (coalesce(material_id, person_id), candidate_id) where state = 'in_force';
create unique index identity_decision_one_person on audit.identity_decision
  (coalesce(material_id, person_id)) where state = 'in_force' and outcome = 'same_person';
create index identity_decision_unit on audit.identity_decision (unit_id, id);
create index identity_decision_candidate on audit.identity_decision (candidate_id, id);
create index identity_decision_person on audit.identity_decision (person_id, id) where person_id is not null;
create index identity_decision_material on audit.identity_decision (material_id, id) where material_id is not null;
create index identity_decision_dossier on audit.identity_decision (dossier_id) where dossier_id is not null;
grant select, insert on audit.identity_decision to audit_svc;
grant update (unit_id, version, state, undone_by, undone_at, undone_reason) on audit.identity_decision to audit_svc;
"""

PERSONS = text("""
select person_id, unit_id, name, former_names from audit.heard_person where person_id > :after
order by person_id limit 1000
""")
NAME = text("""
insert into audit.heard_name (person_id, unit_id, name, sound) values (:person_id, :unit_id, :name, :sound)
""")


def upgrade() -> None:
    run_statements(op, NAMES, DECISIONS)
    for table in ("heard_name", "identity_decision"):
        run_statements(op, unit_policies("audit", table))
    name_all(op.get_bind())


def name_all(connection: Connection) -> None:
    """The names of persons heard of before, a thousand persons at a time."""
    after = "00000000-0000-0000-0000-000000000000"
    while persons := connection.execute(PERSONS, {"after": after}).all():
        rows = [
            {"person_id": one.person_id, "unit_id": one.unit_id, "name": name, "sound": sound}
            for one in persons
            for name in dict.fromkeys((one.name, *one.former_names))
            for sound in sounds_of(name)
        ]
        if rows:
            connection.execute(NAME, rows)
        after = str(persons[-1].person_id)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
