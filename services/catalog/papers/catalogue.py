"""The catalogue as a document: the scheme's headings in order, each with its rows."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from chassis.printing import ENGINE
from chassis.sheets import day_of_print
from contracts.documents import (
    BlankRows,
    CatalogueCategory,
    CatalogueDocument,
    CatalogueForm,
    CatalogueRow,
    CatalogueSubcategory,
)
from services.catalog.domain.scheme import Category, Scheme
from services.catalog.papers.sheet import sheet_of
from services.catalog.store.catalogue import Catalogue, CatalogueEntry


def catalogue_document(found: Catalogue, scheme: Scheme, form: CatalogueForm, today: date) -> CatalogueDocument:
    """The dossier's catalogue of today in the columns of `form`."""
    rows: dict[str, list[CatalogueRow]] = defaultdict(list)
    for entry in found.entries:
        rows[entry.place].append(_row(entry))
    printing = scheme.printing
    return CatalogueDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=sheet_of(printing.page),
        form=form,
        dossier_id=found.dossier_id,
        dossier_no=found.dossier_no,
        person_name=found.name,
        categories=[_category(category, rows, scheme) for category in scheme.categories],
        blank_rows=BlankRows(category=printing.blank_rows_category, subcategory=printing.blank_rows_subclass),
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
        code=f"{entry.place}-{entry.item_no}",
        title=entry.title,
        formed_on=entry.formed_on["value"] if entry.formed_on else None,
        page_count=entry.page_count,
        remark=entry.remark or "",
    )
