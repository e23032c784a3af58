"""A bound set as one file: drawn person by person, then cover, index and page numbers are put to it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from chassis.documents import draw_print
from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from contracts.documents import PrintDocument
from contracts.documents.bound_set import BoundSetIndexDocument, IndexedPerson, PageNumbersDocument

APPOINTMENT_TITLE: Final = "干部任免审批表（档案审核专用）"
NOT_FILED: Final = "缺任免审批表（档案审核专用）"


@dataclass(frozen=True)
class Person:
    """Whose forms stand in the set; `remark` tells which form is not among them."""

    position: int
    name: str
    dossier_no: str
    remark: str = ""


@dataclass(frozen=True)
class Bound:
    """The finished file: its pages, and where each person's begin (from 1)."""

    pages: int
    begins: Sequence[int]
    counts: Sequence[int]


def draw_person(documents: Sequence[PrintDocument], scans: Sequence[bytes], fonts_dir: Path, target: Path) -> int:
    """Write one person's forms and scans as a PDF; how many pages it has. For a worker; GlyphMissing."""
    from pypdf import PdfReader, PdfWriter

    with PdfWriter() as writer:
        for document in documents[:1]:
            writer.append(PdfReader(io.BytesIO(draw_print(document, fonts_dir))), import_outline=False)
        if scans:
            writer.append(PdfReader(io.BytesIO(_scanned(scans))), import_outline=False)
        for document in documents[1:]:
            writer.append(PdfReader(io.BytesIO(draw_print(document, fonts_dir))), import_outline=False)
        writer.write(str(target))
        return len(writer.pages)


def _scanned(scans: Sequence[bytes]) -> bytes:
    """Scanned pages, each on a sheet of A4 as large as it goes."""
    from PIL import Image

    sheets: list[Any] = []
    for scan in scans:
        picture: Any = Image.open(io.BytesIO(scan)).convert("RGB")
        picture.thumbnail((1240, 1754))
        sheet = Image.new("RGB", (1240, 1754), "white")
        sheet.paste(picture, ((1240 - picture.width) // 2, (1754 - picture.height) // 2))
        sheets.append(sheet)
    content = io.BytesIO()
    sheets[0].save(content, "PDF", save_all=True, append_images=sheets[1:], resolution=150)
    return content.getvalue()


def bind(
    unit: str, campaign: str, persons: Sequence[Person], parts: Sequence[Path], today: date, fonts_dir: Path
) -> tuple[bytes, Bound]:
    """One PDF of cover, index and all forms, numbered through, with a bookmark a person. For a worker."""
    from pypdf import PdfReader, PdfWriter

    counts = [len(PdfReader(part).pages) for part in parts]
    front = _front_pages(unit, campaign, persons, counts, today, fonts_dir)
    begins = _begins(front, counts)
    total = front + sum(counts)
    index = draw_print(_index(unit, campaign, persons, begins, counts, total, today), fonts_dir)
    numbers = PageNumbersDocument(
        engine=ENGINE, issued_at=day_of_print(today), sheet=BOUND_A4, first=front + 1, last=total, total=total
    )
    stamps = PdfReader(io.BytesIO(draw_print(numbers, fonts_dir)))
    with PdfWriter() as writer:
        writer.append(PdfReader(io.BytesIO(index)), outline_item="目录", import_outline=False)
        for person, part in zip(persons, parts, strict=True):
            writer.append(str(part), outline_item=f"{person.position} {person.name}", import_outline=False)
        for page, stamp in zip(writer.pages[front:], stamps.pages, strict=True):
            page.merge_page(stamp)
        writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
        writer.metadata = {"/Title": f"{unit} 干部人事档案专项审核表册"}
        content = io.BytesIO()
        writer.write(content)
    return content.getvalue(), Bound(total, begins, counts)


def _begins(front: int, counts: Iterable[int]) -> list[int]:
    at, begins = front + 1, list[int]()
    for count in counts:
        begins.append(at)
        at += count
    return begins


def _front_pages(
    unit: str, campaign: str, persons: Sequence[Person], counts: Sequence[int], today: date, fonts_dir: Path
) -> int:
    """How many pages cover and index take: drawn once with pages that count from the largest they could."""
    from pypdf import PdfReader

    guess = _index(unit, campaign, persons, _begins(9000, counts), counts, 9999, today)
    return len(PdfReader(io.BytesIO(draw_print(guess, fonts_dir))).pages)


def _index(
    unit: str,
    campaign: str,
    persons: Sequence[Person],
    begins: Sequence[int],
    counts: Sequence[int],
    total: int,
    today: date,
) -> BoundSetIndexDocument:
    return BoundSetIndexDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=BOUND_A4,
        unit=unit,
        campaign=campaign,
        persons=[
            IndexedPerson(
                position=one.position,
                name=one.name,
                dossier_no=one.dossier_no,
                first_page=first,
                page_count=count,
                remark=one.remark,
            )
            for one, first, count in zip(persons, begins, counts, strict=True)
        ],
        page_count=total,
    )
