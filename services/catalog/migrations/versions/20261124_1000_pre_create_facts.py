"""Keep each fact of a person with where it comes from, when it held, and what it was before."""

from alembic import op

from chassis.migrations import run_statements

revision = "catalog_0004"
down_revision = "catalog_0003"
branch_labels = None
depends_on = None

# A fact is never overwritten: a correction ends the row (`ended_at`) and names the one that took its place; an
# ended row that nothing took the place of was withdrawn. `entry_id` holds the facts of one request together.
# Who sees the person sees the facts, wherever the person serves and whoever keeps the dossier.
FACTS = """
create table catalog.fact (
  fact_id uuid primary key,
  person_id uuid not null references catalog.person,
  kind text not null check (kind ~ '^[a-z_]{1,40}$'),
  value jsonb not null check (jsonb_typeof(value) = 'object'),
  valid_from jsonb,
  valid_to jsonb,
  sort_key text not null check (char_length(sort_key) between 1 and 40),
  provenance text not null check (provenance in ('material', 'determination', 'import', 'entry')),
  material_id uuid references catalog.material,
  page_id uuid,
  determination_id uuid,
  entry_id uuid not null,
  reason text check (char_length(reason) between 1 and 200),
  recorded_at timestamptz not null,
  recorded_by text not null,
  ended_at timestamptz,
  ended_by text,
  superseded_by uuid references catalog.fact deferrable initially deferred,
  check ((provenance = 'material') = (material_id is not null)),
  check (page_id is null or material_id is not null),
  check (determination_id is null or provenance = 'determination'),
  check ((ended_at is null) = (ended_by is null)),
  check (superseded_by is null or ended_at is not null)
);
create index fact_person on catalog.fact (person_id, kind, sort_key, fact_id);
create index fact_entry on catalog.fact (entry_id);
create unique index fact_single on catalog.fact (person_id, kind) where ended_at is null and kind in (
  'name', 'sex', 'ethnicity', 'native_place', 'birth_place', 'birth_date', 'work_start', 'party', 'health',
  'speciality', 'assessments_stated', 'photo', 'id_number');
grant select, insert, update on catalog.fact to catalog_svc;
alter table catalog.fact enable row level security;
create policy fact_person on catalog.fact
  using (exists (select from catalog.person p where p.person_id = fact.person_id))
  with check (exists (select from catalog.person p where p.person_id = fact.person_id));
"""

# The number itself lies here alone, sealed (AES-256-GCM, the person's id as its context); the fact shows it
# masked. The keyed index finds it, and keeps one number from standing with two persons.
ID_NUMBERS = """
create table catalog.id_number (
  fact_id uuid primary key references catalog.fact,
  person_id uuid not null references catalog.person,
  sealed bytea not null,
  key_id text not null,
  id_index text not null check (id_index ~ '^[0-9a-f]{64}$'),
  ended_at timestamptz
);
create unique index id_number_index on catalog.id_number (id_index) where ended_at is null;
create unique index id_number_person on catalog.id_number (person_id) where ended_at is null;
grant select, insert, update on catalog.id_number to catalog_svc;
alter table catalog.id_number enable row level security;
create policy id_number_person on catalog.id_number
  using (exists (select from catalog.person p where p.person_id = id_number.person_id))
  with check (exists (select from catalog.person p where p.person_id = id_number.person_id));
"""

# What the cards hold already was typed in by somebody whom the journal knows.
BACKFILL = """
insert into catalog.fact (fact_id, person_id, kind, value, sort_key, provenance, entry_id, recorded_at, recorded_by)
select uuidv7(), p.person_id, told.kind, told.value, told.sort_key, 'entry', p.person_id, p.changed_at, 'migration'
from catalog.person p cross join lateral (
  values ('name', jsonb_build_object('text', p.name), '00000000'),
    ('sex', jsonb_build_object('sex', p.sex), '00000000'),
    ('ethnicity', jsonb_build_object('text', p.ethnicity), '00000000'),
    ('native_place', jsonb_build_object('text', p.native_place), '00000000'),
    ('birth_date', jsonb_build_object('date', p.birth_date), '00000000'),
    ('rank', jsonb_build_object('text', p.rank), '00000000')
  union all
  select 'former_name', jsonb_build_object('text', former), lpad(at::text, 8, '0')
  from unnest(p.former_names) with ordinality as names(former, at)
) as told(kind, value, sort_key)
where not exists (select from jsonb_each(told.value) as member(name, told) where jsonb_typeof(member.told) = 'null')
"""


def upgrade() -> None:
    run_statements(op, FACTS, ID_NUMBERS, BACKFILL)


def downgrade() -> None:
    raise NotImplementedError("dossiers are never dropped; restore a backup")
