"""The catalog does not start beside sealed rows whose key is lost: it would seal new ones with another."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.deps import Deps
from chassis.keys import KeyRing
from chassis.sealing import key_ids
from chassis.settings import Settings
from chassis.startup import StartRefused, check_sealed
from contracts.values.ids import new_id, to_uuid
from services.catalog.app import SPEC
from tests.services.catalog.office import Office


async def test_a_service_with_another_key_than_its_rows_refuses_to_start(
    office: Office, settings_for: Callable[..., Settings], tmp_path: Path
):
    """With the rows' own key it starts; the refusal names the lost key, where it should lie, and the cure."""
    await office.admin.execute(
        "insert into catalog.lrmx_import (import_id, person_id, sealed, key_id, bytes, elements, imported_at,"
        " imported_by) values ($1, $2, '\\x00', $3, 1, '{}', now(), 'acc')",
        to_uuid(new_id("evt")),
        to_uuid((await office.register()).person_id),
        office.deps.keys.kid("field-encryption"),
    )
    own = KeyRing(office.deps.settings.keys_dir).kid("field-encryption")
    await check_sealed(office.deps, SPEC.sealed)
    assert own in await key_ids(office.admin, "catalog.lrmx_import")
    lost = Deps("catalog", settings_for("catalog", keys_dir=tmp_path), None)
    KeyRing.ensure(tmp_path)
    await lost.open()
    try:
        with pytest.raises(StartRefused, match=own) as refused:
            await check_sealed(lost, SPEC.sealed)
        assert f"{tmp_path}/field-encryption.json" in str(refused.value)
        assert "dangan restore" in str(refused.value)
        KeyRing(tmp_path).give_up(own)
        for other in {*await key_ids(office.admin, "catalog.lrmx_import")} - {own}:
            KeyRing(tmp_path).give_up(other)
        for other in await key_ids(office.admin, "catalog.id_number"):
            KeyRing(tmp_path).give_up(other)
        await check_sealed(lost, SPEC.sealed)
    finally:
        await lost.close()
