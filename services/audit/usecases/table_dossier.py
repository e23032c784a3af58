"""The second review is done: the dossier goes before the meeting (上会)."""

from __future__ import annotations

from typing import cast

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from services.audit.domain.adjudication import Inquiry, result_of
from services.audit.domain.determination import Status
from services.audit.domain.progress import Move
from services.audit.store import adjudications, campaign_dossiers, determination_outcomes, feedback_rounds
from services.audit.store.tables import CampaignDossier
from services.audit.usecases.hold_campaign_dossier import OnDossier, hold_campaign_dossier
from services.audit.usecases.settle_clearances import Gate, reconsider
from services.audit.usecases.settle_fact import refuse_others


async def table_dossier(on: OnDossier, *, uow: UnitOfWork, gate: Gate) -> CampaignDossier:
    """The dossier as it stands then. Refused while a difference is not settled, an inquiry or a feedback round open.
    What is left to investigate suspends the person's clearances at once."""
    async with uow:
        if earlier := await uow.replay_of():
            return await campaign_dossiers.get(uow, earlier)
        held = await hold_campaign_dossier(uow, on)
        state = held.moved(Move.TABLE)
        await refuse_others(uow, held.dossier)
        rows = await adjudications.determinations_of(uow, held.dossier.id, lock=True)
        faults = [
            FieldFault(f"/determinations/{row.fact}", "fact-missing", {"fact": row.fact})
            for row in rows
            if row.disputed and row.stage == "rules"
        ]
        if faults:
            raise ValidationFailed(errors=faults)
        inquiries = await determination_outcomes.results_of_investigations(uow, held.dossier.id)
        if None in inquiries:
            raise StateConflict(state="investigation open")
        if await feedback_rounds.find_open(uow, held.dossier.id):
            raise StateConflict(state="feedback round open")
        result = result_of([Status(row.status) for row in rows], cast("list[Inquiry]", inquiries))
        dossier = await adjudications.move(uow, held.dossier, state, result)
        told = {"state": dossier.state, "result": dossier.result}
        uow.record("campaign_dossier.tabled", dossier.id, dossier.version, told, changed=("state", "result"))
        await reconsider(uow, [dossier.person_id], gate)
        await uow.remember(dossier.id)
    return dossier
