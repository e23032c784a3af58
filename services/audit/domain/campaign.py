"""A special audit (专项审核): its states, what it decides by, and its working groups. Source: seeds 000 and 002."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.problems import StateConflict
from services.audit.domain.determination import GraduateRule, PartyDateRule
from services.audit.domain.progress import Progress

TrainingKind = Literal["law", "classification", "audit", "digitisation", "confidentiality"]
TeamKind = Literal["audit", "mounting", "data_entry", "boxing", "collection"]
"""审核组, 装裱组, 录入组, 装档组, 材料收缴组."""

Queue = Literal["easy_first", "hard_first"]
RemovalReason = Literal["left", "related", "unfit"]
"""Why a reviewer is taken off: no longer there, found to be the subject or a relative, not fit for it."""


class CampaignState(StrEnum):
    """`planned`: scope, teams and settings may change. `running`: dossiers are reviewed. `closed`: the end."""

    PLANNED = "planned"
    RUNNING = "running"
    CLOSED = "closed"


class CampaignMove(StrEnum):
    """What takes a campaign on."""

    START = "start"
    """Settings and rules are fixed, reviewers may be given dossiers."""
    CLOSE = "close"
    """Nothing is given out any more; refused while reviews are open."""


CAMPAIGN_MOVES: Mapping[tuple[CampaignState, CampaignMove], CampaignState] = {
    (CampaignState.PLANNED, CampaignMove.START): CampaignState.RUNNING,
    (CampaignState.RUNNING, CampaignMove.CLOSE): CampaignState.CLOSED,
}
"""Every move there is. What is not here is refused."""


def campaign_moved(state: CampaignState, move: CampaignMove) -> CampaignState:
    """The state after a move; StateConflict where there is no such move from here."""
    after = CAMPAIGN_MOVES.get((state, move))
    if after is None:
        raise StateConflict(state=state.value)
    return after


class Settings(BaseModel):
    """What a campaign decides by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    party_date_rule: PartyDateRule
    graduate_rule: GraduateRule
    requires_training: tuple[TrainingKind, ...] = Field(max_length=5)
    training_dossiers: int = Field(ge=0, le=1000, strict=True)
    queue: Queue


@dataclass(frozen=True)
class DueDays:
    """Within how many calendar days a sheet is to be handed in, and a dossier that was taken up to be tabled."""

    first_review: int
    second_review: int


@dataclass(frozen=True)
class Weights:
    """Points of expected difficulty, each for one of what it names."""

    per_page: int
    per_undated_material: int
    per_refused_material: int
    per_missing_category: int
    per_gap: int
    key_categories: tuple[str, ...]


@dataclass(frozen=True)
class Team:
    """A working group and the states of dossiers that wait for it."""

    kind: TeamKind
    zh: str
    en: str
    states: frozenset[Progress]


@dataclass(frozen=True)
class CampaignRules:
    """What an office may change about campaigns; `digest` is that of the file's very text."""

    defaults: Settings
    due: DueDays
    weights: Weights
    teams: tuple[Team, ...]
    digest: str


def may_give_out(state: CampaignState) -> None:
    """Reviewers are given dossiers, or taken off them, only while a campaign runs."""
    if state is not CampaignState.RUNNING:
        raise StateConflict(state=state.value)


def may_change_scope(state: CampaignState) -> None:
    """Dossiers may come in until the campaign is closed."""
    if state is CampaignState.CLOSED:
        raise StateConflict(state=state.value)


def waiting_for(teams: Collection[Team], counts: Mapping[Progress, int]) -> dict[TeamKind, int]:
    """How many dossiers wait for each working group."""
    return {team.kind: sum(counts.get(state, 0) for state in team.states) for team in teams}
