-- What every schema has: the tables that the chassis stands on. `{schema}` is filled in by chassis.migrations.
-- Run as <schema>_owner. A released file is never edited: a later change is house_0002.sql.

-- Events told by this service, in the transaction of their change. Partitions follow the time in the UUIDv7.
create table {schema}.outbox (
  event_id uuid not null,
  subject text not null,
  body bytea not null,
  published_at timestamptz,
  primary key (event_id)
) partition by range (event_id);
create table {schema}.outbox_rest partition of {schema}.outbox default;
create index outbox_waiting on {schema}.outbox (event_id) where published_at is null;

-- Events heard: `handled_at` is set in the transaction of the effect; attempts of refused ones are counted.
create table {schema}.inbox (
  event_id uuid not null,
  source text not null,
  handled_at timestamptz,
  attempts int not null default 0,
  primary key (event_id, source)
) partition by range (event_id);
create table {schema}.inbox_rest partition of {schema}.inbox default;

create table {schema}.dead_letter (
  id bigint generated always as identity primary key,
  event_id uuid,
  source text,
  subject text not null,
  body bytea not null,
  reason text not null,
  dead_at timestamptz not null default now(),
  requeued_at timestamptz,
  settled_at timestamptz  -- taken in again after a requeue, or dropped
);
create index dead_letter_open on {schema}.dead_letter (id) where settled_at is null;
create unique index dead_letter_once on {schema}.dead_letter (event_id, source, subject, sha256(body)) nulls not distinct
  where requeued_at is null and settled_at is null;

-- Append-only. Ids and codes only: no names, no free text.
create table {schema}.journal (
  id uuid primary key,
  at timestamptz not null,
  actor text not null,
  verb text not null,
  resource text not null,
  version bigint not null,
  changed text[] not null default '{{}}',
  request_id text,
  commitment bytea not null check (length(commitment) = 32)
);
create index journal_resource on {schema}.journal (resource, version);
-- The salt stands apart, so that an erasure can remove it and leave the journal provable and unreadable.
create table {schema}.journal_salt (
  journal_id uuid primary key references {schema}.journal,
  salt bytea not null check (length(salt) = 32)
);

create table {schema}.idempotency (
  scope text not null,
  key text not null,
  request_hash bytea not null,
  status smallint not null,
  resource_id text not null,
  made_at timestamptz not null,
  primary key (scope, key)
);
create index idempotency_age on {schema}.idempotency (made_at);

create table {schema}.blob_ref (
  unit_id uuid not null,
  digest text not null,
  resource_id text not null,
  since timestamptz not null,
  until timestamptz,
  primary key (unit_id, digest, resource_id)
);

-- Numbers without gaps: one locked row per kind, unit and year.
create table {schema}.counter (
  kind text not null,
  unit_id uuid not null,
  year int not null,
  value bigint not null check (value >= 0),
  primary key (kind, unit_id, year)
);

-- One row; only the sandbox profile sets an offset (as owner).
create table {schema}.clock (
  only_one boolean primary key default true check (only_one),
  moved interval not null default '0'
);
insert into {schema}.clock default values;

-- The tree of units, as far as it is needed to expand a caller's scope.
create table {schema}.unit_scope (
  unit_id uuid primary key,
  ancestors uuid[] not null,
  path text[] not null,
  code text not null,
  active boolean not null,
  version bigint not null
);
create index unit_scope_ancestors on {schema}.unit_scope using gin (ancestors);

-- The stream that this outbox was last published to; a younger one is filled again by the broker steward.
create table {schema}.broker_epoch (
  only_one boolean primary key default true check (only_one),
  stream_created timestamptz not null
);

-- Lower bound of the UUIDv7 of a moment.
create function {schema}.uuid_at(moment timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Weekly partitions: four ahead, outbox kept 90 days, inbox 120. Runs as the owner, so the service may call it.
create function {schema}.maintain_partitions() returns void language plpgsql security definer
set search_path = {schema}, pg_temp as $$
declare
  parent text;
  keep interval;
  start timestamptz;
  name text;
  part record;
begin
  set local lock_timeout = '2s';
  foreach parent in array array['outbox', 'inbox'] loop
    keep := case parent when 'outbox' then interval '90 days' else interval '120 days' end;
    for week in 0..4 loop
      start := date_trunc('week', now() at time zone 'UTC') at time zone 'UTC' + week * interval '7 days';
      name := parent || to_char(start, '_YYYYMMDD');
      if to_regclass(format('{schema}.%I', name)) is null then
        -- Rows of this week that came before its partition lie in the default one: they move first.
        execute format('create table {schema}.%I (like {schema}.%I including all)', name, parent);
        execute format('with moved as (delete from {schema}.%I where event_id >= %L and event_id < %L returning *) '
          'insert into {schema}.%I select * from moved',
          parent || '_rest', uuid_at(start), uuid_at(start + interval '7 days'), name);
        execute format('alter table {schema}.%I attach partition {schema}.%I for values from (%L) to (%L)',
          parent, name, uuid_at(start), uuid_at(start + interval '7 days'));
      end if;
    end loop;
    for part in
      select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = format('{schema}.%I', parent)::regclass and c.relname ~ '_[0-9]{{8}}$'
        and to_date(right(c.relname, 8), 'YYYYMMDD') + 7 < (now() - keep)::date
    loop
      execute format('drop table {schema}.%I', part.relname);
    end loop;
  end loop;
end $$;
select {schema}.maintain_partitions();

grant usage on schema {schema} to {schema}_svc;
grant select, insert, update on {schema}.outbox, {schema}.inbox, {schema}.idempotency, {schema}.blob_ref,
  {schema}.counter, {schema}.unit_scope, {schema}.dead_letter to {schema}_svc;
grant delete on {schema}.idempotency to {schema}_svc;
grant select, insert on {schema}.journal, {schema}.journal_salt to {schema}_svc;
grant select on {schema}.clock, {schema}.broker_epoch to {schema}_svc;
grant execute on function {schema}.maintain_partitions() to {schema}_svc;
-- So that a service can tell at its start whether the schema is at the head that it needs.
grant select on {schema}.alembic_version to {schema}_svc;
