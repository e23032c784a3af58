"""Score a dossier by the rubric (评分)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.recusal import admit
from services.audit.domain.scoring import Fault, Line, Rubric, check_faults, score_of
from services.audit.store import heard, scores
from services.audit.store.tables import HeardDossier
from services.audit.store.tables_score import ScoreRow
from services.audit.usecases.recuse import caller_relation


@dataclass(frozen=True)
class ScoreDossier:
    """`from_unit_id` is the unit whose work is scored; None: the person's own. The reasons stay in this service."""

    dossier_id: str
    from_unit_id: str | None
    faults: tuple[Fault, ...]
    vetoes: tuple[str, ...]
    not_related: bool | None


async def score_dossier(
    command: ScoreDossier, *, uow: UnitOfWork, rubric: Rubric, validate_only: bool = False
) -> ScoreRow:
    """The score of this year; the former of the same year counts no longer, and stays."""
    async with uow:
        if not validate_only and (earlier := await uow.replay_of()):
            return await scores.get(uow, earlier)
        check_faults(command.faults, command.vetoes, rubric)
        dossier = await heard.find_dossier(uow, command.dossier_id)
        if dossier is None:
            raise ValidationFailed(errors=[FieldFault("/dossier_id", "unknown-reference")])
        admit(await caller_relation(uow, dossier.person_id), command.not_related)
        # Held as by a dossier that moves, which takes its scores along.
        await uow.lock(dossier.dossier_id)
        row = _row(uow, command, dossier, await _from_unit(uow, command, dossier), rubric)
        if validate_only:
            return row
        await scores.add(uow, row)
        uow.record("dossier.scored", row.id, 1, _committed(row))
        await uow.remember(row.id)
    return row


async def _from_unit(uow: UnitOfWork, command: ScoreDossier, dossier: HeardDossier) -> str:
    if command.from_unit_id is not None:
        if command.from_unit_id not in uow.units:
            raise ValidationFailed(errors=[FieldFault("/from_unit_id", "unknown-reference")])
        return command.from_unit_id
    async with uow.as_service():
        person = await heard.find_person(uow, dossier.person_id)
    return person.unit_id if person else dossier.unit_id


def _row(uow: UnitOfWork, command: ScoreDossier, dossier: HeardDossier, from_unit_id: str, rubric: Rubric) -> ScoreRow:
    score = score_of(command.faults, command.vetoes, rubric)
    return ScoreRow(
        id=new_id("scr"),
        unit_id=dossier.unit_id,
        dossier_id=dossier.dossier_id,
        person_id=dossier.person_id,
        from_unit_id=from_unit_id,
        year=uow.now.astimezone(SHANGHAI).year,
        total=score.total.quantize(Decimal("0.01")),
        grade=score.grade.value,
        lines=[_line(line) for line in score.lines],
        deductions=[asdict(fault) for fault in command.faults],
        vetoes=list(score.vetoes),
        rules_digest=rubric.digest,
        scored_by=uow.caller.account_id,
        scored_at=uow.now,
    )


def _line(line: Line) -> dict[str, Any]:
    """Points as text: they are exact to the hundredth."""
    return {
        "item": line.item,
        "points": str(line.points),
        "found": str(line.found),
        "taken": str(line.taken),
        "left": str(line.left),
    }


def _committed(row: ScoreRow) -> dict[str, Any]:
    """Codes and points; the reasons are free text."""
    counted = [{"deduction": one["deduction"], "times": one["times"]} for one in row.deductions]
    shown = {"dossier_id", "from_unit_id", "year", "grade", "lines", "vetoes", "rules_digest"}
    return {**row.model_dump(include=shown), "total": str(row.total), "deductions": counted}
