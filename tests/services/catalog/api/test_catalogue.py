"""The catalogue as JSON: what the contract promises of it, and its tag."""

from contracts.values.ids import is_id
from services.catalog.api.catalogue import CatalogueHeading, CatalogueItem, CatalogueOut
from tests.services.catalog.api.conftest import Desk
from tests.services.catalog.office import page


async def test_the_catalogue_has_the_shape_that_the_contract_promises(desk: Desk):
    """It is shaped by hand for speed: the models of the OpenAPI take it strictly and give the same again, with the
    nulls and in the order of their members."""
    kept = await desk.office.keep("王小明")
    await desk.office.file(kept, "党员登记表", "1990-05", pages=[page(), page()], page_count=2)
    await desk.office.file(kept, "学位证书", page_count=3, pages=[page(), page(), page()])
    row = {"title": "自传（“一\\二”）", "page_count": 1, "remark": "附件"}
    assert (await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": [row]})).status_code == 201
    answer = await desk.get(f"dossiers/{kept.dossier_id}/catalogue")
    shape = CatalogueOut.model_validate_json(answer.content, strict=True)
    told = answer.json()
    assert told == shape.model_dump(mode="json")
    rows = [item for heading in told["headings"] for item in heading["items"]]
    for model, shown in ((CatalogueOut, [told]), (CatalogueHeading, told["headings"]), (CatalogueItem, rows)):
        assert {tuple(one) for one in shown} == {tuple(model.model_fields)}
    items = [item for heading in shape.headings for item in heading.items]
    assert [len(item.pages) for item in items] == [0, 3, 2]
    assert [item.formed_on and item.formed_on.value for item in items] == [None, None, "1990-05"]
    assert [item.remark for item in items] == ["附件", None, None]
    assert len({page_id for item in items for page_id in item.pages}) == 5
    assert all(is_id("pag", page_id) for item in items for page_id in item.pages)


async def test_whoever_has_the_present_catalogue_gets_no_second(desk: Desk):
    """The tag is the dossier's version: 304 until something is filed, each a view in the journal."""
    kept = await desk.office.keep()
    path = f"dossiers/{kept.dossier_id}/catalogue"
    tag = (await desk.get(path)).headers["etag"]
    assert tag == (await desk.get(f"dossiers/{kept.dossier_id}")).headers["etag"]
    same = await desk.get(path, **{"If-None-Match": f'"0", {tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    await desk.office.file(kept, "党员登记表")
    fresh = await desk.get(path, **{"If-None-Match": tag})
    assert (fresh.status_code, fresh.json()["material_count"]) == (200, 1)
    assert fresh.headers["etag"] == f'"{fresh.json()["version"]}"' != tag
    assert (await desk.office.journal(kept.dossier_id)).count("catalogue.viewed") == 3
