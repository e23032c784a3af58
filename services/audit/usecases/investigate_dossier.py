"""Ask outside the dossier what it cannot tell (调查核实): who asks where, until when, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, StateConflict
from contracts.values.ids import new_id
from services.audit.domain.adjudication import AdjudicationRules, Inquiry, investigator_faults, refuse
from services.audit.domain.progress import Move
from services.audit.domain.recusal import admit
from services.audit.store import adjudications, campaign_dossiers, determination_outcomes, heard, pairs
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import InvestigationRow
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import Gate, reconsider


@dataclass(frozen=True)
class OpenInvestigation:
    """What is asked, in which unit, by whom, until which day."""

    on: OnDossier
    question: str
    unit_visited: str
    investigator_ids: Sequence[str]
    due_on: date


async def open_investigation(
    cmd: OpenInvestigation, *, uow: UnitOfWork, rules: AdjudicationRules, gate: Gate
) -> InvestigationRow:
    """The inquiry as it is kept; the dossier is being investigated until it is put before the meeting.

    What is to be investigated suspends the person's clearances at once.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await determination_outcomes.get_investigation(uow, earlier)
        held = await hold_campaign_dossier(uow, cmd.on)
        state = held.moved(Move.INVESTIGATE)
        await _check(uow, cmd, held.dossier, rules)
        row = InvestigationRow(
            id=new_id("ivg"),
            unit_id=held.dossier.unit_id,
            version=1,
            campaign_dossier_id=held.dossier.id,
            question=cmd.question,
            unit_visited=cmd.unit_visited,
            people=[],
            investigator_ids=sorted(cmd.investigator_ids),
            due_on=cmd.due_on,
            opened_by=uow.caller.account_id,
            opened_at=uow.now,
            evidence=[],
        )
        await adjudications.add(uow, row)
        dossier = await adjudications.move(uow, held.dossier, state, "to_investigate")
        told = {"state": dossier.state, "investigation_id": row.id, "investigator_ids": row.investigator_ids}
        verb = "campaign_dossier.investigated"
        uow.record(verb, dossier.id, dossier.version, told, changed=("state", "result"))
        await reconsider(uow, [dossier.person_id], gate)
        await uow.remember(row.id)
    return row


async def _check(uow: UnitOfWork, cmd: OpenInvestigation, dossier: CampaignDossier, rules: AdjudicationRules) -> None:
    accounts = await pairs.accounts(uow, cmd.investigator_ids)
    async with uow.as_service():
        family = await heard.related_to(uow, dossier.person_id)
    known = {one.account_id for one in accounts if one.active}
    related = {one.account_id for one in accounts if one.person_id in family}
    faults = investigator_faults(cmd.investigator_ids, known, related, rules.investigators)
    if cmd.due_on < uow.today:
        faults.append(FieldFault("/due_on", "date-before", {"other": uow.today.isoformat()}))
    refuse(faults)


@dataclass(frozen=True)
class EndInvestigation:
    """What came of it: whom they spoke to, on which papers it rests. Claims made of new papers are entered apart."""

    investigation_id: str
    seen_version: int
    result: Inquiry
    people: Sequence[str]
    evidence: Sequence[str]
    not_related: bool | None = None


async def end_investigation(cmd: EndInvestigation, *, uow: UnitOfWork) -> InvestigationRow:
    """The inquiry as it ended. Of two at once one records it; StateConflict once it has ended."""
    async with uow:
        if earlier := await uow.replay_of():
            return await determination_outcomes.get_investigation(uow, earlier)
        named = await determination_outcomes.get_investigation(uow, cmd.investigation_id)
        dossier = await campaign_dossiers.get(uow, named.campaign_dossier_id, lock=True)
        row = await determination_outcomes.get_investigation(uow, cmd.investigation_id)
        admit(await caller_relation(uow, dossier.person_id), cmd.not_related)
        await check_version(uow, row.id, row.version, cmd.seen_version)
        if row.result is not None:
            raise StateConflict(state="done")
        if cmd.result == "verified" and not cmd.evidence:
            refuse([FieldFault("/evidence", "too-few", {"min": 1})])
        ended = await determination_outcomes.end_investigation(
            uow, row, result=cmd.result, people=list(cmd.people), evidence=list(cmd.evidence)
        )
        told = ended.model_dump(mode="json", include={"campaign_dossier_id", "result"})
        uow.record("investigation.ended", row.id, ended.version, told, changed=("result", "people", "evidence"))
        await uow.remember(row.id)
    return ended
