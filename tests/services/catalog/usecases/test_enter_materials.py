"""Rows of a paper catalogue go in together, or not at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.problems import NotFound, Recusal, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.catalog.domain.material import Material
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.enter_materials import EnteredRow, EnterMaterials, enter_materials
from tests.services.catalog.office import Kept, Office
from tests.support.rooms import somebody


def _row(title: str, **members: Any) -> EnteredRow:
    told: dict[str, Any] = {"category": None, "formed_on": None, "page_count": 1}
    return EnteredRow(title=title, **{**told, **members})


async def _enter(office: Office, kept: Kept, *rows: EnteredRow, **as_whom: Any) -> list[Material]:
    return await enter_materials(
        EnterMaterials(kept.dossier_id, rows),
        uow=office.uow(**as_whom),
        rules=office.deps.rules,
        tickets=office.deps.tickets,
    )


async def test_rows_are_filed_by_their_own_category_or_by_pattern(office: Office):
    """Each is numbered by time in its category, and each is told without item and submission."""
    kept = await office.keep()
    filed = await _enter(
        office,
        kept,
        _row("年度考核登记表", formed_on=PartialDate(value="2020"), page_count=3),
        _row("某厂来信", category="3", formed_on=PartialDate(value="1985"), remark="复制件"),
        _row("干部任免审批表", formed_on=PartialDate(value="2001")),
        _row("自我总结履历表", facts=frozenset({"mainly_autobiography"})),
    )
    assert await office.numbers(kept) == [
        ("2", 1, "自我总结履历表"),
        ("3", 1, "某厂来信"),
        ("3", 2, "年度考核登记表"),
        ("9-2", 1, "干部任免审批表"),
    ]
    assert [m.place.basis for m in filed if m.place] == ["r2018:29", "archivist", "r2018:11", "r2018:5"]
    (told,) = await office.told(filed[0].material_id)
    assert (told["data"]["item_id"], told["data"]["submission_id"], told["data"]["page_count"]) == (None, None, 3)


async def test_two_hundred_rows_are_numbered_densely(office: Office):
    """One transaction: one new version of the dossier, numbers without a gap, an event each."""
    kept = await office.keep()
    rows = [
        _row(f"年度考核登记表{n}", formed_on=PartialDate(value=f"{1980 + (n * 7) % 40}"), page_count=2)
        for n in range(200)
    ]
    filed = await _enter(office, kept, *rows)
    assert [no for _, no, _ in await office.numbers(kept)] == list(range(1, 201))
    assert len(filed) == 200
    card = await office.admin.fetchrow(
        "select version, material_count, page_count from catalog.dossier where dossier_no = $1", kept.dossier_no
    )
    assert card is not None
    assert tuple(card) == (2, 200, 400)


async def test_a_repeated_entry_files_once(office: Office):
    """The same key answers the same rows as they are now."""
    kept = await office.keep()
    first = await _enter(office, kept, _row("党员登记表"), _row("入党志愿书"), key="entry-0001")
    again = await _enter(office, kept, _row("党员登记表"), _row("入党志愿书"), key="entry-0001")
    assert [m.material_id for m in again] == [m.material_id for m in first]
    assert len(await office.numbers(kept)) == 2


async def test_pages_come_by_ticket(office: Office):
    """Their digests are referenced from now on, under the unit that uploaded them."""
    kept = await office.keep()
    tickets = (office.ticket(), office.ticket())
    (filed,) = await _enter(office, kept, _row("党员登记表", page_count=2, tickets=tickets))
    assert len(filed.pages) == 2
    used = await office.admin.fetchval(
        "select count(*) from catalog.blob_ref where resource_id = $1 and until is null", filed.material_id
    )
    assert used == 2


async def test_every_fault_of_every_row_is_answered_at_once(office: Office):
    """And nothing of the rest is filed."""
    kept = await office.keep()
    past = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
    rows = [
        _row("党员登记表"),
        _row("来信"),
        _row("登记表"),
        _row("论文目录", category="4"),
        _row("党员登记表", formed_on=PartialDate(value="2999")),
        _row("党员登记表", tickets=("not a ticket",)),
        _row("党员登记表", tickets=(office.ticket(somebody("archivist", office.unit_id)),)),
        _row("党员登记表", tickets=(office.ticket(until=past),)),
        _row("党员登记表", tickets=(office.ticket(unit_id=new_id("unt")),)),
        _row("党员登记表", page_count=3, tickets=(office.ticket(),)),
    ]
    with pytest.raises(ValidationFailed) as refused:
        await _enter(office, kept, *rows)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/materials/1/category", "required"),
        ("/materials/2/category", "required"),
        ("/materials/3/category", "subclass-required"),
        ("/materials/4/formed_on", "date-impossible"),
        ("/materials/5/pages/0", "ticket-invalid"),
        ("/materials/6/pages/0", "ticket-invalid"),
        ("/materials/7/pages/0", "ticket-invalid"),
        ("/materials/8/pages/0", "ticket-invalid"),
        ("/materials/9/pages", "contradiction"),
    ]
    assert await office.numbers(kept) == []


async def test_nothing_is_entered_into_a_closed_or_foreign_or_own_dossier(office: Office):
    """Closed: a state conflict. Of another unit: not found. One's own: recusal."""
    kept = await office.keep()
    with pytest.raises(Recusal):
        own = somebody("archivist", office.unit_id, person_no=kept.person_no)
        await _enter(office, kept, _row("党员登记表"), caller=own)
    with pytest.raises(NotFound):
        await _enter(office, kept, _row("党员登记表"), caller=somebody("archivist", new_id("unt")))
    await change_dossier(kept.dossier_id, 1, {"state": "closed"}, uow=office.uow())
    with pytest.raises(StateConflict):
        await _enter(office, kept, _row("党员登记表"))
    assert await office.numbers(kept) == []
