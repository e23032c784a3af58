"""A page that was scanned anew is known by both scans: either one handed in again is a duplicate."""

from __future__ import annotations

from contracts.events import MaterialPagesChanged
from contracts.values.ids import new_id
from tests.services.audit.office import Office

TITLE = "干部任免审批表"


async def test_both_scans_of_a_page_are_found_again(office: Office):
    subject, unit_id = await office.known_subject(), new_id("unt")
    blurred, sharp = [await office.store(unit_id, office.drawn_page()) for _ in range(2)]
    first = await office.appraising(subject, pages=[blurred], unit_id=unit_id, title=TITLE)
    filed = office.filed(first)
    assert await office.hear(filed) is None
    told = filed.model_dump(include={"material_id", "dossier_id", "person_id", "unit_id", "blob_unit_id", "page_count"})
    scan = {**sharp.model_dump(), "page_id": blurred.page_id}
    changed = MaterialPagesChanged.model_validate({**told, "pages": [scan]})
    for _ in range(2):
        assert await office.hear(changed, version=2) is None
    for page in (blurred, sharp):
        again = await office.appraising(subject, pages=[page], unit_id=unit_id, title=TITLE)
        check = (await office.checks(again.material_id))["duplicate"]
        assert (check["outcome"], check["evidence"]["filed_in"]) == ("fail", first.material_id)
