"""Reads `rules/report.toml` strictly into the groups of ranks of a campaign's report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain.clearance import Words
from services.audit.domain.report_rules import RankGroup, ReportRules

RULES_FILE = Path(__file__).with_name("rules") / "report.toml"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class _Rank(RuleModel):
    id: Id
    zh: Text
    en: Text
    words: tuple[Text, ...]


class ReportFile(RuleModel):
    """The whole file."""

    rest: Id
    rank: tuple[_Rank, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> ReportFile:
        ids = [one.id for one in self.rank]
        if self.rest not in ids:
            raise RuleFault(["rest"], "no such group", "Name one of the groups.")
        seen: set[str] = set()
        for at, one in enumerate(self.rank):
            if ids.index(one.id) != at:
                raise RuleFault(["rank", at, "id"], f"{one.id} stands there twice", "Give each its own id.")
            if seen.intersection(one.words) or len(set(one.words)) != len(one.words):
                raise RuleFault(["rank", at, "words"], "a word stands there twice", "Let each rank be of one group.")
            seen.update(one.words)
        return self


def load_report_rules(path: Path = RULES_FILE) -> ReportRules:
    """The groups of ranks; RuleFileInvalid names file, line, key and cure."""
    read, digest = load_rules(path, ReportFile)
    groups = tuple(RankGroup(one.id, Words(one.zh, one.en), one.words) for one in read.rank)
    return ReportRules(groups, read.rest, digest)
