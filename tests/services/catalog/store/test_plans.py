"""Each list and search reads the caller's own rows by an index, however many rows other units have."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import event

from chassis.operations import reading as operations
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, new_id, to_uuid
from deploy.embedded.provision import Target
from services.catalog.store import (
    catalogue,
    dossiers,
    facts,
    filing_tasks,
    findings,
    gaps,
    id_numbers,
    lrmx_imports,
    materials,
    persons,
    print_facts,
    print_files,
    reviews,
    vocabularies,
)
from tests.services.catalog.domain.schemes import r2018
from tests.services.catalog.office import Office
from tests.support.rooms import somebody

ROWS, UNITS = 20_000, 200
TABLES = {"person", "kin", "dossier", "material", "page", "filing_task", "finding", "finding_count", "gap"}
TABLES |= {"fact", "id_number", "lrmx_import"}
TABLES |= {"dossier_review", "dossier_to_review", "operation", "catalogue_state", "heard_determination"}
MOST_IN_VAIN = 100
"""Rows that a query may read and throw away: namesakes of other units, and no more."""

# One row in each table and number; number n is of unit n % 200. Referential triggers are off, since the
# rows agree by construction.
_FILL = f"""
with n as (select i, ($1::uuid[])[i % {UNITS} + 1] as unit,
  ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid as id from generate_series(0, {ROWS} - 1) i)
"""
_FILLS = (
    """insert into catalog.person (person_id, unit_id, custodian_unit_id, version, person_no, name, created_at,
      changed_at)
    select id, unit, unit, 1, 'plan-' || i, '同名' || i % 400, now(), now() from n""",
    """insert into catalog.kin select id, ('01900000-0000-7000-8000-' || lpad(to_hex((i + 1) % 20000), 12, '0'))::uuid,
    'sibling', now() from n""",
    """insert into catalog.dossier (dossier_id, unit_id, version, dossier_no, person_id, scheme, state, opened_on,
      created_at, changed_at)
    select id, unit, 1, 'plan-' || i, id, 'r2018', 'open', '2026-01-01', now(), now() from n""",
    """insert into catalog.material (material_id, unit_id, dossier_id, named_dossier_id, version, state, title,
      original_title, formed_key, page_count, blob_unit_id, entry_id, created_at, changed_at)
    select id, unit, id, id, 1, 'queued', '材料', '材料', '00000000', 1, unit, id, now(), now() from n""",
    """insert into catalog.fact (fact_id, person_id, kind, value, sort_key, provenance, entry_id, recorded_at,
      recorded_by)
    select id, id, 'health', json_build_object('text', '词' || i % 400)::jsonb, '00000000', 'entry', id, now(), 'acc'
    from n""",
    """insert into catalog.id_number (fact_id, person_id, sealed, key_id, id_index)
    select id, id, '\\x00', 'key', lpad(to_hex(i), 64, '0') from n""",
    """insert into catalog.lrmx_import (import_id, person_id, sealed, key_id, bytes, elements, imported_at, imported_by)
    select id, id, '\\x00', 'key', 1, '{}', now(), 'acc' from n""",
    """insert into catalog.page select id, unit, id, 1, repeat('0', 64), 'image/png', 1, 1, 1 from n""",
    """insert into catalog.filing_task (task_id, unit_id, material_id, cause, owner_role, state, version, created_at,
      due_at)
    select id, unit, id, 'ask', 'archivist', 'pending', 1, now(),
      '2026-01-01'::timestamptz + i * interval '1 s' from n""",
    """insert into catalog.finding (finding_id, unit_id, dossier_id, code, member, severity, params, state, version,
      found_at)
    select id, unit, id, 'CAT-008', 'dossier', 'hint', '{}', 'open', 1, now() from n""",
    """insert into catalog.finding_count select unit, 'CAT-' || lpad((i / 200)::text, 3, '0'), 1, 0, 1 from n""",
    """insert into catalog.gap (gap_id, unit_id, dossier_id, rule, category, missing, state, version, opened_at)
    select id, unit, id, 'resume_form', '1', '[]', 'open', 1, now() from n""",
    """insert into catalog.dossier_review select id, unit, 'x', 1, now(), 1, 0, 0, unit from n""",
    """insert into catalog.dossier_to_review (dossier_id, unit_id, marked_at) select id, unit, now() from n""",
    """insert into catalog.heard_determination (determination_id, unit_id, version, person_id, fact, status)
    select id, unit, 1, id, 'education', 'determined' from n""",
    """insert into catalog.catalogue_state (dossier_id, unit_id, changed_version, changed_at, stale_since)
    select id, unit, 1, now(), now() from n""",
    """insert into catalog.operation (operation_id, units, kind, counted_as, mode, state, version, made_by, acts_as,
      total, created_at, finished_at, expires_at)
    select id, array[unit], 'x', 'x', 'each', 'succeeded', 1, 'maker-' || i % 200, '{}', 1, now(), now(),
      now() + interval '1 day' from n""",
)


@pytest.fixture(scope="module")
async def crowd(database: Target) -> AsyncIterator[list[str]]:
    """The ids of 200 units, each with a hundred rows in every table; gone after the module."""
    admin = await asyncpg.connect(database.admin_url())
    units = [new_id("unt") for _ in range(UNITS)]
    keys = [to_uuid(unit) for unit in units]
    await _as_replica(admin, *((_FILL + fill, keys) for fill in _FILLS))
    yield units
    mine = "::text like '01900000-0000-7000-8000-%'"
    firsts = {"filing_task": "task_id", "page": "page_id", "material": "material_id", "dossier": "dossier_id"}
    firsts |= {"kin": "person_id", "person": "person_id", "finding": "finding_id", "gap": "gap_id"}
    firsts |= {"fact": "fact_id", "id_number": "fact_id", "lrmx_import": "import_id"}
    firsts |= {"dossier_review": "dossier_id", "dossier_to_review": "dossier_id", "operation": "operation_id"}
    firsts |= {"catalogue_state": "dossier_id", "heard_determination": "determination_id"}
    await _as_replica(admin, *((f"delete from catalog.{table} where {key}{mine}",) for table, key in firsts.items()))
    await admin.execute("delete from catalog.finding_count where unit_id = any($1)", keys)
    await admin.close()


async def _as_replica(admin: asyncpg.Connection, *statements: tuple[Any, ...]) -> None:
    async with admin.transaction():
        await admin.execute("set local session_replication_role = replica")
        for query, *arguments in statements:
            await admin.execute(query, *arguments)
    for table in sorted(TABLES):
        await admin.execute(f"vacuum analyze catalog.{table}")


def _key(prefix: str, number: int) -> str:
    return from_uuid(prefix, UUID(f"01900000-0000-7000-8000-{number:012x}"))


Read = Callable[[UnitOfWork], Awaitable[Any]]
_LATER = datetime(2026, 1, 1, 1, tzinfo=UTC)
_READS: dict[str, Read] = {
    "dossiers, first page": lambda uow: dossiers.list_cards(uow.raw(), None, 51),
    "dossiers, next page": lambda uow: dossiers.list_cards(uow.raw(), _key("dos", 4007), 51),
    "dossiers by name": lambda uow: dossiers.search_cards(uow.raw(), "name", "同名7", 51),
    "dossiers by person number": lambda uow: dossiers.search_cards(uow.raw(), "person_no", "plan-7", 51),
    "dossiers by number": lambda uow: dossiers.search_cards(uow.raw(), "dossier_no", "plan-7", 51),
    "dossier": lambda uow: dossiers.get_card(uow.raw(), _key("dos", 7)),
    "whose dossier": lambda uow: dossiers.whose(uow.raw(), _key("dos", 7)),
    "persons by name": lambda uow: persons.find_by_name(uow, "同名7", 51),
    "person by number": lambda uow: persons.find_by_person_no(uow, "plan-7"),
    "kin": lambda uow: persons.list_kin(uow, _key("per", 7)),
    "current facts": lambda uow: facts.current_facts(uow, _key("per", 7)),
    "facts, first page": lambda uow: facts.list_page(
        uow, _key("per", 7), after=None, limit=51, history=True, kind=None
    ),
    "uses of a word": lambda uow: vocabularies.count_uses(uow, "health", ["词7"]),
    "facts recorded together": lambda uow: facts.list_entry(uow, _key("req", 7)),
    "person by identity number": lambda uow: id_numbers.find_person(uow, f"{7:064x}"),
    "sealed number": lambda uow: id_numbers.find_sealed(uow, _key("per", 7)),
    "imported forms": lambda uow: lrmx_imports.list_page(uow, _key("per", 7), None, 51),
    "form imported last": lambda uow: lrmx_imports.find_last_file(uow, _key("per", 7)),
    "tasks, first page": lambda uow: filing_tasks.list_in(uow.raw(), ["pending"], None, 51),
    "tasks, next page": lambda uow: filing_tasks.list_in(uow.raw(), ["pending"], (_LATER, _key("tskc", 3607)), 51),
    "tasks in two states": lambda uow: filing_tasks.list_in(uow.raw(), ["approved", "pending"], None, 51),
    "task of a material": lambda uow: filing_tasks.find_of_material(uow.raw(), _key("mat", 7)),
    "rows entered together": lambda uow: materials.list_entry(uow.raw(), _key("mat", 7)),
    "what stands in a category": lambda uow: materials.list_placed(uow, _key("dos", 7), ["1"], r2018()),
    "dossiers to print": lambda uow: print_files.list_of_units(uow, None, stale=False, limit=51),
    "dossiers named to print": lambda uow: print_files.list_named(uow, [_key("dos", 7), _key("dos", 207)]),
    "names of dossiers to print": lambda uow: print_files.names_of(uow, [_key("dos", 7), _key("dos", 207)]),
    "related to one of many": lambda uow: persons.is_related_to_any(uow, [_key("per", 7), _key("per", 207)], "plan-7"),
    "photograph": lambda uow: facts.find_photograph(uow, _key("per", 7), None),
    "whose dossier, for a print": lambda uow: print_facts.get_owner(uow, _key("dos", 7)),
    "what was removed": lambda uow: print_facts.list_removed(uow, _key("dos", 7)),
    "catalogue": lambda uow: catalogue.get(uow, _key("dos", 7)),
    "worklist of a finding": lambda uow: findings.list_open(uow.raw(), "CAT-008", None, None, 51),
    "worklist, next page": lambda uow: findings.list_open(
        uow.raw(), "CAT-008", None, (_key("dos", 4007), "dossier"), 51
    ),
    "findings of a dossier": lambda uow: findings.list_page(uow, _key("dos", 7), ["open"], None, None, 51),
    "finding counts": lambda uow: findings.list_counts(uow.raw(), None, None, 51),
    "gaps, first page": lambda uow: gaps.list_open(uow.raw(), None, None, 51),
    "gaps, next page": lambda uow: gaps.list_open(uow.raw(), None, _key("gap", 4007), 51),
    "gaps of a dossier": lambda uow: gaps.list_of(uow, _key("dos", 7)),
    "determinations that are to be entered": lambda uow: reviews.list_to_enter(uow, _key("per", 7)),
    "whether a dossier waits for its review": lambda uow: reviews.find_due(uow, _key("dos", 7)),
    "own operations": lambda uow: operations.list_of(uow.raw(), "maker-7", None, 51, "opnc"),
}


@pytest.mark.parametrize("what", _READS)
async def test_a_read_of_one_unit_leaves_the_rows_of_others_alone(office: Office, crowd: list[str], what: str):
    """Planned and run as the service's role in a scope of one unit of two hundred."""
    async with office.uow(somebody("archivist", crowd[7])) as uow:
        with _listening(uow) as asked:
            found = await _READS[what](uow)
            await uow.raw().execute("select 1")  # asyncpg reports through the loop, which has its turn here
        query, arguments = asked[0]
        told = await uow.raw().fetchval(f"explain (analyze, format json) {query}", *arguments)
    (plan,) = told if isinstance(told, list) else json.loads(told)
    assert found or what in ("what stands in a category", "what was removed", "photograph")
    for node in _nodes(plan["Plan"]):
        if node.get("Relation Name") in TABLES:
            by_index = "Index Cond" in node or node["Node Type"] == "Bitmap Heap Scan"
            assert by_index, f"{node['Node Type']} over all of {node['Relation Name']}"
        assert node.get("Rows Removed by Filter", 0) <= MOST_IN_VAIN, node


@contextmanager
def _listening(uow: UnitOfWork) -> Iterator[list[tuple[str, Sequence[Any]]]]:
    """The statements of a unit of work with their arguments, whether the session sends them or asyncpg."""
    asked: list[tuple[str, Sequence[Any]]] = []
    connection: Any = uow.raw()
    bound: Any = uow.session.bind
    engine = bound.sync_engine

    def by_session(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    def by_asyncpg(logged: Any) -> None:
        asked.append((logged.query, logged.args))

    connection.add_query_logger(by_asyncpg)
    event.listen(engine, "before_cursor_execute", by_session)
    yield asked
    event.remove(engine, "before_cursor_execute", by_session)
    connection.remove_query_logger(by_asyncpg)


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]


async def test_a_list_of_several_units_is_merged_and_shows_each_once(office: Office, crowd: list[str]):
    """A unit in scope by two posts, or a state that is asked for twice, repeats no row."""
    caller = somebody("archivist", crowd[7])
    caller = type(caller)(caller.account_id, posts=(*caller.posts, ("archivist", crowd[8])))
    async with office.uow(caller) as uow:
        cards = await dossiers.list_cards(uow.raw(), None, 4)
        tasks = await filing_tasks.list_in(uow.raw(), ["pending", "pending"], None, 4)
    assert [card["id"] for card in cards] == [_key("dos", number) for number in (7, 8, 207, 208)]
    assert [task.id for task in tasks] == [_key("tskc", number) for number in (7, 8, 207, 208)]
