"""Queries over pages use their indexes under the row policies, however many pages there are."""

import pytest

from services.catalog.store import enhancements, margins, page_cards, page_sides, pages
from tests.services.catalog.office import Office

SOME = "'00000000-0000-7000-8000-000000000000'"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (pages._GET.replace("$1", SOME), "using page_p"),
        (f"{pages._FORMER} and s.scan_no < 5 order by s.scan_no desc limit 5".replace("$1", SOME), "former_scan_pkey"),
        (
            f"{page_cards._CARD} where p.material_id = {SOME} and p.page_no > 0 order by p.page_no limit 5",
            "page_number",
        ),
        (
            f"{enhancements._SELECT} where page_id = {SOME} order by enhancement_no desc limit 1",
            "page_enhancement_pkey",
        ),
        (page_sides._LIST.replace("$1", SOME), "page_side_pkey"),
        (page_sides._LIST.replace("$1", SOME), "page_number"),
        (margins._NEEDS_EDGE.replace("$1", SOME).replace("$2", "5"), "page_margin_pkey"),
    ],
)
async def test_queries_of_pages_use_their_index(office: Office, query: str, index: str):
    async with office.uow() as uow:
        await uow.raw().execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await uow.raw().fetch(f"explain {query}"))
    assert index in plan


async def test_what_waits_to_be_measured_is_found_by_its_time(office: Office):
    async with office.deps.as_service() as uow:
        await uow.raw().execute("set local enable_seqscan = off")
        query = margins._DUE.replace("$1", "now()").replace("$2", "5")
        plan = "\n".join(row[0] for row in await uow.raw().fetch(f"explain {query}"))
    assert "page_to_measure_due" in plan
