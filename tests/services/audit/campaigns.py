"""A campaign that stands: its team, one dossier, and a reviewer's sheet."""

from __future__ import annotations

from contracts.values.ids import new_id
from services.audit.domain.progress import Progress
from services.audit.store.tables import Campaign, CampaignDossier, CampaignTeam, Review
from tests.services.audit.office import Office, Subject


async def a_campaign_with(office: Office, subject: Subject) -> Review:
    """A running campaign in the subject's unit, with the subject's dossier in first review by one person."""
    async with office.deps.as_service() as uow:
        campaign = Campaign(
            id=new_id("cmp"),
            unit_id=subject.unit_id,
            version=2,
            name="全县科级干部专项审核",
            state="running",
            settings={},
            seed=7,
            rules_digest="0" * 64,
            created_by=new_id("acc"),
            created_at=uow.now,
            started_at=uow.now,
        )
        team = CampaignTeam(
            campaign_id=campaign.id, kind="audit", unit_id=subject.unit_id, head_id=new_id("acc"), member_ids=[]
        )
        dossier = CampaignDossier(
            id=new_id("cdo"),
            unit_id=subject.unit_id,
            version=2,
            campaign_id=campaign.id,
            dossier_id=subject.dossier_id,
            person_id=subject.person_id,
            rank=None,
            state=Progress.FIRST_REVIEW.value,
            result=None,
            difficulty=0,
            entered_at=uow.now,
        )
        sheet = Review(
            id=new_id("rev"),
            unit_id=subject.unit_id,
            version=1,
            campaign_dossier_id=dossier.id,
            account_id=new_id("acc"),
            state="open",
            sheet={},
            assigned_at=uow.now,
        )
        for row in (campaign, team, dossier, sheet):
            uow.session.add(row)
            await uow.session.flush()
    return sheet
