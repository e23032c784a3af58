"""The order of the paper over HTTP, beside the catalogue."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.services.catalog.api.conftest import Desk, code_of
from tests.support.rooms import somebody


@pytest.fixture
def physical_only(desk: Desk) -> Iterator[None]:
    """An office whose scheme lays the newest résumé form in front."""
    schemes = desk.office.deps.rules.schemes
    shipped = schemes["r2018"]
    schemes["r2018"] = replace(shipped, order=replace(shipped.order, latest_resume_first="physical_only"))
    yield
    schemes["r2018"] = shipped


@pytest.mark.usefixtures("physical_only")
async def test_paper_and_catalogue_are_seen_side_by_side(desk: Desk):
    """Codes stay those of the catalogue; what lies elsewhere is marked; a view stands in the journal."""
    kept = await desk.office.keep()
    for title, year in (("干部履历表", "1990"), ("干部履历表", "2015"), ("自传", "1988")):
        await desk.office.file(kept, title, year)
    path = f"dossiers/{kept.dossier_id}/paper-order"
    told = (await desk.get(path)).json()
    assert told["latest_resume_first"] == "physical_only"
    assert [(one["position"], one["material_code"], one["moved"]) for one in told["items"]] == [
        (1, "1-2", True),
        (2, "1-1", True),
        (3, "2-1", False),
    ]
    assert "catalogue.viewed" in await desk.office.journal(kept.dossier_id)
    assert code_of(await desk.get(path, somebody("viewer", desk.office.unit_id))) == "role-missing"
