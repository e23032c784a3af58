"""Each list of the shelves reads the caller's own rows by an index, however many rows other units have."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from contracts.values.ids import new_id, to_uuid
from deploy.embedded.provision import Target
from services.catalog.store import (
    catalogue_state,
    inventories,
    inventory_lines,
    inventory_tasks,
    loose_sheets,
    placements,
    processing_needs,
    processing_records,
    rooms,
    shelf_counts,
    volumes,
)
from tests.services.catalog.office import Office
from tests.services.catalog.store.test_plans import _FILL, MOST_IN_VAIN, UNITS, Read, _key, _listening, _nodes
from tests.support.rooms import somebody

# Table and the column by which its rows are found again; the order is that of the references.
_TABLES = {
    "person": "person_id",
    "dossier": "dossier_id",
    "material": "material_id",
    "catalogue_state": "dossier_id",
    "loose_sheet": "material_id",
    "store_room": "store_room_id",
    "cabinet": "cabinet_id",
    "volume": "volume_id",
    "placement": "volume_id",
    "binding": "material_id",
    "inventory": "inventory_id",
    "inventory_line": "inventory_id",
    "inventory_task": "task_id",
    "processing_need": "need_id",
    "processing_record": "record_id",
}
_AT = "'2026-01-01'::timestamptz + i * interval '1 s'"
_FILLS = (
    """insert into catalog.person (person_id, unit_id, custodian_unit_id, version, person_no, name, created_at,
      changed_at) select id, unit, unit, 1, 'shelf-' || i, '同名', now(), now() from n""",
    """insert into catalog.dossier (dossier_id, unit_id, version, dossier_no, person_id, scheme, state, opened_on,
      created_at, changed_at)
    select id, unit, 1, 'shelf-' || i, id, 'r2018', 'open', '2026-01-01', now(), now() from n""",
    """insert into catalog.material (material_id, unit_id, dossier_id, named_dossier_id, version, state, title,
      original_title, category, item_no, content_rank, formed_key, filing_seq, basis, filed_on, page_count,
      blob_unit_id, created_at, changed_at)
    select id, unit, id, id, 1, 'filed', '材料', '材料', 1, 1, 0, '00000000', 1, 'x', '2026-01-01', 1, unit, now(),
      now() from n""",
    f"""insert into catalog.catalogue_state (dossier_id, unit_id, changed_version, changed_at, stale_since)
    select id, unit, 1, now(), {_AT} from n""",
    f"insert into catalog.loose_sheet select id, unit, {_AT} from n",
    "insert into catalog.store_room select id, unit, 1, 'R' || i, '库房', now(), now() from n",
    """insert into catalog.cabinet (cabinet_id, unit_id, store_room_id, version, code, kind, layers, slots,
      slot_capacity, paper_no, created_at, changed_at)
    select id, unit, id, 1, 'A1', 'fixed', 9, 9, 9, 1000000 + i, now(), now() from n""",
    """insert into catalog.volume (volume_id, unit_id, dossier_id, version, kind, no, first_category, last_category,
      state, code, cabinet_id, layer, slot, created_at, changed_at)
    select id, unit, id, 1, 'original', 1, 1, 10, 'in_use', '7' || lpad(i::text, 19, '0'), id, 1, 1, now(), now()
    from n""",
    """insert into catalog.placement (volume_id, unit_id, version, cabinet_id, layer, slot, placed_at, placed_by)
    select id, unit, 1, id, 1, 1, now(), 'acc' from n""",
    f"insert into catalog.binding select id, {_AT}, unit, id, 'acc' from n",
    """insert into catalog.inventory (inventory_id, unit_id, version, year, no, state, started_at, started_by)
    select id, unit, 1, 2026, i + 1, 'counting', now(), 'acc' from n""",
    """insert into catalog.inventory_line (inventory_id, code, unit_id, volume_id, expected)
    select id, '7' || lpad(i::text, 19, '0'), unit, id, true from n""",
    f"""insert into catalog.inventory_task (task_id, inventory_id, code, unit_id, owner_role, state, version,
      created_at, due_at)
    select id, id, '7' || lpad(i::text, 19, '0'), unit, 'archivist', 'pending', 1, now(), {_AT} from n""",
    f"""insert into catalog.processing_need (need_id, unit_id, material_id, version, cause, source, state, raised_at,
      raised_by) select id, unit, id, 1, 'needs_edge', 'hand', 'open', {_AT}, 'acc' from n""",
    """insert into catalog.processing_record (record_id, unit_id, material_id, version, op, state, done_by, done_at)
    select id, unit, id, 1, 'trim', 'pending', 'acc', now() from n""",
)


@pytest.fixture(scope="module")
async def shelves(database: Target) -> AsyncIterator[list[str]]:
    """The ids of 200 units, each with a hundred rows in every table; gone after the module."""
    admin = await asyncpg.connect(database.admin_url())
    units = [new_id("unt") for _ in range(UNITS)]
    keys = [to_uuid(unit) for unit in units]
    async with admin.transaction():
        await admin.execute("set local session_replication_role = replica")
        for fill in _FILLS:
            await admin.execute(_FILL + fill, keys)
    for table in _TABLES:
        await admin.execute(f"vacuum analyze catalog.{table}")
    yield units
    async with admin.transaction():
        await admin.execute("set local session_replication_role = replica")
        for table, key in _TABLES.items():
            await admin.execute(f"delete from catalog.{table} where {key}::text like '01900000-0000-7000-8000-%'")
    await admin.close()


_LATER = datetime(2026, 1, 1, 1, tzinfo=UTC)
_CODE = "7" + "7".rjust(19, "0")
_READS: dict[str, Read] = {
    "reprints": lambda uow: catalogue_state.list_stale(uow.raw(), None, None, 51),
    "reprints, next page": lambda uow: catalogue_state.list_stale(uow.raw(), None, (_LATER, _key("dos", 3607)), 51),
    "volumes of units": lambda uow: volumes.list_of_units(uow.raw(), None, None, 51),
    "volumes of a dossier": lambda uow: volumes.list_of_dossier(uow.raw(), _key("dos", 7)),
    "volume": lambda uow: volumes.get_shown(uow.raw(), _key("vol", 7)),
    "volume by code": lambda uow: volumes.find_by_code(uow.raw(), _CODE),
    "what stands in a slot": lambda uow: volumes.list_in_slots(uow.raw(), _key("cab", 7), 1, 1, None, 51),
    "pages by category": lambda uow: volumes.sections(uow.raw(), _key("dos", 7)),
    "rooms": lambda uow: rooms.list_rooms(uow.raw(), None, None, 51),
    "cabinets": lambda uow: rooms.list_cabinets(uow.raw(), _key("srm", 7), None, 51),
    "cabinet by paper": lambda uow: rooms.find_cabinet_by_paper(uow.raw(), 1_000_007),
    "loose sheets": lambda uow: loose_sheets.list_loose(uow.raw(), None, None, None, 51),
    "loose sheets, next page": lambda uow: loose_sheets.list_loose(
        uow.raw(), None, None, (_LATER, _key("mat", 3607)), 51
    ),
    "differences of inventories": lambda uow: inventory_tasks.list_in(uow.raw(), ["pending"], None, 51),
    "differences of inventories, next page": lambda uow: inventory_tasks.list_in(
        uow.raw(), ["pending"], (_LATER, _key("tskc", 7)), 51
    ),
    "a difference of an inventory": lambda uow: inventory_tasks.find(uow.raw(), _key("tskc", 7)),
    "open differences of a volume": lambda uow: inventory_tasks.list_open(uow, [_CODE], _key("inv", 8)),
    "bound in a volume": lambda uow: loose_sheets.list_bound(uow.raw(), _key("vol", 7), None, 51),
    "inventories": lambda uow: inventories.list_register(uow.raw(), None, 2026, None, 51),
    "inventory": lambda uow: inventories.get(uow.raw(), _key("inv", 7)),
    "lines": lambda uow: inventory_lines.list_of(uow.raw(), _key("inv", 7), ["missing"], None, 51),
    "worklist": lambda uow: processing_needs.list_open(uow.raw(), None, None, None, 51),
    "needs of a material": lambda uow: processing_needs.list_of_material(uow.raw(), _key("mat", 7), None, 51),
    "waiting for a second person": lambda uow: processing_records.list_pending(uow.raw(), None, None, 51),
    "sheet of a material": lambda uow: processing_records.list_of_material(uow.raw(), _key("mat", 7), None, 51),
    "counts": lambda uow: shelf_counts.list_counts(uow.raw(), None, timedelta(days=1), None, 51),
    "edge asked for": lambda uow: processing_needs.has_open_edge(uow, _key("mat", 7), None),
    "where a volume stood": lambda uow: placements.list_of(uow.raw(), _key("vol", 7), None, 51),
}


@pytest.mark.parametrize("what", _READS)
async def test_a_read_of_one_unit_leaves_the_rows_of_others_alone(office: Office, shelves: list[str], what: str):
    """Planned and run as the service's role in a scope of one unit of two hundred."""
    async with office.uow(somebody("archivist", shelves[7])) as uow:
        with _listening(uow) as asked:
            found = await _READS[what](uow)
            await uow.raw().execute("select 1")  # asyncpg reports through the loop, which has its turn here
        query, arguments = next(one for one in asked if "advisory" not in one[0])
        told = await uow.raw().fetchval(f"explain (analyze, format json) {query}", *arguments)
    (plan,) = told if isinstance(told, list) else json.loads(told)
    assert found
    for node in _nodes(plan["Plan"]):
        if node.get("Relation Name") in _TABLES:
            by_index = "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"
            assert by_index, f"{node['Node Type']} over all of {node['Relation Name']}"
        assert node.get("Rows Removed by Filter", 0) <= MOST_IN_VAIN, node
