"""A lost key: made anew only while nothing needs it; else the start says which one, where it lies, and the cure."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from chassis.keys import KeyRing
from cli.main import build
from contracts.values.ids import new_id, to_uuid
from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import Layout
from deploy.embedded.lost_keys import keys_for
from deploy.embedded.provision import Target


@pytest.fixture
async def admin(database: Target) -> AsyncIterator[asyncpg.Connection]:
    """The database as superuser, in a transaction that is rolled back."""
    connection = await asyncpg.connect(database.admin_url())
    transaction = connection.transaction()
    await transaction.start()
    for table in ("catalog.id_number", "catalog.lrmx_import", "transfer.receipt", "transfer.return_note"):
        await connection.execute(f"delete from {table}")
    await connection.execute("update transfer.submission set declared_person_no = null, declared_name_index = null")
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, None)


async def seal_one(admin: asyncpg.Connection, kid: str) -> None:
    """An id number that was sealed with this key. Whose it is does not matter here."""
    await admin.execute("set local session_replication_role = replica")
    await admin.execute(
        "insert into catalog.id_number (fact_id, person_id, sealed, key_id, id_index) values ($1, $2, '\\x00', $3, $4)",
        to_uuid(new_id("evt")),
        to_uuid(new_id("per")),
        kid,
        os.urandom(32).hex(),
    )


def lose(layout: Layout, purpose: str) -> bytes:
    file = layout.keys / f"{purpose}.json"
    content = file.read_bytes()
    file.unlink()
    return content


async def test_a_first_start_makes_every_key_and_the_next_one_keeps_them(admin: asyncpg.Connection, layout: Layout):
    """Also with a key lost that no row needs yet: it is made anew."""
    first = (await keys_for(admin, layout)).infos()
    assert len(first) == 7
    assert (await keys_for(admin, layout)).infos() == first
    lose(layout, "field-encryption")
    lose(layout, "internal-token")
    assert len((await keys_for(admin, layout)).infos()) == 7


@pytest.mark.parametrize("purpose", ["field-encryption", "blind-index"])
async def test_a_lost_key_that_rows_need_is_named_and_none_is_made(
    admin: asyncpg.Connection, layout: Layout, purpose: str
):
    """Put back, the start succeeds with it."""
    ring = await keys_for(admin, layout)
    await seal_one(admin, ring.kid("field-encryption"))
    kept = lose(layout, purpose)
    with pytest.raises(CannotStart) as refused:
        await keys_for(admin, layout)
    said = str(refused.value)
    assert json.loads(kept)["kid"] in said
    assert f"{layout.keys}/{purpose}.json" in said
    assert "dangan restore" in said
    assert "passphrase" in said
    assert not (layout.keys / f"{purpose}.json").exists()
    (layout.keys / f"{purpose}.json").write_bytes(kept)
    assert (await keys_for(admin, layout)).kid("blind-index") == ring.kid("blind-index")


async def test_another_key_in_its_place_is_refused(admin: asyncpg.Connection, layout: Layout, tmp_path: Path):
    """Rows tell by themselves which key sealed them, also where no start has noted it."""
    await seal_one(admin, "field-encryption-0a0b0c0d")
    strange = KeyRing.ensure(layout.keys)
    with pytest.raises(CannotStart, match="field-encryption-0a0b0c0d") as refused:
        await keys_for(admin, layout)
    assert strange.kid("field-encryption") in str(refused.value)


async def test_a_damaged_key_file_is_one_line_and_stays(admin: asyncpg.Connection, layout: Layout):
    """Cut off by a full disk, say."""
    await keys_for(admin, layout)
    (layout.keys / "page-token.json").write_bytes(b'{"kid": "pa')
    with pytest.raises(CannotStart, match=r"page-token\.json is damaged → .*delete it"):
        await keys_for(admin, layout)


async def test_a_key_given_up_by_its_id_is_not_waited_for(admin: asyncpg.Connection, layout: Layout):
    """`dangan keys give-up`: refused while the key is there; then the next start makes another, and notes it."""
    ring = await keys_for(admin, layout)
    kid = ring.kid("field-encryption")
    await seal_one(admin, kid)
    command = ["keys", "give-up", kid, "--yes", "--data", str(layout.root)]
    assert CliRunner().invoke(build(["keys"]), command).exit_code == 5
    lose(layout, "field-encryption")
    assert CliRunner().invoke(build(["keys"]), command).exit_code == 0
    fresh = (await keys_for(admin, layout)).kid("field-encryption")
    assert fresh != kid
    await seal_one(admin, fresh)
    assert (await keys_for(admin, layout)).kid("field-encryption") == fresh
    lose(layout, "field-encryption")
    with pytest.raises(CannotStart, match=fresh):
        await keys_for(admin, layout)


def test_giving_up_asks_for_an_id_of_a_key(tmp_path: Path):
    """A purpose alone, or a path, is no id."""
    for word in ("field-encryption", "../receipt-00000000"):
        assert CliRunner().invoke(build(["keys"]), ["keys", "give-up", word, "--data", str(tmp_path)]).exit_code == 2
