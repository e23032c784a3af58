"""Races on materials: voices, materials held apart, alterations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.tickets import BlobTicket
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from services.audit.domain.quarantine import QuarantineReason
from services.audit.usecases.decide_task import DecideTask, decide_task
from services.audit.usecases.hold_apart import HoldApart, LetGo, hold_apart, let_go
from services.audit.usecases.register_alteration import ConfirmAlteration, confirm_alteration
from services.audit.usecases.settle_clearances import gate_of
from tests.races.copies import Ids
from tests.races.judge import Terms
from tests.races.rule import STALE, Act, Rule, Told, acting, known
from tests.services.audit.altered import recorded
from tests.services.audit.apart import held
from tests.services.audit.office import Office, auditor
from tests.support.rooms import somebody


async def _waiting(office: Office, *earlier: Caller) -> dict[str, str]:
    """A material whose task waits, after these have spoken."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    for caller in earlier:
        await office.decide(await office.waiting(received.material_id), caller)
    task = await office.waiting(received.material_id)
    told = {"material": received.material_id, "task": task.id, "appraisal": task.appraisal_id}
    return {**told, "unit": subject.unit_id, "version": str(task.version)}


def _decision(deps: Deps, ids: Ids, caller: Caller, outcome: Any) -> Act:
    reasons = ("seal_missing",) if outcome == "reject" else ()
    command = DecideTask(ids["task"], int(ids["version"]), outcome, reasons, None, True)
    uow, gate = acting(deps, caller, "audit-task:decide"), gate_of(deps)
    return Act(caller.account_id, lambda: decide_task(command, uow=uow, rules=deps.rules.appraisal, gate=gate))


def _decide_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    one, other = auditor(ids["unit"]), auditor(ids["unit"])
    return _decision(deps, ids, one, "approve"), _decision(deps, ids, other, "reject")


def _decide_alone(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    one = auditor(ids["unit"])
    return _decision(deps, ids, one, "approve"), _decision(deps, ids, one, "approve")


async def _waiting_for_a_second(office: Office) -> Ids:
    first = auditor()
    return {**await _waiting(office, first), "first": first.account_id}


def _first_and_second(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    """Whoever has spoken tries again, at the instant when somebody else speaks."""
    first, second = known(ids["first"], "auditor", ids["unit"]), auditor(ids["unit"])
    return _decision(deps, ids, first, "approve"), _decision(deps, ids, second, "approve")


def _hold_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(caller: Caller) -> Act:
        command = HoldApart(ids["material"], QuarantineReason.DOUBTFUL, {"place": "另放柜 1 层"}, True)
        uow = acting(deps, caller, "quarantine:write")
        return Act(caller.account_id, lambda: hold_apart(command, uow=uow, gate=gate_of(deps)))

    return act(auditor(ids["unit"])), act(auditor(ids["unit"]))


async def _held_apart(office: Office) -> Ids:
    ids = await _waiting(office)
    row = await held(office, ids["material"])
    return {**ids, "quarantine": row.id, "version": str(row.version)}


def _release_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(way: Any, *reasons: str) -> Act:
        caller = auditor(ids["unit"])
        command = LetGo(ids["quarantine"], int(ids["version"]), way, reasons, None, True)
        uow, gate = acting(deps, caller, "quarantine:write"), gate_of(deps)
        return Act(caller.account_id, lambda: let_go(command, uow=uow, rules=deps.rules.appraisal, gate=gate))

    return act("resumed"), act("returned", "seal_missing")


async def _found_altered(office: Office) -> Ids:
    subject = await office.known_subject()
    received = await office.appraising(subject)
    assert await office.hear(office.filed(received)) is None
    row = await recorded(office, received.material_id)
    return {"finding": row.id, "unit": subject.unit_id, "version": str(row.version)}


def _confirm_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act() -> Act:
        caller = somebody("leader", ids["unit"])
        ticket = _ticket(deps, caller, ids["unit"])
        command = ConfirmAlteration(
            ids["finding"], int(ids["version"]), "县委组织部", date(2026, 11, 20), "青组审〔2026〕3号", [ticket]
        )
        uow = acting(deps, caller, "alteration:confirm")
        return Act(
            caller.account_id, lambda: confirm_alteration(command, uow=uow, tickets=deps.tickets, gate=gate_of(deps))
        )

    return act(), act()


def _ticket(deps: Deps, caller: Caller, unit_id: str) -> str:
    """Of a scan that was uploaded; its file is not looked at here."""
    page = {"digest": digest_of(caller.account_id.encode()), "bytes": 9, "media_type": "image/jpeg"}
    size = {"width": 1240, "height": 1754}
    until = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
    whose = {"upload_id": new_id("upl"), "uploader": caller.account_id, "unit_id": unit_id, "until": until}
    return deps.tickets.sign(BlobTicket.model_validate({**page, **size, **whose}))


_VOICES = "select task_id as about, account_id as who from audit.decision where task_id = any ($1)"
_ONE_VOICE = Terms(STALE, once=("task.decided",))
_NEVER_TWICE = Terms(STALE | {"same-person-twice"}, once=("task.decided",))

MATERIALS = (
    Rule("appraisal.decided", "two decide one step", "task", _waiting, _decide_both, _VOICES, _ONE_VOICE),
    Rule("appraisal.one_person", "one person's two voices", "task", _waiting, _decide_alone, _VOICES, _ONE_VOICE),
    Rule(
        "appraisal.second_voice",
        "the first voice again, beside the second",
        "task",
        _waiting_for_a_second,
        _first_and_second,
        _VOICES,
        _NEVER_TWICE,
    ),
    Rule(
        "quarantine.begun",
        "two hold one material apart",
        "material",
        _waiting,
        _hold_both,
        "select material_id as about, held_by as who from audit.quarantine where material_id = any ($1)",
        Terms(frozenset({"state-conflict"})),
    ),
    Rule(
        "quarantine.released",
        "two let one material go",
        "quarantine",
        _held_apart,
        _release_both,
        "select id as about, released_by as who from audit.quarantine where id = any ($1) and released is not null",
        Terms(STALE, once=("quarantine.released",)),
    ),
    Rule(
        "alteration.confirmed",
        "two confirm one alteration",
        "finding",
        _found_altered,
        _confirm_both,
        "select id as about, confirmed_by as who from audit.alteration_finding where id = any ($1) "
        "and confirmed_by is not null",
        Terms(STALE, once=("alteration.confirmed",)),
        Told("alteration.confirmed", "finding_id"),
    ),
)
