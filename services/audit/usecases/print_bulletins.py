"""Print the bulletins of a year for sealing: scores, and what followed from falsifications."""

from __future__ import annotations

from chassis.deps import Deps
from chassis.documents import draw_print
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from services.audit.papers.bulletins import consequence_bulletin, score_bulletin
from services.audit.store import consequences, scores, unit_names


async def print_consequences(unit_id: str, year: int, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """What followed in a year for dossiers that a unit and those below keep, to be sealed.

    ValidationFailed for a unit outside the caller's scope.
    """
    async with uow:
        if unit_id not in uow.units:
            raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])
        counted = await consequences.count_year(uow, unit_id, year)
        names = await unit_names.names_of(uow, {unit_id, *counted})
        document = consequence_bulletin(unit_id, year, counted, names, uow.today)
    pdf = await deps.run_cpu(draw_print, document, deps.settings.fonts_dir)
    async with uow:
        uow.record("consequence_bulletin.printed", unit_id, 1, {"engine": ENGINE, "year": year})
    return pdf


async def print_score_bulletin(bulletin_id: str, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """A score bulletin, also one that waits for its approval: then it says so instead of a number."""
    async with uow:
        row = await scores.get_bulletin(uow, bulletin_id)
        names = await unit_names.names_of(uow, {row.unit_id, *(one["unit_id"] for one in row.rows)})
        mark = await unit_names.code_of(uow, row.unit_id)
        document = score_bulletin(row, mark, names, uow.today)
    pdf = await deps.run_cpu(draw_print, document, deps.settings.fonts_dir)
    async with uow:
        uow.record("score_bulletin.printed", row.id, row.version, {"engine": ENGINE})
    return pdf
