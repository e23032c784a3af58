"""Make the house tables, accounts, and what the built-in identity provider needs.

Nothing here belongs to a unit: only the gateway itself, acting as the service, sees a row.
"""

from alembic import op

from chassis.migrations import create_house_tables, run_statements

revision = "identity_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
-- One row for each person or machine that ever signed in: the issuer's subject and our own id for it.
create table identity.account (
  account_id uuid primary key,
  issuer text not null,
  subject text not null,
  kind text not null check (kind in ('person', 'client')),
  name text not null check (char_length(name) between 1 and 200),
  person_no text,
  active boolean not null default true,
  version bigint not null check (version > 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  unique (issuer, subject)
);

-- Accounts of the built-in provider. `secret_hash` is argon2id in PHC form.
create table identity.credential (
  account_id uuid primary key references identity.account,
  sign_in_name text not null unique check (char_length(sign_in_name) between 1 and 100),
  secret_hash text not null check (secret_hash like '$argon2id$%'),
  groups text[] not null,
  changed_at timestamptz not null
);

-- Failed sign-ins by SHA-256 of the name, whether or not an account has it, so that a lock betrays nothing.
create table identity.sign_in_guard (
  name_digest bytea primary key check (length(name_digest) = 32),
  failures int not null check (failures > 0),
  since timestamptz not null
);
create index sign_in_guard_age on identity.sign_in_guard (since);

grant select, insert, update on identity.account, identity.credential to identity_svc;
grant select, insert, update, delete on identity.sign_in_guard to identity_svc;
"""


def service_only(table: str) -> list[str]:
    """Row-level security that shows a table to the service's own acts and to no caller."""
    service = "(select current_setting('app.actor', true)) = 'service'"
    return [
        f"alter table identity.{table} enable row level security",
        f"create policy {table}_service on identity.{table} using ({service}) with check ({service})",
    ]


def upgrade() -> None:
    create_house_tables(op, "identity")
    run_statements(op, TABLES, *(service_only(table) for table in ("account", "credential", "sign_in_guard")))


def downgrade() -> None:
    raise NotImplementedError("accounts are never dropped; restore a backup")
