"""Races at the gate, on scores, and on who is meant."""

from __future__ import annotations

from chassis.deps import Deps
from chassis.identity import Caller
from contracts.values.ids import from_uuid
from services.audit.domain.clearance import Kind
from services.audit.domain.identity import Outcome as Meant
from services.audit.usecases.decide_identity import DecideIdentity, UndoIdentity, decide_identity, undo_identity
from services.audit.usecases.hold_clearance import HoldClearance, hold_clearance
from services.audit.usecases.identity_profiles import About
from services.audit.usecases.publish_scores import approve_bulletin, propose_bulletin
from services.audit.usecases.score_dossier import ScoreDossier, score_dossier
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.sign_examination import SignExamination, sign_examination
from tests.races.copies import Ids
from tests.races.judge import Terms
from tests.races.rule import STALE, Act, Rule, Told, acting, known
from tests.services.audit.gate import ask, audit_task_of, audited_subject, examined, sign
from tests.services.audit.office import Office, auditor
from tests.support.rooms import somebody


async def _asked_and_in_audit(office: Office, *earlier: Caller) -> dict[str, str]:
    subject = await office.known_subject()
    (row,) = await ask(office, subject)
    for caller in earlier:
        await sign(office, subject, caller)
    task = await audit_task_of(office, subject)
    told = {"clearance": row.id, "task": from_uuid("tsku", task["task_id"]), "unit": subject.unit_id}
    return {**told, "version": str(task["version"])}


async def _signed_by_one(office: Office) -> Ids:
    first = auditor()
    return {**await _asked_and_in_audit(office, first), "first": first.account_id}


def _signature(deps: Deps, ids: Ids, caller: Caller) -> Act:
    command = SignExamination(ids["task"], int(ids["version"]), examined(), "与最早材料一致", True)
    uow = acting(deps, caller, "dossier-audit:sign")
    return Act(caller.account_id, lambda: sign_examination(command, uow=uow, gate=gate_of(deps)))


def _sign_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    return _signature(deps, ids, auditor(ids["unit"])), _signature(deps, ids, auditor(ids["unit"]))


def _sign_again(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    first = known(ids["first"], "auditor", ids["unit"])
    return _signature(deps, ids, first), _signature(deps, ids, auditor(ids["unit"]))


async def _cleared(office: Office) -> Ids:
    subject = await audited_subject(office)
    (row,) = await ask(office, subject, kind=Kind.PROMOTE)
    return {"clearance": row.id, "unit": subject.unit_id, "version": str(row.version)}


def _suspend_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act() -> Act:
        caller = somebody("leader", ids["unit"])
        command = HoldClearance(ids["clearance"], int(ids["version"]), "来信")
        uow = acting(deps, caller, "clearance:hold")
        return Act(caller.account_id, lambda: hold_clearance(command, uow=uow, gate=gate_of(deps)))

    return act(), act()


async def _proposed(office: Office) -> Ids:
    subject, caller = await office.known_subject(), somebody("adjudicator")
    command = ScoreDossier(subject.dossier_id, None, (), (), True)
    uow, rubric = office.acting(caller, "score:write"), office.deps.rules.scoring
    row = await score_dossier(command, uow=uow, rubric=rubric)
    bulletin = await propose_bulletin(subject.unit_id, row.year, uow=office.acting(caller, "score:write"))
    return {"bulletin": bulletin.id, "unit": subject.unit_id, "version": str(bulletin.version)}


def _publish_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act() -> Act:
        caller = somebody("leader", ids["unit"])
        uow = acting(deps, caller, "score-bulletin:approve")
        return Act(caller.account_id, lambda: approve_bulletin(ids["bulletin"], int(ids["version"]), uow=uow))

    return act(), act()


async def _two_persons(office: Office) -> Ids:
    unit_id = await office.unit()
    new, known_one = [await office.known_subject(unit_id=unit_id) for _ in range(2)]
    return {"person": new.person_id, "candidate": known_one.person_id, "unit": unit_id}


def _meant(deps: Deps, ids: Ids) -> Act:
    caller = somebody("adjudicator", ids["unit"])
    command = DecideIdentity(
        About(person_id=ids["person"]), ids["candidate"], Meant.OTHER_PERSON, "出生地不同", not_related=True
    )
    uow, rules = acting(deps, caller, "identity:decide"), deps.rules.identity
    return Act(caller.account_id, lambda: decide_identity(command, uow=uow, rules=rules, keys=deps.keys))


def _mean_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    return _meant(deps, ids), _meant(deps, ids)


async def _decided(office: Office) -> Ids:
    ids = await _two_persons(office)
    await _meant(office.deps, ids).does()
    (row,) = await office.admin.fetch("select id, version from audit.identity_decision order by id desc limit 1")
    return {**ids, "decision": from_uuid("idd", row["id"]), "version": str(row["version"])}


def _undoing(deps: Deps, ids: Ids) -> Act:
    caller = somebody("adjudicator", ids["unit"])
    command = UndoIdentity(ids["decision"], int(ids["version"]), "查户口底账")
    uow = acting(deps, caller, "identity:decide")
    return Act(caller.account_id, lambda: undo_identity(command, uow=uow, keys=deps.keys))


def _undo_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    return _undoing(deps, ids), _undoing(deps, ids)


def _decide_and_undo(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    """Who decides anew wins only once the former decision is undone."""
    return _meant(deps, ids), _undoing(deps, ids)


_IN_FORCE_OR_UNDONE = """
select person_id as about, case state when 'undone' then undone_by else decided_by end as who
from audit.identity_decision where person_id = any ($1)
"""

GATING = (
    Rule(
        "examination.signed",
        "two sign as the first",
        "task",
        _asked_and_in_audit,
        _sign_both,
        "select task_id as about, account_id as who from audit.examination where task_id = any ($1)",
        Terms(STALE, once=("task.examined",)),
    ),
    Rule(
        "examination.second",
        "the first signs again, beside the second",
        "task",
        _signed_by_one,
        _sign_again,
        "select task_id as about, account_id as who from audit.examination where task_id = any ($1) and stage = 2",
        Terms(STALE | {"same-person-twice"}, once=("task.examined",)),
    ),
    Rule(
        "clearance.held",
        "two suspend one clearance",
        "clearance",
        _cleared,
        _suspend_both,
        "select clearance_id as about, held_by as who from audit.clearance_hold where clearance_id = any ($1)",
        Terms(STALE, once=("clearance.held",)),
        Told("clearance.decided", "clearance_id"),
    ),
    Rule(
        "score_bulletin.approved",
        "two approve one bulletin",
        "bulletin",
        _proposed,
        _publish_both,
        "select id as about, approved_by as who from audit.score_bulletin where id = any ($1) and state = 'approved'",
        Terms(STALE, once=("score_bulletin.approved",)),
    ),
    Rule(
        "identity.decided",
        "two decide who is meant",
        "person",
        _two_persons,
        _mean_both,
        "select person_id as about, decided_by as who from audit.identity_decision where person_id = any ($1)",
        Terms(frozenset({"state-conflict"})),
    ),
    Rule(
        "identity.undone",
        "two undo one decision",
        "decision",
        _decided,
        _undo_both,
        "select id as about, undone_by as who from audit.identity_decision where id = any ($1) and state = 'undone'",
        Terms(STALE, once=("identity.undone",)),
        Told("identity.resolved", "decision_id"),
    ),
    Rule(
        "identity.decided_undone",
        "decided anew while it is undone",
        "person",
        _decided,
        _decide_and_undo,
        _IN_FORCE_OR_UNDONE,
        Terms(frozenset({"state-conflict"}), frozenset({1, 2})),
    ),
)
