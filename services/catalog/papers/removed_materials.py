"""The list of removed materials as a document."""

from collections.abc import Sequence
from datetime import date

from chassis.printing import ENGINE
from chassis.sheets import day_of_print
from chassis.unit_of_work import SHANGHAI
from contracts.documents import RemovedMaterialsDocument, RemovedRow
from services.catalog.domain.scheme import Scheme
from services.catalog.papers.sheet import sheet_of
from services.catalog.store.print_facts import Owner, Removed


def removed_materials(
    owner: Owner, removed: Sequence[Removed], scheme: Scheme, today: date
) -> RemovedMaterialsDocument:
    """剔除材料清单 of today; a reason that the scheme knows stands in words."""
    return RemovedMaterialsDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=sheet_of(scheme.printing.page),
        dossier_no=owner.dossier_no,
        person_name=owner.name,
        rows=[_row(one, scheme) for one in removed],
    )


def _row(one: Removed, scheme: Scheme) -> RemovedRow:
    known = scheme.refusal_reasons.get(one.reason)
    words = known.zh if known else one.reason
    return RemovedRow(
        code=one.place,
        title=one.title,
        formed_on=one.formed_on,
        page_count=one.page_count,
        reason=f"{words}（{one.note}）" if one.note else words,
        removed_on=one.removed_at.astimezone(SHANGHAI).date().isoformat(),
    )
