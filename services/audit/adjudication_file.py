"""Reads `rules/adjudication.toml` strictly into the domain's rules of what follows both first reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from chassis.rules import RuleModel, load_rules
from services.audit.domain.adjudication import AdjudicationRules

RULES_FILE = Path(__file__).with_name("rules") / "adjudication.toml"

Persons = Annotated[int, Field(ge=1, le=50)]


class _File(RuleModel):
    least_present: Persons
    witnesses: Persons
    investigators: Persons
    feedback_rounds: Annotated[int, Field(ge=1, le=20)]
    spot_check_percent: Annotated[int, Field(ge=1, le=100)]


def load_adjudication_rules(path: Path = RULES_FILE) -> AdjudicationRules:
    """The rules of second review, meeting, feedback and approval; RuleFileInvalid names file, line, key and cure."""
    read, digest = load_rules(path, _File)
    return AdjudicationRules(**read.model_dump(), digest=digest)
