"""Reads `rules/identity.toml` strictly into the rules of who is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain.identity import COUNTED, IdentityRules, Part

RULES_FILE = Path(__file__).with_name("rules") / "identity.toml"

Points = Annotated[int, Field(ge=0, le=100)]


class _NamePoints(RuleModel):
    same_name: Points
    other_name: Points
    same_sound: Points


class _Points(RuleModel):
    native_place: Points
    birth_date: Points
    work_start_date: Points
    party_join_date: Points
    schools: Points
    units: Points
    family: Points


class _SamePerson(RuleModel):
    needed: Annotated[int, Field(ge=1, le=len(COUNTED))]
    doubt_months: Annotated[int, Field(ge=0, le=12)]


class _Search(RuleModel):
    most_candidates: Annotated[int, Field(ge=1, le=200)]


class IdentityFile(RuleModel):
    """The whole file."""

    name_points: _NamePoints
    points: _Points
    same_person: _SamePerson
    search: _Search

    @model_validator(mode="after")
    def _a_full_match_is_a_hundred(self) -> IdentityFile:
        total = self.name_points.same_name + sum(self.points.model_dump().values())
        if total != 100:
            raise RuleFault(["points"], f"they add up to {total} with same_name", "Let them add up to 100.")
        if not self.name_points.same_name >= self.name_points.other_name >= self.name_points.same_sound:
            raise RuleFault(["name_points"], "a lesser match has more points", "Order them as they stand there.")
        return self

    def rules(self, digest: str) -> IdentityRules:
        """The rules in the words of the domain."""
        names, points = self.name_points, self.points.model_dump()
        return IdentityRules(
            name_points={
                "same_name": names.same_name,
                "other_name": names.other_name,
                "same_sound": names.same_sound,
            },
            points={part: points[part.value] for part in Part},
            needed=self.same_person.needed,
            doubt_months=self.same_person.doubt_months,
            most_candidates=self.search.most_candidates,
            digest=digest,
        )


def load_identity_rules(path: Path = RULES_FILE) -> IdentityRules:
    """The rules of who is meant; RuleFileInvalid names file, line, key and cure."""
    rules, digest = load_rules(path, IdentityFile)
    return rules.rules(digest)
