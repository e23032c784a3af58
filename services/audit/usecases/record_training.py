"""Enter a course that was held, with everybody who should have come (培训, 参训率)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.campaign import TrainingKind
from services.audit.store import pairs, registers
from services.audit.store.tables_campaign import AttendanceRow, TrainingRow


@dataclass(frozen=True)
class Attended:
    """One who should have come. `score` of 100; `expires_on`: the last day that the certificate counts."""

    account_id: str
    present: bool
    score: int | None
    certificate_no: str | None
    expires_on: date | None


@dataclass(frozen=True)
class RecordTraining:
    """`unit_id` keeps the register; `days` is how long the course took."""

    unit_id: str
    course: str
    kind: TrainingKind
    days: int
    trainer: str
    held_on: date
    attendances: Sequence[Attended]


async def record_training(command: RecordTraining, *, uow: UnitOfWork) -> tuple[TrainingRow, Sequence[AttendanceRow]]:
    """The course and its list, by account."""
    async with uow:
        if earlier := await uow.replay_of():
            return await registers.get_training(uow, earlier), await registers.attendances_of(uow, earlier)
        await _check(command, uow)
        training = TrainingRow(
            id=new_id("trn"),
            unit_id=command.unit_id,
            course=command.course,
            kind=command.kind,
            days=command.days,
            trainer=command.trainer,
            held_on=command.held_on,
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
        )
        listed = [
            AttendanceRow(training_id=training.id, unit_id=command.unit_id, **vars(one))
            for one in sorted(command.attendances, key=lambda one: one.account_id)
        ]
        await registers.add_training(uow, training, listed)
        told = training.model_dump(mode="json") | {"attendances": [one.model_dump(mode="json") for one in listed]}
        uow.record("training.recorded", training.id, 1, told)
        await uow.remember(training.id)
        return training, listed


async def _check(command: RecordTraining, uow: UnitOfWork) -> None:
    faults: list[FieldFault] = []
    if command.unit_id not in uow.units:
        faults.append(FieldFault("/unit_id", "unknown-reference"))
    if command.held_on > uow.today:
        faults.append(FieldFault("/held_on", "date-in-future"))
    known = {one.account_id for one in await pairs.accounts(uow, [one.account_id for one in command.attendances])}
    seen: set[str] = set()
    for n, one in enumerate(command.attendances):
        if one.account_id not in known:
            faults.append(FieldFault(f"/attendances/{n}/account_id", "unknown-reference"))
        if one.account_id in seen:
            faults.append(FieldFault(f"/attendances/{n}/account_id", "duplicate"))
        if one.expires_on is not None and one.expires_on < command.held_on:
            faults.append(FieldFault(f"/attendances/{n}/expires_on", "date-before", {"other": "held_on"}))
        seen.add(one.account_id)
    if faults:
        raise ValidationFailed(errors=faults)
