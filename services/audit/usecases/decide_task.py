"""A person decides a step of an appraisal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict
from services.audit.domain.appraisal import Voice
from services.audit.domain.case import Case
from services.audit.domain.decision import Asked, checked_outcome, with_missing
from services.audit.domain.formalities import Found
from services.audit.domain.recusal import Relation, admit
from services.audit.domain.rulebook import Rulebook
from services.audit.store import appraisals, tasks
from services.audit.store.tables import TaskRow
from services.audit.usecases.next_step import next_step
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import Gate, reconsider

TASK_STATE = {"approve": "approved", "reject": "rejected"}


@dataclass(frozen=True)
class DecideTask:
    """`seen_version` is the version of the task that the person saw. `not_related` is their declaration,
    asked for where kin are not known well enough. `note` stays in this service. `formalities` are what they
    found of the form's least formalities, all of them or none."""

    task_id: str
    seen_version: int
    outcome: Asked
    reasons: tuple[str, ...]
    note: str | None
    not_related: bool | None
    formalities: Mapping[str, Found] = field(default_factory=dict[str, Found])


@dataclass(frozen=True)
class Decided:
    """The task and the appraisal after the decision, and what the person said."""

    task: TaskRow
    case: Case
    voice: Voice


async def decide_task(command: DecideTask, *, uow: UnitOfWork, rules: Rulebook, gate: Gate) -> Decided:
    """Take a person's voice in. Of two at once, the second finds the task changed.

    A material that is rejected as altered suspends its person's clearances at once.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await _as_it_is(uow, earlier)
        # The appraisal is held first, as by a dossier that moves: the other way round the two could stand in
        # each other's way. The task is read when it is held, so that of two deciders the second sees it changed.
        case = await appraisals.get(uow, await tasks.appraisal_of(uow, command.task_id), lock=True)
        wanted = rules.formalities_of(case.material.title)
        reasons = with_missing(command.outcome, command.reasons, command.formalities, wanted)
        outcome = checked_outcome(command.outcome, reasons, rules.return_codes)
        task = await tasks.get(uow, command.task_id)
        relation = await caller_relation(uow, case.material.person_id)
        admit(relation, command.not_related)
        await check_version(uow, task.id, task.version, command.seen_version)
        if task.state != "pending":
            raise StateConflict(state=task.state)
        voice = Voice(uow.caller.account_id, outcome, reasons)
        decided = case.decide(voice, uow.now)
        closed = await tasks.close(uow, task, TASK_STATE[outcome])
        await appraisals.save(uow, decided)
        await _keep(uow, command, closed, decided, voice, relation)
        await next_step(uow, decided, rules)
        if gate.rules.alteration_codes.intersection(decided.appraisal.reasons):
            await reconsider(uow, [case.material.person_id], gate)
        await uow.remember(task.id)
    return Decided(closed, decided, voice)


async def _as_it_is(uow: UnitOfWork, task_id: str) -> Decided:
    """The answer to a repeated request: the task and appraisal may have gone on since."""
    task = await tasks.get(uow, task_id)
    said = await appraisals.decision_on(uow, task_id)
    return Decided(task, await appraisals.get(uow, task.appraisal_id), said)


async def _keep(
    uow: UnitOfWork, command: DecideTask, task: TaskRow, case: Case, voice: Voice, relation: Relation
) -> None:
    """The decision and its journal rows. The note is in neither: it is free text."""
    row = appraisals.decision_row(
        task_id=task.id,
        step=task.step,
        case=case,
        voice=voice,
        note=command.note,
        relation=relation.value,
        declared_not_related=command.not_related,
        decided_at=uow.now,
        formalities=command.formalities,
    )
    await appraisals.add_decision(uow, row)
    said = {
        "outcome": voice.outcome,
        "reasons": list(voice.reasons),
        "relation": relation.value,
        "declared_not_related": command.not_related,
    }
    uow.record("task.decided", task.id, task.version, {"state": task.state, **said}, changed=("state",))
    state = {"state": case.appraisal.state.value, "step": task.step, **said}
    uow.record("appraisal.decided", case.id, case.version, state, changed=("state", "decisions"))
