"""What the gate makes of what others tell: gaps open and close, dossiers come in, persons pass to another office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from chassis.deps import Deps
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.events import (
    DossierChanged,
    DossierOpened,
    Envelope,
    GapClosed,
    GapOpened,
    PersonChanged,
)
from services.audit.store import clearances, dossier_audits, gaps, heard, scores
from services.audit.store.tables import HeardDossier, HeardPerson
from services.audit.usecases.open_dossier_audit import open_dossier_audit
from services.audit.usecases.settle_clearances import gate_of, hold_persons, reconsider


async def hear_gap(event: Envelope[GapOpened] | Envelope[GapClosed], uow: UnitOfWork, deps: Deps) -> None:
    """A required material is missing, or no longer: standing clearances are looked at anew."""
    # Held as by a dossier that moves, which takes its gaps along.
    await uow.lock(event.data.dossier_id)
    if not await gaps.learn_gap(uow, event.data, event.version):
        return
    if dossier := await heard.find_dossier(uow, event.data.dossier_id):
        await gaps.follow_dossier(uow, dossier.dossier_id, dossier.unit_id)
    if event.data.rule in deps.rules.clearance.key_originals:
        await reconsider(uow, [event.data.person_id], gate_of(deps))


async def dossier_came(
    told: DossierOpened | DossierChanged, before: HeardDossier | None, uow: UnitOfWork, deps: Deps
) -> None:
    """A dossier that is newly under our management opens an audit (对新纳入管理范围的干部档案进行审核); what the gate
    keeps of it goes where it goes, and who waited for it is looked at anew.

    Called after the dossier is learned; `before` is as it was known until now.
    """
    now = HeardDossier(version=0, **told.model_dump())
    # Before anything of the gate is written: whoever asks for this person holds them first as well.
    await hold_persons(uow, [now.person_id])
    await _follow(uow, now)
    occasion = "opened" if before is None else "moved_in" if before.unit_id != now.unit_id else None
    rules = deps.rules.clearance
    came = before is None or before.state != now.state or occasion is not None
    if occasion is not None and occasion in rules.opens_on and now.state == "open":
        await open_dossier_audit(uow, now, occasion, rules)
    if came:
        await reconsider(uow, [now.person_id], gate_of(deps))


async def _follow(uow: UnitOfWork, dossier: HeardDossier) -> None:
    kept_by = {"dossier_id": dossier.dossier_id, "unit_id": dossier.unit_id}
    await gaps.follow_dossier(uow, dossier.dossier_id, dossier.unit_id)
    await scores.follow_dossier(uow, dossier.dossier_id, dossier.unit_id)
    for clearance_id, version in await clearances.follow_dossier(uow, dossier.dossier_id, dossier.unit_id):
        uow.record("clearance.moved", clearance_id, version, kept_by, changed=("unit_id",))
    for task_id, version in await dossier_audits.follow_dossier(uow, dossier.dossier_id, dossier.unit_id):
        uow.record("task.moved", task_id, version, kept_by, changed=("unit_id",))


async def authority_passed(told: PersonChanged, before: HeardPerson | None, uow: UnitOfWork, deps: Deps) -> None:
    """Another office manages the person now: their dossier is newly under its management."""
    rules = deps.rules.clearance
    if before is None or "authority_changed" not in rules.opens_on:
        return
    today = uow.now.astimezone(SHANGHAI).date()
    periods = [period.model_dump(mode="json") for period in told.managing_authority]
    office = _office_on(periods, today)
    if office is None or office == _office_on(before.managing_authority, today):
        return
    dossier = await heard.find_dossier_of(uow, told.person_id)
    if dossier is not None and dossier.state == "open":
        await hold_persons(uow, [told.person_id])
        await open_dossier_audit(uow, dossier, "authority_changed", rules)


def _office_on(periods: Sequence[dict[str, Any]], day: date) -> str | None:
    """The office of that day, by its name; None where none is named."""
    for period in periods:
        until = period["valid_to"]
        if date.fromisoformat(period["valid_from"]) <= day and (until is None or day <= date.fromisoformat(until)):
            return period["office"]
    return None
