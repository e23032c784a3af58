"""Make claims (what a material says about a fact of a person), and what became of the items of each import."""

from alembic import op

from chassis.migrations import ACCOUNT, run_statements, unit_policies

revision = "audit_0007"
down_revision = "audit_0006"
branch_labels = None
depends_on = None

# A paper of the dossier is named by `material_id`, and its title is what the catalog tells; any other paper
# (a household register that was looked up) by its `title`. `formed_on` is then the date that the paper bears, or
# for a paper of the dossier the date read from it where the catalogue has none. `statement` is the digest of what
# is said and where: nobody enters the same twice.
CLAIMS = """
create table audit.claim (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  person_id uuid not null,
  dossier_id uuid not null,
  fact text not null check (fact ~ '^[a-z_]{1,40}$'),
  value jsonb not null,
  material_id uuid,
  page_id uuid,
  box jsonb,
  title text check (char_length(title) between 1 and 200),
  formed_on jsonb,
  signed boolean,
  altered text not null check (altered in ('none', 'altered', 'unreadable')),
  as_on_paper boolean not null,
  remark text check (char_length(remark) between 1 and 500),
  origin text not null check (origin in ('entered', 'imported', 'review')),
  statement text not null,
  entered_by uuid not null,
  entered_at timestamptz not null,
  excluded text check (excluded in ('forged', 'not_recognised')),
  excluded_reason text check (char_length(excluded_reason) between 1 and 500),
  withdrawn_at timestamptz,
  withdrawn_reason text check (char_length(withdrawn_reason) between 1 and 500),
  check ((material_id is null) = (title is not null)),
  check (page_id is null or material_id is not null),
  check (box is null or page_id is not null),
  check (excluded is null or excluded_reason is not null),
  check ((withdrawn_at is null) = (withdrawn_reason is null))
);
create unique index claim_once_a_statement on audit.claim (person_id, statement) where withdrawn_at is null;
create index claim_person on audit.claim (person_id, id);
create index claim_unit on audit.claim (unit_id, id);
create index claim_dossier on audit.claim (dossier_id);
create index claim_material on audit.claim (material_id, id) where material_id is not null;
grant select, insert on audit.claim to audit_svc;
grant update (unit_id, version, value, page_id, box, title, formed_on, signed, altered, as_on_paper, remark, statement,
  excluded, excluded_reason, withdrawn_at, withdrawn_reason) on audit.claim to audit_svc;
"""

# Kept so that a repeated request gets the answer of the first. Its sender's alone: one list may name persons of
# many units.
BATCHES = f"""
create table audit.claim_batch (
  id uuid primary key,
  account_id uuid not null,
  made_at timestamptz not null,
  items jsonb not null
);
grant select, insert on audit.claim_batch to audit_svc;
alter table audit.claim_batch enable row level security;
create policy claim_batch_own on audit.claim_batch
  using (account_id = {ACCOUNT}) with check (account_id = {ACCOUNT});
"""


def upgrade() -> None:
    run_statements(op, CLAIMS, unit_policies("audit", "claim"), BATCHES)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
