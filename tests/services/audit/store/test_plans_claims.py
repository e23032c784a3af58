"""How the database answers for claims: by an index, under the service's own policies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.identity import Caller
from contracts.values.ids import from_uuid
from services.audit.store import claims
from services.audit.store.papers import list_papers
from tests.services.audit.store.archive import UNITS, Archive, assert_bounded, assert_narrow
from tests.support.rooms import somebody

MANY = 20_000

# Unit n of 200, person and dossier n of 2000 (ten claims each), material n of 20000 (one claim each).
ROWS = f"""
insert into audit.heard_dossier
select pg_temp.some('dos', n), pg_temp.some('unt', n % {UNITS}), 1, n::text, pg_temp.some('per', n), 'open'
from generate_series(0, 1999) as n;

insert into audit.heard_material (material_id, unit_id, version, dossier_id, person_id, blob_unit_id, category, item_no,
  title, page_count, pages, pages_version, removed)
select pg_temp.some('mat', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('dos', n % 2000),
  pg_temp.some('per', n % 2000), pg_temp.some('unt', n % {UNITS}), '6', 1, '入团志愿书', 1, '[]', 1, false
from generate_series(0, {MANY - 1}) as n;

insert into audit.claim (id, unit_id, version, person_id, dossier_id, fact, value, material_id, altered, as_on_paper,
  origin, statement, entered_by, entered_at, withdrawn_at, withdrawn_reason)
select pg_temp.some('clm', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('per', n % 2000),
  pg_temp.some('dos', n % 2000), 'birth_date', '{{"type": "date", "date": {{"value": "1968-03"}}}}',
  pg_temp.some('mat', n), 'none', false, 'entered', n::text, pg_temp.some('acc', n % 20), now(),
  case when n / 2000 = 9 then now() end, case when n / 2000 = 9 then 'x' end
from generate_series(0, {MANY - 1}) as n;
"""
TABLES = ("claim", "heard_dossier", "heard_material")


async def test_claims_of_a_unit_are_found_by_an_index(archive: Archive):
    """With every filter that the route has."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    person, material = await archive.some("per", "per", 7), await archive.some("mat", "mat", 7)
    for change, many in (
        ({}, 51),
        ({"after": from_uuid("clm", UUID(int=1)), "limit": 3}, 3),
        ({"person_id": person}, 9),
        ({"person_id": person, "withdrawn": True}, 10),
        ({"material_id": material}, 1),
        ({"facts": ["birth_date"]}, 51),
        ({"hidden_persons": hidden, "limit": 200}, 72),
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "person_id": None, "material_id": None, "facts": [], "withdrawn": False,
            "hidden_persons": [],
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: claims.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_a_scope_of_all_units_is_read_up_to_the_end_of_the_page(archive: Archive):
    """Naming every unit does not make the list read all claims."""
    found, nodes = await archive.plan(
        lambda uow: claims.page_of(
            uow, after=None, limit=51, person_id=None, material_id=None, facts=[], withdrawn=False, hidden_persons=[]
        ),
        somebody("auditor"),
    )
    assert found == 51
    assert_bounded(nodes)


async def test_what_an_entry_is_checked_against_is_found_by_an_index(archive: Archive):
    """The claims, dossiers and materials of the persons of a list; a dossier's claims when it moves."""
    li, service = await archive.auditor(), Caller.service("audit")
    persons = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    ids = [await archive.some("clm", "clm", 7), await archive.some("clm", "clm", 207)]
    materials = [await archive.some("mat", "mat", 7), await archive.some("mat", "mat", 207)]
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    for asked, many, caller in (
        (lambda uow: claims.list_standing(uow, persons), 18, li),
        (lambda uow: claims.list_by_ids(uow, ids), 2, li),
        (lambda uow: claims.dossiers_of(uow, persons), 2, li),
        (lambda uow: claims.materials_by_ids(uow, materials), 2, li),
        (lambda uow: claims.follow_dossier(uow, dossier, unit), 10, service),
    ):
        found, nodes = await archive.plan(asked, caller)
        assert found == many
        assert_narrow(nodes)


async def test_what_a_dossier_holds_is_found_by_its_index(archive: Archive):
    """Titles for the rules of determination: ten materials of 20,000 are looked at."""
    li, dossier = await archive.auditor(), await archive.some("dos", "dos", 7)
    found, nodes = await archive.plan(lambda uow: list_papers(uow, dossier), li)
    assert found == 10
    assert_narrow(nodes)
