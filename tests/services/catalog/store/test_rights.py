"""What the service's own role can and cannot see: row-level security under forgotten filters."""

from collections.abc import Callable

import asyncpg
import pytest

from chassis.settings import Settings
from chassis.unit_of_work import UnitOfWork
from tests.services.catalog.office import Office
from tests.support.rooms import somebody

TABLES = (
    "person",
    "kin",
    "fact",
    "id_number",
    "lrmx_import",
    "dossier",
    "material",
    "page",
    "filing_task",
    "scheme_move",
    "removal",
    "print_file",
    "material_filing",
    "material_change",
    "former_scan",
    "page_enhancement",
    "page_margin",
    "page_side",
    "page_to_measure",
    "operation",
    "operation_item",
    "dossier_to_review",
    "dossier_review",
    "finding",
    "finding_count",
    "unit_to_tally",
    "gap",
    "gap_explanation",
    "gap_profile",
    "catalogue_state",
    "identity_decision",
    "heard_determination",
    "store_room",
    "cabinet",
    "volume",
    "placement",
    "loose_sheet",
    "binding",
    "inventory",
    "inventory_checker",
    "inventory_line",
    "inventory_task",
    "processing_need",
    "processing_record",
)
SOME = "'00000000-0000-7000-8000-000000000000'"


async def _filled(office: Office) -> None:
    """At least one row of the office in every table."""
    kept = await office.keep()
    await office.file(kept, "党员登记表")
    await office.file(kept, "来信")


async def test_every_table_of_catalog_has_policies(office: Office):
    """None is forgotten; the tables of the chassis hold no dossier."""
    rows = await office.admin.fetch(
        """select c.relname, c.relrowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'catalog' and c.relkind = 'r'"""
    )
    assert {row["relname"] for row in rows if row["relrowsecurity"]} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
async def test_without_units_no_row_is_seen(office: Office, settings_for: Callable[..., Settings], table: str):
    """A bare connection of the service's role, with nothing set."""
    await _filled(office)
    connection = await asyncpg.connect(settings_for("catalog").database_url)
    try:
        assert await connection.fetchval(f"select count(*) from {table}") == 0
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "table", ["person", "dossier", "material", "page", "filing_task", "catalogue_state", "loose_sheet"]
)
async def test_a_caller_sees_the_own_units_only(office: Office, table: str):
    """Whatever the statement forgets."""
    await _filled(office)
    other = await Office(office.deps, office.uow_for, office.admin).open()
    await _filled(other)
    async with office.uow() as uow:
        units = await uow.raw().fetch(f"select distinct unit_id from {table}")
    assert len(units) == 1
    async with office.uow(somebody("archivist", other.unit_id)) as uow:
        assert await uow.raw().fetch(f"select distinct unit_id from {table}") != units


async def test_a_row_cannot_be_written_into_another_unit(office: Office):
    """Not by an insert and not by a change."""
    other = await Office(office.deps, office.uow_for, office.admin).open()
    kept = await office.keep()

    async def move(uow: UnitOfWork) -> None:
        async with uow:
            await uow.raw().execute(
                "update person set unit_id = $1, custodian_unit_id = null where person_no = $2",
                await other.admin.fetchval("select gen_random_uuid()"),
                kept.person_no,
            )

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await move(office.uow())


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("select person_id from person where name = 'x' order by person_id limit 51", "person_name"),
        ("select person_id from person where person_no = 'x'", "person_person_no_key"),
        ("select dossier_id from dossier where dossier_no = 'x'", "dossier_dossier_no_key"),
        (f"select material_id from material where dossier_id = {SOME} and place = any(array['1'])", "using material_"),
        (f"select page_id from page where material_id = {SOME}", "page_number"),
        (
            "select code from vocabulary_entry where vocabulary = 'x' and (position, code) > (0, '')"
            " order by position, code limit 9",
            "vocabulary_entry_position",
        ),
    ],
)
async def test_queries_use_their_index_under_the_policies(office: Office, query: str, index: str):
    """Planned as the service's role with a scope: the policy does not stand in the index's way."""
    async with office.uow() as uow:
        await uow.raw().execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await uow.raw().fetch(f"explain {query}"))
    assert index in plan
    assert "Seq Scan" not in plan
