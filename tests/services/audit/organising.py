"""Campaigns as an organiser makes them: by the use cases, with reviewers that the gateway told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.unit_of_work import IdempotencyKey
from contracts.events import AccountChanged
from contracts.values.ids import new_id, to_uuid
from services.audit.store.tables import Campaign
from services.audit.store.tables_campaign import AssignmentRow, ReviewerRemovalRow
from services.audit.usecases.assign_pairs import AssignPairs, assign_pairs
from services.audit.usecases.change_campaign import change_campaign, close_campaign, put_team, start_campaign
from services.audit.usecases.create_campaign import CreateCampaign, Scope, create_campaign
from services.audit.usecases.record_pledge import RecordPledge, record_pledge
from services.audit.usecases.record_training import Attended, RecordTraining, record_training
from services.audit.usecases.remove_reviewer import RemoveReviewer, remove_reviewer
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.office import Office, Subject
from tests.support.rooms import somebody


@dataclass
class Organiser:
    """The adjudicator of a unit with what they set up."""

    office: Office
    unit_id: str
    caller: Caller = field(init=False)
    reviewers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.caller = somebody("adjudicator", self.unit_id)

    @property
    def deps(self) -> Deps:
        """What the service holds."""
        return self.office.deps

    def acting(self, key: IdempotencyKey | None = None) -> Any:
        """A transaction of the organiser."""
        return self.office.acting(self.caller, "campaign:write", key)

    async def account(self, person_no: str | None = None, *, active: bool = True) -> str:
        """An account that the gateway told of."""
        told = AccountChanged(account_id=new_id("acc"), person_no=person_no, active=active)
        assert await self.office.hear(told) is None
        return told.account_id

    async def dossiers(self, many: int) -> list[Subject]:
        """Persons of this unit with open dossiers and no relatives."""
        made: list[Subject] = []
        for _ in range(many):
            subject = Subject(unit_id=self.unit_id)
            for event in (subject.person(), subject.dossier(), subject.kin()):
                assert await self.office.hear(event) is None
            made.append(subject)
        return made

    async def plan(self, *subjects: Subject, key: IdempotencyKey | None = None, **settings: Any) -> Campaign:
        """A planned campaign over these dossiers, or if there are none over the unit."""
        rules = self.deps.rules.campaign
        chosen = Scope(dossier_ids=[one.dossier_id for one in subjects]) if subjects else Scope([self.unit_id])
        fixed = rules.defaults.model_copy(update=settings)
        command = CreateCampaign(self.unit_id, "全县科级干部专项审核", fixed, chosen)
        return await create_campaign(command, uow=self.acting(key), rules=rules)

    async def pledge(self, campaign: Campaign, account_id: str, **changes: Any) -> None:
        """What somebody signed on paper."""
        told: dict[str, Any] = {
            "account_id": account_id,
            "scope": "campaign",
            "campaign_id": campaign.id,
            "unit_id": None,
            "form": "scanned",
            "signed_on": campaign.created_at.date(),
            "expires_on": None,
        }
        await record_pledge(RecordPledge(**{**told, **changes}), uow=self.acting())

    async def train(self, account_ids: Sequence[str], **changes: Any) -> None:
        """A course on audits, held today."""
        async with self.acting() as uow:
            today = uow.today
        told = {"present": True, "score": 90, "certificate_no": None, "expires_on": None, **changes}
        attended = [Attended(account_id, **told) for account_id in account_ids]
        course = RecordTraining(self.unit_id, "专项审核业务培训", "audit", 7, "省委组织部", today, attended)
        await record_training(course, uow=self.acting())

    async def started(
        self, *subjects: Subject, reviewers: int | Sequence[str] = 4, pledged: bool = True, **settings: Any
    ) -> Campaign:
        """A running campaign whose audit group has signed."""
        campaign = await self.plan(*subjects, **settings)
        self.reviewers = (
            [await self.account() for _ in range(reviewers)] if isinstance(reviewers, int) else list(reviewers)
        )
        head, *others = self.reviewers
        campaign = await put_team(campaign.id, campaign.version, "audit", head, others, uow=self.acting())
        for account_id in self.reviewers if pledged else ():
            await self.pledge(campaign, account_id)
        return await start_campaign(campaign.id, campaign.version, uow=self.acting(), rules=self.deps.rules)

    async def assign(
        self, campaign: Campaign, dossiers: int = 100, among: Sequence[str] | None = None, **options: Any
    ) -> AssignmentRow:
        """Give out what waits."""
        command = AssignPairs(campaign.id, dossiers, among)
        return await assign_pairs(command, uow=self.acting(**options), deps=self.deps)

    async def remove(
        self, campaign: Campaign, account_id: str, reason: Any = "left", only: Sequence[str] | None = None
    ) -> ReviewerRemovalRow:
        """Take a reviewer off."""
        command = RemoveReviewer(campaign.id, account_id, reason, only)
        return await remove_reviewer(command, uow=self.acting(), gate=gate_of(self.deps))

    async def change(self, campaign: Campaign, **changes: Any) -> Campaign:
        """Change the campaign as last seen."""
        return await change_campaign(campaign.id, campaign.version, changes, uow=self.acting())

    async def close(self, campaign: Campaign) -> Campaign:
        """End it."""
        return await close_campaign(campaign.id, campaign.version, uow=self.acting())

    # What stands in the database

    async def rows(self, campaign: Campaign) -> list[Any]:
        """The campaign's dossiers in order of their ids."""
        return await self.office.admin.fetch(
            "select * from audit.campaign_dossier where campaign_id = $1 order by id", to_uuid(campaign.id)
        )

    async def sheets(self, campaign: Campaign) -> list[Any]:
        """All sheets of a campaign, with their dossiers."""
        return await self.office.admin.fetch(
            """select r.*, d.dossier_id, d.person_id from audit.review r
            join audit.campaign_dossier d on d.id = r.campaign_dossier_id where d.campaign_id = $1 order by r.id""",
            to_uuid(campaign.id),
        )


async def organised(office: Office, subject: Subject) -> None:
    """A row in every register: a pledge, a course, what was given out, and who was taken off."""
    organiser = Organiser(office, subject.unit_id)
    campaign = await organiser.started(subject, reviewers=3)
    await organiser.train(organiser.reviewers)
    await organiser.assign(campaign)
    await organiser.remove(campaign, organiser.reviewers[1])


async def organising(office: Office) -> Organiser:
    """An organiser in a unit of their own."""
    return Organiser(office, await office.unit())
