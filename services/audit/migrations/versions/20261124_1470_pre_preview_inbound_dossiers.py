"""Read a dossier before its person is taken in (先调档审核): borrowed, audited by two persons, given back."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0022"
down_revision = "audit_0021"
branch_labels = None
depends_on = None

# `unit_id` is the unit that thinks of taking the person in; the dossier stays another office's.
PREVIEWS = """
create table audit.inbound_preview (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  person_id uuid not null,
  lent_by text not null check (char_length(lent_by) between 1 and 200),
  letter_no text check (char_length(letter_no) between 1 and 100),
  borrowed_on date not null,
  due_back_on date not null check (due_back_on >= borrowed_on),
  relation text not null check (relation in ('not_related', 'cannot_tell')),
  declared_not_related boolean,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  given_back_on date check (given_back_on >= borrowed_on),
  given_back_by uuid,
  check ((given_back_on is null) = (given_back_by is null)),
  unique (id, unit_id)
);
create unique index inbound_preview_one_out on audit.inbound_preview (person_id) where given_back_on is null;
create index inbound_preview_unit on audit.inbound_preview (unit_id, id);
grant select, insert on audit.inbound_preview to audit_svc;
grant update (version, given_back_on, given_back_by) on audit.inbound_preview to audit_svc;
"""

# Two persons look at a dossier of ours, or at one that is lent; the latter may go back before both have.
AUDITS = """
alter table audit.dossier_audit alter column dossier_id drop not null;
alter table audit.dossier_audit add column preview_id uuid references audit.inbound_preview (id);
alter table audit.dossier_audit
  add constraint dossier_audit_of_one check (num_nonnulls(dossier_id, preview_id) = 1);
alter table audit.dossier_audit drop constraint dossier_audit_occasion_check;
alter table audit.dossier_audit add constraint dossier_audit_occasion_check check
  (occasion in ('opened', 'moved_in', 'authority_changed', 'promote', 'enter', 'transfer', 'held', 'preview'));
alter table audit.dossier_audit drop constraint dossier_audit_state_check;
alter table audit.dossier_audit add constraint dossier_audit_state_check check
  (state in ('pending', 'approved', 'rejected', 'withdrawn'));
create unique index dossier_audit_one_open_preview on audit.dossier_audit (preview_id) where state = 'pending';
create index dossier_audit_preview on audit.dossier_audit (preview_id, task_id) where preview_id is not null;
"""


def upgrade() -> None:
    run_statements(op, PREVIEWS, AUDITS)
    run_statements(op, unit_policies("audit", "inbound_preview"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
