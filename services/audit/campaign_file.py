"""Reads `rules/campaign.toml` strictly into the domain's rules of campaigns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain.campaign import CampaignRules, DueDays, Settings, Team, TeamKind, Weights
from services.audit.domain.progress import Progress

RULES_FILE = Path(__file__).with_name("rules") / "campaign.toml"

Days = Annotated[int, Field(ge=1, le=3660)]
Points = Annotated[int, Field(ge=0, le=10_000)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Category = Annotated[str, StringConstraints(pattern=r"^(10|[1-9])(-[1-9])?$")]


class _Difficulty(RuleModel):
    per_page: Points
    per_undated_material: Points
    per_refused_material: Points
    per_missing_category: Points
    per_gap: Points
    key_categories: tuple[Category, ...] = Field(min_length=1)


class _Due(RuleModel):
    first_review: Days
    second_review: Days


class _Team(RuleModel):
    kind: TeamKind
    zh: Label
    en: Label
    states: tuple[Progress, ...] = Field(min_length=1)


class _File(RuleModel):
    defaults: Settings
    due: _Due
    difficulty: _Difficulty
    team: tuple[_Team, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> _File:
        kinds: set[str] = set()
        states: set[Progress] = set()
        for number, team in enumerate(self.team):
            if team.kind in kinds or states & set(team.states):
                raise RuleFault(
                    ("team", number), "a group or a state stands twice", "Let each dossier wait for one group."
                )
            kinds.add(team.kind)
            states |= set(team.states)
        return self


def load_campaign_rules(path: Path = RULES_FILE) -> CampaignRules:
    """The rules of campaigns; RuleFileInvalid names file, line, key and cure."""
    read, digest = load_rules(path, _File)
    return CampaignRules(
        defaults=read.defaults,
        due=DueDays(read.due.first_review, read.due.second_review),
        weights=Weights(**read.difficulty.model_dump()),
        teams=tuple(Team(team.kind, team.zh, team.en, frozenset(team.states)) for team in read.team),
        digest=digest,
    )
