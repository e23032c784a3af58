"""The catalogue as JSON: headings in official order, each with its rows."""

from collections import defaultdict
from typing import Any

from pydantic import BaseModel

from contracts.values.partial_date import PartialDate
from services.catalog.domain.scheme import Heading, Scheme
from services.catalog.store.catalogue import Catalogue, CatalogueEntry


class HeadingName(BaseModel):
    """The name of a category in both languages."""

    zh: str
    en: str


class CatalogueItem(BaseModel):
    """One material. `material_code` is what stands on its first page: `4-1-2`."""

    material_id: str
    item_no: int
    material_code: str
    title: str
    formed_on: PartialDate | None
    page_count: int
    remark: str | None
    filed_on: str
    pages: list[str]


class CatalogueHeading(BaseModel):
    """A category or, under 4 and 9, a subclass; a divided category has no items of its own."""

    category: str
    numeral: str
    name: HeadingName
    page_count: int
    items: list[CatalogueItem]


class CatalogueOut(BaseModel):
    """The whole table of contents of one dossier."""

    dossier_id: str
    dossier_no: str
    person_id: str
    person_no: str
    name: str
    scheme: str
    version: int
    material_count: int
    page_count: int
    headings: list[CatalogueHeading]

    @staticmethod
    def shape(found: Catalogue, scheme: Scheme) -> dict[str, Any]:
        """The answer as plain values: long dossiers are read often, and a model a row costs more than the query."""
        rows: dict[str, list[CatalogueEntry]] = defaultdict(list)
        for entry in found.entries:
            rows[entry.place].append(entry)
        headings = [
            _heading(heading, rows.get(heading.code, []))
            for category in scheme.categories
            for heading in (category.heading, *category.subclasses)
        ]
        return {
            "dossier_id": found.dossier_id,
            "dossier_no": found.dossier_no,
            "person_id": found.person_id,
            "person_no": found.person_no,
            "name": found.name,
            "scheme": found.scheme,
            "version": found.version,
            "material_count": len(found.entries),
            "page_count": sum(entry.page_count for entry in found.entries),
            "headings": headings,
        }


def _heading(heading: Heading, rows: list[CatalogueEntry]) -> dict[str, Any]:
    return {
        "category": heading.code,
        "numeral": heading.numeral,
        "name": {"zh": heading.name.zh, "en": heading.name.en},
        "page_count": sum(entry.page_count for entry in rows),
        "items": [_item(entry) for entry in rows],
    }


def _item(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "material_id": entry.material_id,
        "item_no": entry.item_no,
        "material_code": f"{entry.place}-{entry.item_no}",
        "title": entry.title,
        "formed_on": entry.formed_on,
        "page_count": entry.page_count,
        "remark": entry.remark,
        "filed_on": entry.filed_on.isoformat(),
        "pages": entry.page_ids,
    }
