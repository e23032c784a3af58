"""Register alterations on papers, what the organisation makes of them, and what follows from falsifications."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0017"
down_revision = "audit_0016"
branch_labels = None
depends_on = None

# `no` counts a dossier's findings. `pages` are those of the signed record, which lie under `blob_unit_id`.
FINDINGS = """
create table audit.alteration_finding (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  dossier_id uuid not null,
  person_id uuid not null,
  no int not null check (no > 0),
  fact text not null,
  material_id uuid not null,
  material_title text not null,
  material_formed_on jsonb,
  page_id uuid,
  means text not null
    check (means in ('correction_fluid', 'overwriting', 'erasing', 'scraping', 'bleaching', 'other')),
  reads_now text not null check (char_length(reads_now) between 1 and 500),
  read_before text check (char_length(read_before) between 1 and 500),
  verdict text not null check (verdict in ('slip', 'falsified', 'undetermined')),
  falsified_object text,
  remark text check (char_length(remark) <= 500),
  state text not null check (state in ('recorded', 'confirmed')),
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  confirmed_by uuid check (confirmed_by is distinct from recorded_by),
  decided_by text check (char_length(decided_by) between 1 and 200),
  decided_on date,
  document_no text check (char_length(document_no) between 1 and 100),
  record_material_id uuid,
  blob_unit_id uuid,
  pages jsonb,
  check ((falsified_object is not null) = (verdict = 'falsified')),
  check ((state = 'confirmed') = (confirmed_by is not null) and (state = 'confirmed') = (decided_by is not null)
    and (state = 'confirmed') = (decided_on is not null) and (state = 'confirmed') = (record_material_id is not null)
    and (state = 'confirmed') = (pages is not null) and (state = 'confirmed') = (blob_unit_id is not null)),
  unique (id, unit_id)
);
create unique index alteration_finding_no on audit.alteration_finding (dossier_id, no);
create index alteration_finding_unit on audit.alteration_finding (unit_id, id);
create index alteration_finding_person on audit.alteration_finding (person_id, id);
grant select, insert on audit.alteration_finding to audit_svc;
grant update (unit_id, version, means, reads_now, read_before, verdict, falsified_object, remark, state, confirmed_by,
  decided_by, decided_on, document_no, record_material_id, blob_unit_id, pages) on audit.alteration_finding
  to audit_svc;

create table audit.falsification_consequence (
  id uuid primary key,
  unit_id uuid not null,
  finding_id uuid not null,
  kind text not null check (kind in
    ('public_investigation', 'disqualified', 'points_deducted', 'discipline', 'correction')),
  decided_by text not null check (char_length(decided_by) between 1 and 200),
  decided_on date not null,
  document_no text check (char_length(document_no) between 1 and 100),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  foreign key (finding_id, unit_id) references audit.alteration_finding (id, unit_id) on update cascade
);
create index falsification_consequence_finding on audit.falsification_consequence (finding_id, id);
grant select, insert on audit.falsification_consequence to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, FINDINGS)
    for table in ("alteration_finding", "falsification_consequence"):
        run_statements(op, unit_policies("audit", table))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
