"""A running grant shows the pages that the catalog told of last, whatever came in which order."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from contracts.events import MaterialFiled, MaterialPagesChanged
from contracts.problems import NotFound
from contracts.values.ids import new_id
from services.access.store import heard
from services.access.usecases.view_page import Admitted, view_page
from tests.services.access.office import Case, Office


def changed(filed: MaterialFiled, pages: list[Any]) -> MaterialPagesChanged:
    told = filed.model_dump(include={"material_id", "dossier_id", "person_id", "unit_id", "blob_unit_id", "page_count"})
    return MaterialPagesChanged.model_validate({**told, "pages": [page.model_dump() for page in pages]})


async def shown(office: Office, case: Case, grant_id: str, page_id: str) -> Admitted:
    """What a viewer of the grant is shown under this page id."""
    seen: list[Admitted] = []

    async def draw(admitted: Admitted) -> bytes:
        seen.append(admitted)
        return b""

    begin = lambda: office.acting(case.first, "grant:view")  # noqa: E731
    await view_page(grant_id, page_id, begin=begin, policy=office.deps.rules, draw=draw)
    return seen[0]


async def test_a_page_scanned_anew_is_shown_under_the_same_id(office: Office, case: Case):
    filed = await office.filed(case.subject, "4-1", pages=2)
    grant = await office.granted(case)
    first, second = filed.pages
    sharp = first.model_copy(update={"digest": "5" * 64})
    assert await office.hear(changed(filed, [second, sharp]), version=2) is None
    admitted = await shown(office, case, grant.id, first.page_id)
    assert (admitted.filed.page.digest, admitted.filed.page_no) == ("5" * 64, 2)


@pytest.mark.parametrize("order", list(itertools.permutations([2, 3])))
async def test_the_pages_told_last_stand(office: Office, case: Case, order: tuple[int, ...]):
    """Also against the filing told once more."""
    filed = await office.filed(case.subject)
    page = filed.pages[0]
    scans = {n: page.model_copy(update={"digest": str(n) * 64}) for n in (2, 3)}
    for version in order:
        assert await office.hear(changed(filed, [scans[version]]), version=version) is None
    assert await office.hear(filed, version=1) is None
    async with office.deps.as_service() as uow:
        found = await heard.find_page(uow, page.page_id)
    assert found is not None
    assert found.page.digest == "3" * 64


async def test_pages_of_a_material_that_is_not_known_yet_are_waited_for(office: Office, case: Case):
    filed = await office.filed(case.subject)
    unknown = changed(filed, list(filed.pages)).model_copy(update={"material_id": new_id("mat")})
    assert await office.hear(unknown, version=2) is not None


async def test_a_page_that_the_material_no_longer_has_is_not_shown(office: Office, case: Case):
    filed = await office.filed(case.subject, "4-1", pages=2)
    grant = await office.granted(case)
    await office.hear(changed(filed, [filed.pages[0]]), version=2)
    with pytest.raises(NotFound):
        await shown(office, case, grant.id, filed.pages[1].page_id)
