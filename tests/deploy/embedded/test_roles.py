"""What one service's database role cannot do, by SQL."""

from contextlib import asynccontextmanager

import asyncpg
import pytest

from chassis.migrations import _CAST_ONCE, unit_policies
from contracts.values.ids import new_id, to_uuid
from deploy.embedded.layout import SERVICES
from deploy.embedded.provision import Target

DENIED = asyncpg.InsufficientPrivilegeError
JOURNAL = """
insert into journal (id, at, actor, verb, resource, version, commitment)
values (uuidv7(), now(), 'acc_test', 'unit.changed', 'units/x', 1, sha256('x'))
"""


@asynccontextmanager
async def logged_in(database: Target, service: str):
    connection = await asyncpg.connect(database.service_url(service))
    try:
        yield connection
    finally:
        await connection.close()


def pairs():
    return [(one, other) for one in SERVICES for other in SERVICES if one != other]


@pytest.mark.parametrize(("service", "other"), pairs())
async def test_another_schema_cannot_be_read(database: Target, service: str, other: str):
    async with logged_in(database, service) as connection:
        for table in ("outbox", "journal", "alembic_version"):
            with pytest.raises(DENIED, match=f"permission denied for schema {other}"):
                await connection.fetch(f"select * from {other}.{table}")
        with pytest.raises(DENIED):
            await connection.execute(f"set role {other}_owner")


@pytest.mark.parametrize("service", SERVICES)
async def test_the_journal_admits_no_change(database: Target, service: str):
    async with logged_in(database, service) as connection:
        await connection.execute(JOURNAL)
        for statement in ("update journal set actor = 'other'", "delete from journal", "truncate journal"):
            with pytest.raises(DENIED, match="permission denied for table journal"):
                await connection.execute(statement)
        with pytest.raises(DENIED):
            await connection.execute("alter table journal disable row level security")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_role_makes_no_table_and_no_role(database: Target, service: str):
    async with logged_in(database, service) as connection:
        for statement in (
            f"create table {service}.extra (id int)",
            "create table public.extra (id int)",
            "create role extra",
            f"alter role {service}_svc bypassrls",
        ):
            with pytest.raises(DENIED):
                await connection.execute(statement)


async def test_each_table_with_a_unit_is_under_row_level_security(admin: asyncpg.Connection):
    """`blob_ref`, `counter` and `authority_to_tell` hold no content; `unit_scope` is what scopes are made of, and
    which office decides for a unit (`managing_authority`) is asked from all units below it."""
    bare = await admin.fetch(
        """
        select n.nspname || '.' || c.relname as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'unit_id' and not a.attisdropped
        where n.nspname = any($1::text[]) and c.relkind in ('r', 'p') and not c.relrowsecurity
          and c.relname not in ('authority_to_tell', 'blob_ref', 'counter', 'managing_authority', 'unit_scope')
        """,
        list(SERVICES),
    )
    assert [row["name"] for row in bare] == []


async def test_without_a_unit_setting_no_row_is_seen(database: Target, admin: asyncpg.Connection):
    """Seen with the row's unit, not with another's, not without a setting, nor after the transaction."""
    unit, other = to_uuid(new_id("unt")), to_uuid(new_id("unt"))
    await admin.execute(
        """
        create table if not exists transfer.policy_probe (unit_id uuid not null);
        alter table transfer.policy_probe owner to transfer_owner;
        grant select on transfer.policy_probe to transfer_svc;
        """
    )
    for statement in unit_policies("transfer", "policy_probe"):
        await admin.execute(statement)
    await admin.execute("insert into transfer.policy_probe values ($1)", unit)
    count = "select count(*) from policy_probe"
    async with logged_in(database, "transfer") as connection:
        assert await connection.fetchval(count) == 0
        for units, seen in ((f"{{{unit}}}", 1), (f"{{{other}}}", 0), ("", 0)):
            async with connection.transaction():
                await connection.execute("select set_config('app.units', $1, true)", units)
                assert await connection.fetchval(count) == seen
        assert await connection.fetchval(count) == 0
    await admin.execute("drop table transfer.policy_probe")


async def test_no_policy_casts_the_units_for_each_row(admin: asyncpg.Connection):
    """A sub-select that gives text would be cast to an array again for every row (ADR 0013)."""
    policies = await admin.fetch("select policyname, qual from pg_policies where strpos(qual, 'app.units') > 0")
    text = """( SELECT NULLIF(current_setting('app.units'::text, true), ''::text) AS "nullif")"""
    assert len(policies) > 20
    assert [row["policyname"] for row in policies if text in row["qual"]] == []


async def test_an_old_policy_is_rewritten_and_admits_the_same(database: Target, admin: asyncpg.Connection):
    """Two columns, as persons have them: in scope by either, and no row without a setting."""
    unit, custodian, other = (to_uuid(new_id("unt")) for _ in range(3))
    seen = "any ((select nullif(current_setting('app.units', true), ''))::uuid[])"
    await admin.execute(
        f"""
        create table transfer.old_probe (unit_id uuid not null, custodian_unit_id uuid not null);
        alter table transfer.old_probe owner to transfer_owner;
        alter table transfer.old_probe enable row level security;
        create policy old_probe_unit on transfer.old_probe
          using (unit_id = {seen} or custodian_unit_id = {seen}) with check (unit_id = {seen});
        grant select, insert on transfer.old_probe to transfer_svc;
        insert into transfer.old_probe values ('{unit}', '{custodian}');
        """
    )
    await admin.execute(_CAST_ONCE.format(schema="transfer"))
    row = await admin.fetchrow("select qual, with_check from pg_policies where policyname = 'old_probe_unit'")
    assert row is not None
    assert row["qual"].count("::uuid[] AS units") == 2
    assert row["with_check"].count("::uuid[] AS units") == 1
    async with logged_in(database, "transfer") as connection:
        for units, found in ((f"{{{unit}}}", 1), (f"{{{custodian},{other}}}", 1), (f"{{{other}}}", 0), ("", 0)):
            async with connection.transaction():
                await connection.execute("select set_config('app.units', $1, true)", units)
                assert await connection.fetchval("select count(*) from old_probe") == found
    await admin.execute("drop table transfer.old_probe")
