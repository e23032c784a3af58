"""Make the house tables, view requests with their viewers and tasks, grants, and the register of use."""

from alembic import op

from chassis.migrations import create_house_tables, run_statements, unit_policies

revision = "access_0001"
down_revision = None
branch_labels = None
depends_on = None

# Two units see a request: the one that asks (`unit_id`) and the one that keeps the dossier
# (`subject_unit_id`). Viewers, tasks and the grant follow by `on update cascade`, so that nothing of a
# request stays in the scope of a unit that no longer keeps the dossier.
REQUESTS = """
create table access.view_request (
  id uuid primary key,
  unit_id uuid not null,
  subject_unit_id uuid not null,
  version bigint not null check (version > 0),
  year int not null,
  number bigint not null check (number > 0),
  request_no text not null,
  dossier_id uuid not null,
  person_id uuid not null,
  scope_kind text not null check (scope_kind in ('materials', 'categories', 'whole')),
  categories text[] not null,
  material_ids uuid[] not null,
  purpose text not null,
  reason text check (char_length(reason) between 1 and 500),
  from_on date not null,
  until_on date not null,
  ends_at timestamptz not null,
  requested_by uuid not null,
  requested_at timestamptz not null,
  requester_relation text not null check (requester_relation in ('not_related', 'not_verified')),
  declaration text check (declaration in ('not_related', 'related')),
  chain jsonb not null,
  rules_digest text not null,
  state text not null check (state in ('submitted', 'unit_approved', 'archive_checked', 'approved',
    'returned', 'rejected', 'withdrawn', 'expired', 'revoked')),
  check (from_on <= until_on),
  check (case scope_kind
    when 'materials' then cardinality(material_ids) > 0 and cardinality(categories) = 0
    when 'categories' then cardinality(categories) > 0 and cardinality(material_ids) = 0
    else cardinality(categories) = 0 and cardinality(material_ids) = 0 end),
  unique (unit_id, year, number),
  unique (id, unit_id, subject_unit_id)
);
create index view_request_dossier on access.view_request (dossier_id);
create index view_request_asker on access.view_request (requested_by, id);
create index view_request_waiting on access.view_request (ends_at)
  where state in ('submitted', 'unit_approved', 'archive_checked');
grant select, insert on access.view_request to access_svc;
grant update (subject_unit_id, version, state) on access.view_request to access_svc;

create table access.request_viewer (
  request_id uuid not null,
  position smallint not null check (position > 0),
  unit_id uuid not null,
  subject_unit_id uuid not null,
  account_id uuid,
  person_no text check (char_length(person_no) between 1 and 64),
  name text not null check (char_length(name) between 1 and 100),
  post text check (char_length(post) between 1 and 100),
  party_member boolean not null,
  relation text not null check (relation in ('not_related', 'not_verified')),
  primary key (request_id, position),
  check (account_id is not null or person_no is not null),
  foreign key (request_id, unit_id, subject_unit_id)
    references access.view_request (id, unit_id, subject_unit_id) on update cascade
);
create index request_viewer_account on access.request_viewer (account_id) where account_id is not null;
create index request_viewer_person on access.request_viewer (person_no) where person_no is not null;
grant select, insert on access.request_viewer to access_svc;

create table access.task (
  id uuid primary key,
  request_id uuid not null,
  unit_id uuid not null,
  subject_unit_id uuid not null,
  version bigint not null check (version > 0),
  step smallint not null check (step > 0),
  role text not null,
  of_unit text not null check (of_unit in ('requesting', 'subject')),
  state text not null
    check (state in ('pending', 'approved', 'returned', 'rejected', 'withdrawn', 'expired')),
  created_at timestamptz not null,
  due_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  reasons text[] not null default '{}',
  relation text check (relation in ('not_related', 'not_verified')),
  declaration text check (declaration in ('not_related', 'related')),
  check ((state in ('approved', 'returned', 'rejected')) = (decided_by is not null)),
  check (num_nulls(decided_by, decided_at, relation) in (0, 3)),
  foreign key (request_id, unit_id, subject_unit_id)
    references access.view_request (id, unit_id, subject_unit_id) on update cascade
);
create unique index task_once_a_step on access.task (request_id, step);
create unique index task_one_waiting on access.task (request_id) where state = 'pending';
create unique index task_once_a_person on access.task (request_id, decided_by) where decided_by is not null;
create index task_waiting on access.task (due_at, id) where state = 'pending';
grant select, insert on access.task to access_svc;
grant update (version, state, decided_by, decided_at, reasons, relation, declaration) on access.task to access_svc;
"""

# One grant a request is the guard that a repeated decision grants nothing twice.
GRANTS = """
create table access.view_grant (
  id uuid primary key,
  request_id uuid not null unique,
  unit_id uuid not null,
  subject_unit_id uuid not null,
  version bigint not null check (version > 0),
  request_no text not null,
  dossier_id uuid not null,
  person_id uuid not null,
  scope_kind text not null check (scope_kind in ('materials', 'categories', 'whole')),
  categories text[] not null,
  material_ids uuid[] not null,
  purpose text not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  ended_reason text check (ended_reason in ('expired', 'revoked', 'recusal')),
  ended_at timestamptz,
  ended_by uuid,
  codes text[] not null default '{}',
  check (valid_from < valid_to),
  check ((ended_reason is null) = (ended_at is null)),
  foreign key (request_id, unit_id, subject_unit_id)
    references access.view_request (id, unit_id, subject_unit_id) on update cascade
);
create index view_grant_running on access.view_grant (valid_to) where ended_at is null;
create index view_grant_person on access.view_grant (person_id) where ended_at is null;
grant select, insert on access.view_grant to access_svc;
grant update (version, ended_reason, ended_at, ended_by, codes) on access.view_grant to access_svc;

-- The register of use (利用登记簿): one row per grant, viewer and page, at the first view; never changed.
create table access.usage_entry (
  id uuid primary key,
  grant_id uuid not null references access.view_grant,
  account_id uuid not null,
  page_id uuid not null,
  unit_id uuid not null,
  subject_unit_id uuid not null,
  request_id uuid not null,
  viewer_position smallint not null,
  dossier_id uuid not null,
  person_id uuid not null,
  material_id uuid not null,
  category text not null,
  item_no int not null,
  page_no int not null check (page_no > 0),
  purpose text not null,
  method text not null check (method in ('read')),
  viewed_at timestamptz not null,
  unique (grant_id, account_id, page_id),
  foreign key (request_id, viewer_position) references access.request_viewer (request_id, position),
  foreign key (request_id, unit_id, subject_unit_id)
    references access.view_request (id, unit_id, subject_unit_id) on update cascade
);
create index usage_entry_newest on access.usage_entry (viewed_at desc, id desc);
grant select, insert on access.usage_entry to access_svc;
"""

TABLES = ("view_request", "request_viewer", "task", "view_grant", "usage_entry")


def upgrade() -> None:
    create_house_tables(op, "access")
    run_statements(op, REQUESTS, GRANTS)
    for table in TABLES:
        run_statements(op, unit_policies("access", table, ("unit_id", "subject_unit_id")))


def downgrade() -> None:
    raise NotImplementedError("the register of use is never dropped; restore a backup")
