"""Make the tickets by which a browser opens a stream without its token in the address."""

from alembic import op

from chassis.migrations import run_statements

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None

TABLES = """
-- A ticket that was not used yet, by its SHA-256. `principal` is the caller as signed in when it was given.
create table identity.stream_ticket (
  ticket_digest bytea primary key check (length(ticket_digest) = 32),
  operation_id text not null,
  principal jsonb not null,
  ends_at timestamptz not null
);
create index stream_ticket_end on identity.stream_ticket (ends_at);
grant select, insert, delete on identity.stream_ticket to identity_svc;
alter table identity.stream_ticket enable row level security;
create policy stream_ticket_service on identity.stream_ticket
  using ((select current_setting('app.actor', true)) = 'service')
  with check ((select current_setting('app.actor', true)) = 'service');
"""


def upgrade() -> None:
    run_statements(op, TABLES)


def downgrade() -> None:
    op.execute("drop table identity.stream_ticket")
