"""The embedded PostgreSQL: its locale, its durability, its end."""

import asyncpg

from deploy.embedded.provision import Target, provision


async def test_trigrams_are_found_in_chinese(fresh_database: Target):
    """Under the plain C locale this is an empty list and every Chinese search finds nothing, silently."""
    connection = await asyncpg.connect(fresh_database.admin_url())
    try:
        await connection.execute("create extension pg_trgm")
        assert await connection.fetchval("select show_trgm('档案')")
        assert await connection.fetchval("select similarity('民国档案馆', '档案馆')") == 0.25
    finally:
        await connection.close()


async def test_commits_are_synced_to_disk(admin: asyncpg.Connection):
    """A service refuses to start on a server that may lose what it acknowledged."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert await admin.fetchval("select current_setting($1)", setting) == "on"


async def test_provisioning_twice_changes_nothing(fresh_database: Target):
    """The copy carries the template's digest, so the second provisioning is one query."""
    assert await provision(fresh_database) is False


async def test_an_older_state_is_provisioned_again(fresh_database: Target):
    """Another digest, as after an update with new migrations, is brought to the present one."""
    connection = await asyncpg.connect(fresh_database.admin_url())
    try:
        await connection.execute("update public.provisioned set digest = 'older'")
        assert await provision(fresh_database) is True
        assert await connection.fetchval("select count(*) from public.provisioned") == 1
    finally:
        await connection.close()
