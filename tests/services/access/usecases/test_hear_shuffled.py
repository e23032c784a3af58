"""The whole life of a material, heard twice and in any order: access ends up where the catalog is."""

import pytest

from contracts.events import EventData, MaterialFiled, MaterialPagesChanged, MaterialRefiled, MaterialRemoved
from contracts.values.ids import new_id
from services.access.store import heard
from tests.services.access.office import Case, Office
from tests.support.shuffling import SEEDS, Told, deliver_shuffled

_IDS = ("material_id", "dossier_id", "person_id", "unit_id")


def _refiled(filed: MaterialFiled, category: str, item_no: int, *, back: bool = False) -> MaterialRefiled:
    told = filed.model_dump(include={*_IDS, "title", "formed_on", "page_count"})
    former = {"from_category": None if back else "1", "from_item_no": None if back else 1}
    place = {"category": category, "item_no": item_no, "reason": "restored" if back else "renumbered"}
    return MaterialRefiled.model_validate({**told, **former, **place})


def _removed(filed: MaterialFiled) -> MaterialRemoved:
    place = {"from_category": "4-1", "from_item_no": 1, "reason": "duplicate"}
    return MaterialRemoved.model_validate({**filed.model_dump(include=set(_IDS)), **place})


def _paged(filed: MaterialFiled, *pages: int) -> MaterialPagesChanged:
    told = filed.model_dump(include={*_IDS, "blob_unit_id", "page_count"})
    return MaterialPagesChanged.model_validate({**told, "pages": [filed.pages[n].model_dump() for n in pages]})


async def _told(office: Office, case: Case) -> MaterialFiled:
    """A material of three pages that access has not heard of; its pages are in the store."""
    known = await office.filed(case.subject, "4-1", pages=3)
    pages = [page.model_copy(update={"page_id": new_id("pag")}) for page in known.pages]
    return known.model_copy(update={"material_id": new_id("mat"), "pages": pages})


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_life_in_any_order_ends_where_the_catalog_is(office: Office, case: Case, seed: int):
    """Renumbered, cut (row and pages under one version), taken out, brought back, its pages put in another order."""
    filed = await _told(office, case)
    told: list[Told] = [
        (filed, 2),
        (_refiled(filed, "4-1", 2), 3),
        (_refiled(filed, "3", 4), 4),
        (_paged(filed, 0, 1), 4),
        (_removed(filed), 5),
        (_refiled(filed, "9-2", 7, back=True), 6),
        (_paged(filed, 1, 0), 7),
    ]
    await deliver_shuffled(office.hear, told, seed)
    async with office.deps.as_service() as uow:
        first, second, gone = [await heard.find_page(uow, page.page_id) for page in filed.pages]
    assert first is not None
    assert second is not None
    assert (first.place.category, first.item_no, first.page_no, second.page_no) == ("9-2", 7, 2, 1)
    assert gone is None


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_page_of_two_materials_is_where_it_went_last(office: Office, case: Case, seed: int):
    """Cut off into a material of its own, then joined again, which takes that material out."""
    whole = await _told(office, case)
    part = whole.model_copy(update={"material_id": new_id("mat"), "item_no": 2, "pages": whole.pages[2:]})
    cut: list[Told] = [(whole, 2), (_paged(whole, 0, 1), 3), (part, 2)]
    joined: list[tuple[EventData, int]] = [(_paged(whole, 0, 1, 2), 4), (_removed(part), 3)]
    for told, owner, others in ((cut, part, 2), ([*cut, *joined], whole, 3)):
        await deliver_shuffled(office.hear, told, seed)
        async with office.deps.as_service() as uow:
            page = await heard.find_page(uow, whole.pages[2].page_id)
            shown = {one.material_id: len(one.page_ids) for one in await heard.list_materials(uow, whole.dossier_id, 9)}
        assert page is not None
        assert page.place.material_id == owner.material_id
        assert shown[whole.material_id] == others
