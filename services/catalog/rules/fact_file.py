"""Reads `facts.toml` strictly, once a process."""

import re
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from chassis.patterns import PatternText
from chassis.rules import RuleModel, load_rules
from contracts.events.catalog import KinRelation
from services.catalog.domain.fact_checks import FactRules

_FILE = Path(__file__).with_name("facts.toml")


class _Ages(RuleModel):
    work_start: int = Field(ge=0, le=60)
    party: int = Field(ge=0, le=60)


class _Appellation(RuleModel):
    pattern: PatternText
    relation: KinRelation


class _Words(RuleModel):
    closed: list[Literal["ethnicity", "party", "health", "rank", "education", "degree", "assessment"]]


class FactFile(RuleModel):
    """The file as it is written."""

    least_age: _Ages
    usual_age: _Ages
    words: _Words
    appellation: list[_Appellation] = Field(min_length=1)

    def rules(self) -> FactRules:
        """What the domain reads."""
        return FactRules(
            self.least_age.model_dump(),
            self.usual_age.model_dump(),
            tuple((re.compile(row.pattern), row.relation) for row in self.appellation),
            frozenset(self.words.closed),
        )


def load_fact_rules(path: Path = _FILE) -> FactRules:
    """Read the file; RuleFileInvalid when it is at fault."""
    return load_rules(path, FactFile)[0].rules()


@cache
def fact_rules() -> FactRules:
    """The rules of this deployment; the service reads them when it is made, so that a fault stops the start."""
    return load_fact_rules()
