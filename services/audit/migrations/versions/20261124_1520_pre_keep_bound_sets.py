"""Keep bound sets: whose forms are in each, its file, and the receipt of its hand-over."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0027"
down_revision = "audit_0026"
branch_labels = None
depends_on = None

SETS = """
create table audit.bound_set (
  id uuid primary key,
  unit_id uuid not null,
  version bigint not null check (version > 0),
  campaign_id uuid not null references audit.campaign (id),
  state text not null
    check (state in ('compiling', 'failed', 'compiled', 'printed', 'handed_over', 'stored', 'discarded')),
  compiled_by uuid not null,
  asked_at timestamptz not null,
  done int not null default 0 check (done between 0 and total),
  total int not null check (total > 0),
  problem text,
  digest text,
  bytes bigint,
  pages int,
  handed_over_by uuid,
  number text,
  jws text,
  place text check (char_length(place) between 1 and 200),
  check ((problem is not null) = (state = 'failed')),
  check ((digest is null) = (bytes is null) and (digest is null) = (pages is null)),
  check (digest is not null or state in ('compiling', 'failed')),
  check ((jws is not null) = (state in ('handed_over', 'stored'))),
  check ((number is null) = (jws is null) and (handed_over_by is null) = (jws is null)),
  check ((place is not null) = (state = 'stored'))
);
create index bound_set_campaign on audit.bound_set (campaign_id, unit_id, id);
create index bound_set_compiling on audit.bound_set (asked_at) where state = 'compiling';
grant select, insert on audit.bound_set to audit_svc;
grant update (version, state, done, problem, digest, bytes, pages, handed_over_by, number, jws, place)
  on audit.bound_set to audit_svc;

create table audit.bound_set_member (
  bound_set_id uuid not null references audit.bound_set (id),
  position int not null check (position > 0),
  unit_id uuid not null,
  campaign_dossier_id uuid not null,
  person_id uuid not null,
  first_page int,
  page_count int,
  live boolean not null,
  primary key (bound_set_id, position),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade
);
-- A dossier is in one set at a time: of two that are compiled at once, one wins.
create unique index bound_set_member_once on audit.bound_set_member (campaign_dossier_id) where live;
grant select, insert on audit.bound_set_member to audit_svc;
grant update (unit_id, first_page, page_count, live) on audit.bound_set_member to audit_svc;
"""


def upgrade() -> None:
    run_statements(op, SETS, unit_policies("audit", "bound_set"), unit_policies("audit", "bound_set_member"))


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
