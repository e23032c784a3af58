"""Print a dossier's catalogue in the official columns."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from chassis.deps import Deps
from chassis.documents import draw_catalogue
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents import (
    BlankRows,
    CatalogueCategory,
    CatalogueDocument,
    CatalogueRow,
    CatalogueSubcategory,
)
from services.catalog.domain.scheme import Category, Scheme
from services.catalog.rules import CatalogRules
from services.catalog.store import catalogue
from services.catalog.store.catalogue import Catalogue, CatalogueEntry
from services.catalog.usecases.recuse import refuse_related


async def print_catalogue(dossier_id: str, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The PDF, drawn in a worker between two transactions; its view is recorded before anything is shown.

    GlyphMissing names the text and the character that no shipped font has; then nothing was printed, and the
    journal says nothing.
    """
    rules: CatalogRules = deps.rules
    async with uow:
        found = await catalogue.get(uow, dossier_id)
        await refuse_related(uow, found.person_id)
        printed_at = uow.now.replace(microsecond=0)
    document = _document(found, rules.schemes[found.scheme], printed_at)
    pdf = await deps.run_cpu(draw_catalogue, document, deps.settings.fonts_dir)
    async with uow:
        uow.record("catalogue.printed", dossier_id, found.version, {"engine": ENGINE})
    return pdf


def _document(found: Catalogue, scheme: Scheme, printed_at: datetime) -> CatalogueDocument:
    rows: dict[str, list[CatalogueRow]] = defaultdict(list)
    for entry in found.entries:
        rows[entry.place].append(_row(entry))
    return CatalogueDocument(
        engine=ENGINE,
        issued_at=printed_at,
        dossier_id=found.dossier_id,
        dossier_no=found.dossier_no,
        person_name=found.name,
        categories=[_category(category, rows, scheme) for category in scheme.categories],
        blank_rows=BlankRows(
            category=scheme.printing.blank_rows_category, subcategory=scheme.printing.blank_rows_subclass
        ),
    )


def _category(category: Category, rows: Mapping[str, list[CatalogueRow]], scheme: Scheme) -> CatalogueCategory:
    subcategories = [
        CatalogueSubcategory(no=no, name=heading.name.zh, rows=rows.get(heading.code, []))
        for no, heading in enumerate(category.subclasses, start=1)
    ]
    return CatalogueCategory(
        no=category.no,
        name=category.heading.name.zh,
        own_page=category.no in scheme.printing.page_break,
        rows=rows.get(category.heading.code, []),
        subcategories=subcategories,
    )


def _row(entry: CatalogueEntry) -> CatalogueRow:
    return CatalogueRow(
        item_no=entry.item_no,
        title=entry.title,
        formed_on=entry.formed_on["value"] if entry.formed_on else None,
        page_count=entry.page_count,
        remark=entry.remark or "",
    )
