"""Look at a dossier of a campaign, and put it to another place in the queue."""

from __future__ import annotations

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import Recusal, StateConflict
from services.audit.domain.progress import Progress
from services.audit.domain.recusal import Relation
from services.audit.store import campaign_dossiers
from services.audit.store.tables import CampaignDossier
from services.audit.usecases.recuse import caller_relation


async def view_campaign_dossier(campaign_dossier_id: str, *, uow: UnitOfWork) -> CampaignDossier:
    """Where it stands; never one's own or a relative's."""
    async with uow:
        row = await campaign_dossiers.get(uow, campaign_dossier_id)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
        return row


async def set_difficulty(
    campaign_dossier_id: str, seen_version: int, difficulty: int, *, uow: UnitOfWork
) -> CampaignDossier:
    """Once it is given out there is no queue any more in which it could stand."""
    async with uow:
        row = await campaign_dossiers.get(uow, campaign_dossier_id, lock=True)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
        await check_version(uow, row.id, row.version, seen_version)
        if row.state != Progress.PLANNED.value:
            raise StateConflict(state=row.state)
        if row.difficulty == difficulty:
            return row
        row = await campaign_dossiers.put_difficulty(uow, row, difficulty)
        uow.record("campaign_dossier.ranked", row.id, row.version, {"difficulty": difficulty}, ("difficulty",))
        return row
