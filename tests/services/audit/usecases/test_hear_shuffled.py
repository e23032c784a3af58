"""The whole life of a filed material, heard twice and in any order: a duplicate is found while it stands somewhere."""

import pytest

from contracts.events import MaterialFiled, MaterialPagesChanged, MaterialRefiled, MaterialRemoved
from contracts.values.ids import new_id
from tests.services.audit.office import Office
from tests.support.shuffling import SEEDS, Told, deliver_shuffled

TITLE = "干部任免审批表"
_IDS = ("material_id", "dossier_id", "person_id", "unit_id")


def _refiled(filed: MaterialFiled, *, back: bool = False) -> MaterialRefiled:
    told = filed.model_dump(include={*_IDS, "category", "item_no", "title", "formed_on", "page_count"})
    former = {"from_category": None if back else "9-2", "from_item_no": None if back else 2}
    return MaterialRefiled.model_validate({**told, **former, "reason": "restored" if back else "renumbered"})


def _removed(filed: MaterialFiled) -> MaterialRemoved:
    place = {"from_category": "9-2", "from_item_no": 1, "reason": "duplicate"}
    return MaterialRemoved.model_validate({**filed.model_dump(include=set(_IDS)), **place})


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("stays", [True, False], ids=["brought back", "taken out"])
async def test_a_life_in_any_order_ends_where_the_catalog_is(office: Office, stays: bool, seed: int):
    """Both scans of its page count as filed, and neither once it is taken out."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    blurred, sharp = [await office.store(unit_id, office.drawn_page()) for _ in range(2)]
    filed = office.filed(await office.appraising(subject, pages=[blurred], unit_id=unit_id, title=TITLE))
    ids = filed.model_dump(include={*_IDS, "blob_unit_id", "page_count"})
    scan = {**sharp.model_dump(), "page_id": blurred.page_id}
    told: list[Told] = [
        (filed, 2),
        (_refiled(filed), 3),
        (MaterialPagesChanged.model_validate({**ids, "pages": [scan]}), 4),
        (_removed(filed), 5),
        (_refiled(filed, back=True), 6),
        (_refiled(filed), 7),
    ]
    if not stays:
        told.append((_removed(filed), 8))
    await deliver_shuffled(office.hear, told, seed)
    for page in (blurred, sharp):
        again = await office.appraising(subject, pages=[page], unit_id=unit_id, title=TITLE)
        check = (await office.checks(again.material_id))["duplicate"]
        assert (check["evidence"].get("filed_in") == filed.material_id) is stays
