"""Races on a dossier of a campaign: from the two sheets to the approval."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from chassis.deps import Deps
from chassis.identity import Caller
from contracts.values.ids import to_uuid
from services.audit.domain.adjudication import Settled
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact, DateClaim
from services.audit.usecases.approve_determinations import ApproveDeterminations, approve_determinations
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.investigate_dossier import EndInvestigation, end_investigation
from services.audit.usecases.record_meeting import DetermineCollectively, determine_collectively
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.settle_fact import SettleFact, settle_fact
from services.audit.usecases.submit_review import SubmitReview, submit_review
from services.audit.usecases.take_up_second_review import TakeUpSecondReview, take_up_second_review
from tests.races.copies import Ids
from tests.races.judge import Terms
from tests.races.rule import STALE, Act, Rule, Told, acting, known
from tests.services.audit.adjudicating import Case, a_case
from tests.services.audit.blind import a_pair, finished
from tests.services.audit.office import Office
from tests.support.rooms import somebody


def _ids(case: Case) -> dict[str, str]:
    return {
        "dossier": case.id,
        "unit": case.subject.unit_id,
        "adjudicator": case.adjudicator.account_id,
        "leader": case.leader.account_id,
    }


def _on(ids: Ids) -> OnDossier:
    return OnDossier(ids["dossier"], int(ids["version"]), not_related=True)


def _adjudicator(ids: Ids) -> Caller:
    return known(ids["adjudicator"], "adjudicator", ids["unit"])


async def _both_sheets_full(office: Office) -> Ids:
    pair = await a_pair(office)
    for review_id in (pair.li_review, pair.wang_review):
        await office.admin.execute(
            "update audit.review set sheet = $2::jsonb where id = $1", to_uuid(review_id), json.dumps(finished())
        )
    told = {"li": pair.li.account_id, "wang": pair.wang.account_id}
    told |= {"li_review": pair.li_review, "wang_review": pair.wang_review}
    return {"dossier": pair.dossier.id, "unit": pair.subject.unit_id, **told}


def _hand_in_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(name: str) -> Act:
        caller = known(ids[name], "auditor", ids["unit"])
        command = SubmitReview(ids[f"{name}_review"], 1, True)
        return Act(caller.account_id, lambda: submit_review(command, uow=acting(deps, caller, "review:write")))

    return act("li"), act("wang")


async def _opened(office: Office) -> Ids:
    case = await a_case(office)
    return {**_ids(case), "version": str((await case.dossier()).version)}


def _take_up_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(caller: Caller) -> Act:
        command = TakeUpSecondReview(_on(ids))
        uow = acting(deps, caller, "determination:settle")
        return Act(caller.account_id, lambda: take_up_second_review(command, uow=uow, deps=deps))

    return act(somebody("adjudicator", ids["unit"])), act(somebody("adjudicator", ids["unit"]))


async def _taken_up(office: Office) -> Ids:
    case = await a_case(office)
    await case.take_up()
    row = (await case.facts())[AuditFact.WORK_START_DATE]
    return {**_ids(case), "determination": row.id, "version": str(row.version)}


def _settle_twice(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    """Two windows of the second reviewer: nobody else may settle."""
    caller = _adjudicator(ids)

    def act(day: str) -> Act:
        said = Settled(Status.PROPOSED, DateClaim.model_validate({"date": {"value": day}}), reason="转正定级表为证")
        command = SettleFact(ids["determination"], int(ids["version"]), said, True)
        uow = acting(deps, caller, "determination:settle")
        return Act(caller.account_id, lambda: settle_fact(command, uow=uow, deps=deps))

    return act("1990-08"), act("1990-09")


async def _asked_outside(office: Office) -> Ids:
    case = await a_case(office)
    await case.take_up()
    row = await case.investigate()
    return {**_ids(case), "investigation": row.id, "version": str(row.version)}


def _end_twice(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(caller: Caller, result: Any) -> Act:
        found: tuple[Sequence[str], ...] = (("原班主任",), ("学籍卡复印件",))
        command = EndInvestigation(ids["investigation"], int(ids["version"]), result, *found, not_related=True)
        uow = acting(deps, caller, "determination:settle")
        return Act(caller.account_id, lambda: end_investigation(command, uow=uow))

    return act(_adjudicator(ids), "verified"), act(somebody("adjudicator", ids["unit"]), "not_verifiable")


async def _before_the_meeting(office: Office) -> Ids:
    case = await a_case(office)
    await case.until_tabled()
    meeting = await case.meeting()
    return {**_ids(case), "meeting": meeting.id, "version": str((await case.dossier()).version)}


def _vote_twice(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(caller: Caller, in_favour: int) -> Act:
        command = DetermineCollectively(_on(ids), ids["meeting"], (), in_favour, 3 - in_favour, 0, ())
        uow, rules = acting(deps, caller, "meeting:record"), deps.rules.adjudication
        gate = gate_of(deps)
        return Act(caller.account_id, lambda: determine_collectively(command, uow=uow, rules=rules, gate=gate))

    return act(_adjudicator(ids), 3), act(somebody("adjudicator", ids["unit"]), 2)


async def _fed_back(office: Office) -> Ids:
    case = await a_case(office)
    await case.until_fed_back()
    facts = await case.facts()
    return {**_ids(case), "version": str((await case.dossier()).version), "facts": str(len(facts))}


def _approve_both(deps: Deps, ids: Ids) -> tuple[Act, Act]:
    def act(caller: Caller) -> Act:
        roots = caller.roots("determination:approve")
        command = ApproveDeterminations(_on(ids), roots, f"组任〔{date.today().year}〕9号")
        uow = acting(deps, caller, "determination:approve")
        return Act(caller.account_id, lambda: approve_determinations(command, uow=uow, gate=gate_of(deps)))

    return act(known(ids["leader"], "leader", ids["unit"])), act(somebody("leader", ids["unit"]))


ADJUDGING = (
    Rule(
        "review.submitted",
        "both sheets handed in: both are in, and the pair opens once",
        "dossier",
        _both_sheets_full,
        _hand_in_both,
        "select campaign_dossier_id as about, account_id as who from audit.review "
        "where campaign_dossier_id = any ($1) and state = 'submitted' and opened",
        Terms(frozenset(), frozenset({2}), ("pair.opened",)),
    ),
    Rule(
        "second_review.taken_up",
        "two take up one second review",
        "dossier",
        _opened,
        _take_up_both,
        "select campaign_dossier_id as about, account_id as who from audit.second_review "
        "where campaign_dossier_id = any ($1)",
        Terms(STALE, once=("campaign_dossier.taken_up",)),
    ),
    Rule(
        "fact.settled",
        "one fact settled in two ways",
        "determination",
        _taken_up,
        _settle_twice,
        "select determination_id as about, decided_by as who from audit.determination_decision "
        "where determination_id = any ($1) and stage = 'second_review'",
        Terms(STALE, once=("determination.settled",)),
    ),
    Rule(
        "investigation.ended",
        "one investigation ended in two ways",
        "investigation",
        _asked_outside,
        _end_twice,
        "select id as about, ended_by as who from audit.investigation where id = any ($1) and ended_by is not null",
        Terms(STALE, once=("investigation.ended",)),
    ),
    Rule(
        "dossier.determined",
        "two votes recorded on one dossier",
        "dossier",
        _before_the_meeting,
        _vote_twice,
        "select campaign_dossier_id as about, recorded_by as who from audit.meeting_vote "
        "where campaign_dossier_id = any ($1)",
        Terms(STALE, once=("campaign_dossier.determined",)),
    ),
    Rule(
        "dossier.approved",
        "two approvals of one dossier",
        "dossier",
        _fed_back,
        _approve_both,
        "select campaign_dossier_id as about, approved_by as who from audit.determination_approval "
        "where campaign_dossier_id = any ($1)",
        Terms(STALE, once=("campaign_dossier.approved",)),
        Told("determination.approved", "campaign_dossier_id", "facts"),
    ),
)
