-- Long work that an account asked for, item by item. Run as <schema>_owner. A released file is never edited.

-- `units` are those of the things it touches: who has all of them in scope sees it. `acts_as` is the caller as the
-- gateway vouched for it, because each item is done with that caller's rights.
create table {schema}.operation (
  operation_id uuid primary key,
  units uuid[] not null check (cardinality(units) > 0),
  kind text not null check (kind ~ '^[a-z_.]+$'),
  counted_as text not null,
  mode text not null check (mode in ('each', 'all_or_nothing')),
  state text not null check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'partly_done')),
  version bigint not null check (version > 0),
  undoes uuid references {schema}.operation on delete set null,
  made_by text not null,
  acts_as jsonb not null,
  request_id text,
  total int not null check (total > 0),
  done int not null default 0 check (done >= 0),
  failed int not null default 0 check (failed >= 0),
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz not null,
  cancel_asked_at timestamptz,
  cancel_asked_by text,
  -- Who works on it until when, by the server's own clock: a process that was killed loses it.
  lease_by uuid,
  lease_until timestamptz,
  check (done + failed <= total),
  check ((finished_at is null) = (state in ('queued', 'running'))),
  check ((cancel_asked_at is null) = (cancel_asked_by is null)),
  check ((lease_by is null) = (lease_until is null))
);
create index operation_open on {schema}.operation (operation_id) where state in ('queued', 'running');
create index operation_maker on {schema}.operation (made_by, operation_id);
create index operation_expiry on {schema}.operation (expires_at);
create unique index operation_undo on {schema}.operation (undoes) where state in ('queued', 'running');

-- `settled_version` is the operation's version that the item's end made: the order in which items ended.
create table {schema}.operation_item (
  operation_id uuid not null references {schema}.operation on delete cascade,
  position int not null check (position >= 0),
  ref text check (char_length(ref) between 1 and 64),
  input jsonb not null,
  undoes_position int,
  state text not null check (state in ('waiting', 'done', 'failed', 'skipped')),
  settled_version bigint,
  resource text,
  result jsonb,
  problem jsonb,
  undo jsonb,
  undone_by uuid,
  primary key (operation_id, position),
  check ((state = 'waiting') = (settled_version is null)),
  check ((state = 'failed') = (problem is not null)),
  check ((state = 'done') = (undo is not null)),
  check (undone_by is null or state = 'done')
);
create index operation_item_waiting on {schema}.operation_item (operation_id, position) where state = 'waiting';
create index operation_item_settled on {schema}.operation_item (operation_id, settled_version, position);

alter table {schema}.operation enable row level security;
create policy operation_units on {schema}.operation
  using (units <@ ((select nullif(current_setting('app.units', true), '')::uuid[])::uuid[]))
  with check (units <@ ((select nullif(current_setting('app.units', true), '')::uuid[])::uuid[]));
create policy operation_service on {schema}.operation
  using ((select current_setting('app.actor', true)) = 'service')
  with check ((select current_setting('app.actor', true)) = 'service');
alter table {schema}.operation_item enable row level security;
create policy operation_item_seen on {schema}.operation_item
  using (exists (select from {schema}.operation o where o.operation_id = operation_item.operation_id))
  with check (exists (select from {schema}.operation o where o.operation_id = operation_item.operation_id));

grant select, insert, update, delete on {schema}.operation, {schema}.operation_item to {schema}_svc;
