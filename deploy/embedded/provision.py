"""Database, roles and schemas of the embedded profile: idempotent, and one query when nothing changed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.embedded.layout import SERVICES, TREE, Passwords
from deploy.embedded.postgres import SUPERUSER, Postgres
from deploy.migrations.migrate import migrate, versions_of

DATABASE = "dangan"


@dataclass(frozen=True)
class Target:
    """The server to provision, with the administrator's password, and the database's name."""

    server: Postgres
    passwords: Passwords
    database: str = DATABASE

    def admin_url(self, database: str | None = None) -> str:
        """The superuser's address of a database; only the supervisor and the tests use it."""
        return self.server.url(SUPERUSER, self.passwords.postgres, database or self.database)

    def service_url(self, service: str) -> str:
        """The address that one service logs in with."""
        return self.server.url(f"{service}_svc", self.passwords.database[service], self.database)


def wanted_state(passwords: Passwords) -> str:
    """A digest over all that provisioning depends on: migrations, this code, the passwords."""
    digest = hashlib.sha256(passwords.digest().encode())
    chassis = TREE / "chassis"
    files = [Path(__file__), chassis / "migrations.py", *sorted((chassis / "sql").glob("*.sql"))]
    files += [path for schema in SERVICES for path in sorted(versions_of(schema).glob("*.py"))]
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


async def provision(target: Target) -> bool:
    """Bring the database to the wanted state; False when it was there already."""
    await _create_database(target)
    wanted = wanted_state(target.passwords)
    connection = await asyncpg.connect(target.admin_url())
    try:
        if await connection.fetchval("select to_regclass('public.provisioned') is not null"):
            if await connection.fetchval("select digest from public.provisioned") == wanted:
                return False
        else:
            await connection.execute("create table public.provisioned (digest text not null)")
        # A second supervisor on the same database waits here instead of migrating beside us.
        await connection.execute("select pg_advisory_lock(hashtext('dangan.provision'))")
        await create_roles(connection, target)
        await migrate(target.admin_url(), SERVICES)
        await connection.execute("truncate public.provisioned")
        await connection.execute("insert into public.provisioned values ($1)", wanted)
        return True
    finally:
        await connection.close()


async def _create_database(target: Target) -> None:
    connection = await asyncpg.connect(target.admin_url("postgres"))
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", target.database):
            await connection.execute(f'create database "{target.database}"')
            await connection.execute(f'revoke all on database "{target.database}" from public')
    finally:
        await connection.close()


async def create_roles(connection: asyncpg.Connection, target: Target) -> None:
    """For each schema an owner that cannot log in and a service role that row-level security binds."""
    await connection.execute("revoke all on schema public from public")
    for schema in SERVICES:
        owner, service = f"{schema}_owner", f"{schema}_svc"
        for role in (owner, service):
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                await connection.execute(f"create role {role} nologin")
        # The generated passwords hold letters, digits, - and _ only: quoting is safe.
        secret = target.passwords.database[schema]
        await connection.execute(
            f"alter role {service} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls "
            f"password '{secret}'"
        )
        await connection.execute(f"alter role {service} set search_path = {schema}")
        await connection.execute(f"create schema if not exists {schema} authorization {owner}")
        await connection.execute(f"grant usage on schema {schema} to {service}")
        await connection.execute(f'grant connect on database "{target.database}" to {service}')
