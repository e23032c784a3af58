"""Print 涂改情况登记表 of one alteration: it is signed, and its scan goes with the confirmation."""

from __future__ import annotations

from chassis.deps import Deps
from chassis.print_files import FormMedium, draw_file
from chassis.printing import ENGINE
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.values.partial_date import PartialDate
from services.audit.domain.alteration import FalsifiedObject, Verdict
from services.audit.domain.facts import AuditFact
from services.audit.papers.alteration_record import Recorded, alteration_record, alteration_record_docx
from services.audit.store import alterations, heard
from services.audit.store.tables_alteration import AlterationRow
from services.audit.usecases.recuse import refuse_related
from services.audit.usecases.whose import names_of, owner_of


async def print_alteration_record(finding_id: str, medium: FormMedium, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker between two transactions. NotFound, Recusal, GlyphMissing."""
    async with uow:
        row = await alterations.get(uow, finding_id)
        await refuse_related(uow, row.person_id)
        owner, _ = await owner_of(uow, row.person_id, row.dossier_id)
        document = alteration_record(owner, await _recorded(row, uow), uow.today)
    content = await draw_file(document, medium, alteration_record_docx, deps)
    async with uow:
        told = {"engine": ENGINE, "form": "alteration-record", "medium": medium}
        uow.record("form.printed", row.id, row.version, told)
    return content


async def _recorded(row: AlterationRow, uow: UnitOfWork) -> Recorded:
    names = await names_of(uow, [row.recorded_by])
    return Recorded(
        no=row.no,
        fact=AuditFact(row.fact),
        material=row.material_title,
        formed_on=PartialDate.model_validate(row.material_formed_on) if row.material_formed_on else None,
        page_no=await _page_no(row, uow),
        reads_now=row.reads_now,
        read_before=row.read_before,
        means=row.means,
        remark=row.remark,
        verdict=Verdict(row.verdict),
        falsified_object=FalsifiedObject(row.falsified_object) if row.falsified_object else None,
        recorded_by=names.get(row.recorded_by, ""),
        recorded_on=row.recorded_at.astimezone(SHANGHAI).date(),
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        document_no=row.document_no,
    )


async def _page_no(row: AlterationRow, uow: UnitOfWork) -> int | None:
    """Which page of the material it is, from 1; None where no page was named, or it has been replaced since."""
    material = await heard.find_material(uow, row.material_id) if row.page_id else None
    pages = [page["page_id"] for page in material.pages] if material else []
    return pages.index(row.page_id) + 1 if row.page_id in pages else None
