"""Shapes of campaigns, their groups, boards and records."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import AccountId, CampaignDossierId, DossierId, UnitId
from contracts.values.text import line_schema, one_line
from services.audit.domain.campaign import (
    CampaignRules,
    CampaignState,
    Queue,
    RemovalReason,
    Settings,
    TeamKind,
    TrainingKind,
    waiting_for,
)
from services.audit.domain.determination import GraduateRule, PartyDateRule
from services.audit.domain.progress import Progress
from services.audit.store.campaign_dossiers import Count
from services.audit.store.spot_checks import Checked
from services.audit.store.tables import Campaign, CampaignTeam
from services.audit.store.tables_campaign import AssignmentRow, ReviewerRemovalRow
from services.audit.usecases.create_campaign import Scope

MAX_LISTED = 1000
MAX_MEMBERS = 200

Name = Annotated[str, one_line(200), line_schema(200)]


class SettingsIn(RequestModel):
    """What the campaign decides by; what is left out stays as the office's rules or the campaign have it."""

    party_date_rule: PartyDateRule = Field(default="by_period", description="`branch_meeting`: for every period")
    graduate_rule: GraduateRule = "reporting_and_pay"
    requires_training: list[TrainingKind] = Field(default=[], max_length=5)
    training_dossiers: int = Field(default=20, ge=0, le=1000, strict=True, description="The first so many: practice")
    queue: Queue = "easy_first"

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ScopeIn(RequestModel):
    """Which dossiers: those of whole units and all below them, or a list, or both."""

    unit_ids: list[UnitId] = Field(default=[], max_length=MAX_LISTED)
    dossier_ids: list[DossierId] = Field(default=[], max_length=MAX_LISTED)

    def scope(self) -> Scope:
        return Scope(self.unit_ids, self.dossier_ids)


class CampaignIn(RequestModel):
    """A special audit to be."""

    unit_id: UnitId = Field(description="The unit that runs it")
    name: Name = Field(examples=["全县科级干部人事档案专项审核"])
    settings: SettingsIn = SettingsIn()
    scope: ScopeIn = ScopeIn()


class ScopeMore(RequestModel):
    """More dossiers; those that are in it already stay as they are."""

    scope: ScopeIn

    @model_validator(mode="after")
    def _names_some(self) -> "ScopeMore":
        if not self.scope.unit_ids and not self.scope.dossier_ids:
            raise PydanticCustomError("too-few", "at least {min}", {"min": 1})
        return self


class CampaignPatch(RequestModel):
    """Members to change (merge patch); settings only until the start."""

    name: Name = ""
    settings: SettingsIn = SettingsIn()

    def changes(self) -> dict[str, Any]:
        """Only what was sent, of the settings too."""
        sent: dict[str, Any] = {}
        if "name" in self.model_fields_set:
            sent["name"] = self.name
        if "settings" in self.model_fields_set:
            sent["settings"] = self.settings.changes()
        return sent


class TeamIn(RequestModel):
    """A working group; its head is one of its members."""

    head_id: AccountId
    member_ids: list[AccountId] = Field(max_length=MAX_MEMBERS)


class TeamOut(BaseModel):
    """A working group."""

    kind: TeamKind
    head_id: str
    member_ids: list[str]


class CampaignSummary(BaseModel):
    """A special audit, as lists show it."""

    id: str
    unit_id: str
    name: str
    state: CampaignState
    created_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Campaign) -> "CampaignSummary":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class CampaignList(BaseModel):
    """One page of campaigns, the oldest first."""

    items: list[CampaignSummary]
    next_page_token: str | None


class CampaignOut(CampaignSummary):
    """A special audit with its groups. `rules_changed`: the rules are no longer those that it began with."""

    settings: Settings
    seed: int = Field(description="By which of equal reviewers one is chosen")
    rules_digest: str | None
    rules_changed: bool
    created_by: str
    teams: list[TeamOut]

    @classmethod
    def whole(cls, row: Campaign, teams: Sequence[CampaignTeam], digest: str) -> "CampaignOut":
        return cls(
            **row.model_dump(),
            rules_changed=row.rules_digest not in (None, digest),
            teams=[TeamOut.model_validate(team.model_dump(include=set(TeamOut.model_fields))) for team in teams],
        )


class UnitCount(BaseModel):
    """The dossiers of one unit."""

    unit_id: str
    total: int
    by_state: dict[Progress, int]


class SpotCheckCount(BaseModel):
    """How far the spot checks (抽查) are: dossiers drawn, looked at, and found otherwise."""

    drawn: int
    checked: int
    differing: int


class BoardOut(BaseModel):
    """Where the dossiers stand that you may see. States that none stands in are left out."""

    total: int
    by_state: dict[Progress, int]
    by_team: dict[TeamKind, int] = Field(description="How many wait for each working group")
    by_unit: list[UnitCount]
    spot_checks: SpotCheckCount

    @classmethod
    def told(cls, counts: Sequence[Count], checked: Checked, rules: CampaignRules) -> dict[str, Any]:
        """The members, as JSON has them: whoever organises looks at the board all day."""
        by_state: Counter[Progress] = Counter()
        by_unit: dict[str, dict[Progress, int]] = {}
        for count in counts:
            by_state[count.state] += count.many
            by_unit.setdefault(count.unit_id, {})[count.state] = count.many
        return {
            "total": by_state.total(),
            "by_state": dict(by_state),
            "by_team": waiting_for(rules.teams, by_state),
            "by_unit": [
                {"unit_id": unit_id, "total": sum(states.values()), "by_state": states}
                for unit_id, states in by_unit.items()
            ],
            "spot_checks": vars(checked),
        }


class ReviewerOut(BaseModel):
    """How much somebody has. Who has which dossier, and who has handed in, is not told."""

    account_id: str
    assigned: int
    opened: int = Field(description="Of how many both sheets are in")


class ReviewerList(BaseModel):
    """Everybody who was given dossiers, by account."""

    items: list[ReviewerOut]


class AssignmentIn(RequestModel):
    """Give out dossiers from the head of the queue."""

    dossiers: int = Field(ge=1, le=MAX_LISTED, strict=True)
    reviewer_ids: list[AccountId] | None = Field(
        default=None, max_length=MAX_MEMBERS, description="Of the audit group; left out: all of it"
    )


class AssignmentOut(BaseModel):
    """What was given out at a time. For `unassigned_ids` there were not two who may have it."""

    id: str
    campaign_id: str
    reviewer_ids: list[str]
    assigned: int
    unassigned_ids: list[str]
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: AssignmentRow) -> "AssignmentOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class RemovalIn(RequestModel):
    """Take a reviewer off these dossiers, or if left out off the campaign. Reasons: `left` 离岗, `related` 须回避,
    `unfit` 不宜承担."""

    account_id: AccountId
    reason: RemovalReason
    campaign_dossier_ids: list[CampaignDossierId] | None = Field(default=None, min_length=1, max_length=MAX_LISTED)


class RemovalOut(BaseModel):
    """Who was taken off; `released` dossiers wait for another reviewer."""

    id: str
    campaign_id: str
    account_id: str
    reason: RemovalReason
    released: int
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, row: ReviewerRemovalRow) -> "RemovalOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))
