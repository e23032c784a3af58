"""Hold a material apart, keep its line of the register, and let it go again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import NotFound, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.appraisal import STEP_OF, Returned
from services.audit.domain.case import Case
from services.audit.domain.decision import checked_outcome
from services.audit.domain.quarantine import QuarantineReason, Way
from services.audit.domain.recusal import Relation, admit
from services.audit.domain.rulebook import Rulebook
from services.audit.store import appraisals, quarantines, tasks
from services.audit.store.tables_appraisal import QuarantineRow
from services.audit.usecases.next_step import next_step
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import Gate, reconsider


@dataclass(frozen=True)
class HoldApart:
    """A material whose appraisal is open, why it is held apart, where it lies, and the first members of its line.

    `not_related` is the person's declaration, asked for where kin are not known well enough.
    """

    material_id: str
    reason: QuarantineReason
    members: Mapping[str, Any]
    not_related: bool | None


@dataclass(frozen=True)
class LetGo:
    """How a line of the register ends. `reasons` are return codes, for a material that is returned."""

    quarantine_id: str
    seen_version: int
    way: Way
    reasons: tuple[str, ...]
    released_to: str | None
    not_related: bool | None


async def hold_apart(cmd: HoldApart, *, uow: UnitOfWork, gate: Gate) -> QuarantineRow:
    """The new line. The task that the appraisal waited for is withdrawn; the page files are kept. What speaks against
    the person suspends their clearances at once.

    NotFound outside the caller's units; StateConflict once the appraisal has ended or the material is held apart
    already, as for the later of two at once; Recusal; ValidationFailed for members that contradict each other.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await quarantines.get(uow, earlier)
        found = await appraisals.find_of_material(uow, cmd.material_id)
        if found is None:
            raise NotFound()
        case = await appraisals.get(uow, found, lock=True)
        relation = await caller_relation(uow, case.material.person_id)
        admit(relation, cmd.not_related)
        held = case.held_apart(uow.now)
        row = _row(cmd, held, relation, uow)
        if faults := quarantines.entry_of(row).faults(uow.today):
            raise ValidationFailed(errors=faults)
        await appraisals.save(uow, held)
        if (task := await tasks.find_waiting(uow, held.id)) is not None:
            withdrawn = await tasks.close(uow, task, "withdrawn")
            uow.record("task.withdrawn", task.id, withdrawn.version, {"state": "withdrawn"}, changed=("state",))
        await quarantines.add(uow, row)
        told = {"material_id": row.material_id, "quarantine_id": row.id, "reason": row.reason}
        uow.record("appraisal.held_apart", held.id, held.version, told, changed=("state",))
        uow.record("quarantine.begun", row.id, 1, {**told, "relation": relation.value})
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(row.id)
    return row


async def change_entry(
    quarantine_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork
) -> QuarantineRow:
    """The line with other members. StateConflict once it is released; VersionStale; NotFound; Recusal."""
    async with uow:
        row = await quarantines.get(uow, quarantine_id, lock=True)
        admit(await caller_relation(uow, row.person_id), True)
        await check_version(uow, row.id, row.version, seen_version)
        before = quarantines.entry_of(row)
        entry = before.changed(changes, uow.today)
        if entry is before:
            return row
        await quarantines.save(uow, entry)
        differs = sorted(name for name in changes if getattr(before, name) != getattr(entry, name))
        # The journal commits to the members and shows their names only: some of them are names of persons.
        uow.record("quarantine.changed", row.id, entry.version, asdict(entry), changed=differs)
        return QuarantineRow.model_validate({**row.model_dump(), **asdict(entry)})


async def let_go(cmd: LetGo, *, uow: UnitOfWork, rules: Rulebook, gate: Gate) -> QuarantineRow:
    """The line as it ends. The appraisal goes on from where it was, or ends in a return with these reasons.

    StateConflict while a case is open, and once it is released; SamePersonTwice for whoever held it apart.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await quarantines.get(uow, earlier)
        reasons = _reasons(cmd, rules)
        # The appraisal first, as everybody does who works on one.
        found = await quarantines.get(uow, cmd.quarantine_id)
        case = await appraisals.get(uow, found.appraisal_id, lock=True)
        row = await quarantines.get(uow, cmd.quarantine_id, lock=True)
        admit(await caller_relation(uow, row.person_id), cmd.not_related)
        await check_version(uow, row.id, row.version, cmd.seen_version)
        entry = quarantines.entry_of(row).let_go(cmd.way, uow.caller.account_id)
        returned = Returned((row.held_by, uow.caller.account_id), reasons) if cmd.way == "returned" else None
        after = case.let_go(returned, uow.now)
        await appraisals.save(uow, after)
        await quarantines.release(uow, entry, cmd.released_to, reasons)
        said = {"way": cmd.way, "reasons": list(reasons), "state": after.appraisal.state.value}
        uow.record("quarantine.released", row.id, entry.version, said, changed=("released",))
        uow.record("appraisal.released", after.id, after.version, said, changed=("state",))
        await _go_on(uow, after, rules)
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(row.id)
        ended = {"released_on": uow.today, "released_to": cmd.released_to, "released_by": uow.caller.account_id}
        now = {"version": entry.version, "released": cmd.way, "reasons": list(reasons)}
        return QuarantineRow.model_validate({**row.model_dump(), **ended, **now})


def _reasons(cmd: LetGo, rules: Rulebook) -> tuple[str, ...]:
    """The return codes, as whole as those of a decision."""
    checked_outcome("reject" if cmd.way == "returned" else "approve", cmd.reasons, rules.return_codes)
    return cmd.reasons


async def _go_on(uow: UnitOfWork, case: Case, rules: Rulebook) -> None:
    """Ask anew whom the appraisal waited for; the step is the same, only its days begin again."""
    step = STEP_OF.get(case.appraisal.state)
    if step is None:
        await next_step(uow, case, rules)
        return
    due_at = uow.now + timedelta(days=rules.limits.due_days[step - 1])
    task_id, version = await tasks.reopen(uow, case.id, step, due_at)
    uow.record("task.assigned", task_id, version, {"appraisal_id": case.id, "step": step}, changed=("state", "due_at"))


def _row(cmd: HoldApart, case: Case, relation: Relation, uow: UnitOfWork) -> QuarantineRow:
    material = case.material
    blank = dict.fromkeys(
        ("responsible_person", "asked_of_unit", "asked_on", "answer", "answered_on", "case_no", "case_closed_on")
    )
    return QuarantineRow.model_validate(
        {
            **blank,
            **cmd.members,
            "id": new_id("qrt"),
            "unit_id": material.dossier_unit_id,
            "version": 1,
            "appraisal_id": case.id,
            "material_id": material.material_id,
            "dossier_id": material.dossier_id,
            "person_id": material.person_id,
            "reason": cmd.reason.value,
            "held_by": uow.caller.account_id,
            "held_on": uow.today,
            "relation": relation.value,
            "declared_not_related": cmd.not_related,
            "released": None,
            "released_on": None,
            "released_to": None,
            "released_by": None,
            "reasons": [],
        }
    )
