"""`print.catalogue`: catalogues of 40 materials to PDF, ordered through the gateway until the order ends."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from cli.client import Caller
from contracts.documents import PrintDocument
from deploy.fonts import FONTS_DIR
from services.catalog.papers.catalogue import catalogue_document
from services.catalog.rules import load_catalog_rules
from services.catalog.store.catalogue import Catalogue, CatalogueEntry
from tests.bench.context import Context
from tests.bench.measure import ROUNDS, Row, compare

PLACES = ("1", "2", "3", "4-1", "4-2", "5", "6", "7", "9-1", "9-2", "10")
MATERIALS = 40
WORKERS = 2
"""Processes that a service draws in, and so the floor's."""


async def run(context: Context) -> Row:
    """1,000 dossiers over five rounds (small: 300), against typst alone on as many processes."""
    # Fewer would measure how an order begins and ends, and not how it goes on.
    count = int(context.seconds(60, 200))
    archivist = context.signed_in("archivist")
    dossiers = await _filled(archivist, count, context)
    with ProcessPoolExecutor(WORKERS) as pool:
        return await compare(
            "print.catalogue",
            "catalogues of 40 materials to PDF",
            "dos/s",
            floor=partial(_bare, pool, [_document(dossier_id, number) for number, dossier_id in enumerate(dossiers)]),
            ours=partial(_ordered, archivist, dossiers),
            goal=0.8,
            better="higher",
            rounds=ROUNDS,
        )


async def _ordered(archivist: Caller, dossiers: list[str]) -> float:
    """Dossiers a second, from the order to its end."""
    began = time.perf_counter()
    order = await archivist.post("/v1/dossiers/prints", {"dossier_ids": dossiers})
    while order["state"] in ("queued", "running"):
        await asyncio.sleep(0.05)
        order = await archivist.get(f"/v1/operations/{order['id']}")
    assert order["state"] == "succeeded", order["state"]
    return len(dossiers) / (time.perf_counter() - began)


async def _bare(pool: ProcessPoolExecutor, documents: list[PrintDocument]) -> float:
    """Dossiers a second of typst alone: the same templates and data, nothing read and nothing kept."""
    loop = asyncio.get_running_loop()
    sources = [(document.source(), json.dumps(document.members(), ensure_ascii=False)) for document in documents]
    began = time.perf_counter()
    await asyncio.gather(*(loop.run_in_executor(pool, _compile, source, told) for source, told in sources))
    return len(documents) / (time.perf_counter() - began)


_fonts: Any = None


def _compile(source: bytes, told: str) -> int:
    global _fonts
    import typst

    if _fonts is None:
        _fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS_DIR])
    preamble = b"#let data = json(bytes(sys.inputs.data))\n#let images = (:)\n"
    return len(
        typst.compile(
            preamble + source,
            font_paths=_fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": told},
            pdf_standards=["a-3b"],
            timestamp=datetime(2026, 11, 24, tzinfo=UTC),
            pdf_tags=False,
        )
    )


async def _filled(archivist: Caller, count: int, context: Context) -> list[str]:
    """So many new dossiers, each with the same forty titles."""
    me = await archivist.get("/v1/me")
    unit_id = next(post["unit_id"] for post in me["posts"] if post["role"] == "archivist")
    together = asyncio.Semaphore(8)

    async def one() -> str:
        async with together:
            number = f"B{uuid.uuid4().hex[:12]}"
            person = await archivist.post(
                "/v1/persons", {"unit_id": unit_id, "person_no": number, "name": "王建国", "native_place": "山东清河"}
            )
            opened = await archivist.post("/v1/dossiers", {"person_id": person["id"], "dossier_no": number})
            rows = [
                {"title": title, "formed_on": {"value": formed_on}, "page_count": pages, "category": place}
                for place, title, formed_on, pages in _materials()
            ]
            await archivist.post(f"/v1/dossiers/{opened['id']}/materials", {"materials": rows})
            return opened["id"]

    return list(await asyncio.gather(*(one() for _ in range(count))))


def _materials() -> list[tuple[str, str, str, int]]:
    """Place, title, date and pages of forty materials, as long as titles are."""
    titles = (
        "干部任免审批表",
        "中共清河县委组织部关于王建国同志任职的通知",
        "公务员年度考核登记表",
        "学习情况鉴定表及结业证书",
    )
    return [
        (PLACES[at % len(PLACES)], f"{titles[at % 4]}（{at}）", f"{1990 + at // 2}-0{at % 9 + 1}-12", at % 7 + 1)
        for at in range(MATERIALS)
    ]


def _document(dossier_id: str, number: int) -> PrintDocument:
    """The document that the service makes of such a dossier."""
    scheme = load_catalog_rules().schemes["r2018"]
    entries: list[CatalogueEntry] = []
    for place in scheme.places():
        rows = [row for row in _materials() if row[0] == place]
        entries += [
            CatalogueEntry(place, "", at, title, {"value": formed_on}, pages, None, date(2026, 11, 24), ())
            for at, (_, title, formed_on, pages) in enumerate(rows, start=1)
        ]
    found = Catalogue(dossier_id, f"B{number:012d}", 1, "r2018", "", "", "", "王建国", tuple(entries))
    return catalogue_document(found, scheme, "current", date(2026, 11, 24))
