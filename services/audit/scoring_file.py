"""Reads `rules/scoring.toml` strictly into the rubric."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain.clearance import Words
from services.audit.domain.scoring import Deduction, Item, Rubric

RULES_FILE = Path(__file__).with_name("rules") / "scoring.toml"


def _exact(value: Any) -> Any:
    # 0.1 of the file means a tenth, not the binary fraction nearest to it.
    return Decimal(str(value)) if isinstance(value, float) else value


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Points = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=1000, decimal_places=2)]


class _Named(RuleModel):
    id: Code
    zh: Text
    en: Text

    def words(self) -> Words:
        return Words(self.zh, self.en)


class _Item(_Named):
    points: Points
    cap: Points


class _Deduction(_Named):
    item: Code
    points: Points


class _Grades(RuleModel):
    excellent_from: Points
    qualified_from: Points


class ScoringFile(RuleModel):
    """The whole file."""

    grades: _Grades
    item: list[_Item] = Field(min_length=1)
    deduction: list[_Deduction] = Field(min_length=1)
    veto: list[_Named] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> ScoringFile:
        for name, entries in (("item", self.item), ("deduction", self.deduction), ("veto", self.veto)):
            ids = [entry.id for entry in entries]
            if twice := {one for one in ids if ids.count(one) > 1}:
                raise RuleFault([name], f"{sorted(twice)[0]} stands there twice", "Give each its own id.")
        items = {item.id for item in self.item}
        for at, deduction in enumerate(self.deduction):
            if deduction.item not in items:
                raise RuleFault(["deduction", at, "item"], "no such item", "Name one of the items.")
        for at, item in enumerate(self.item):
            if item.cap > item.points:
                raise RuleFault(["item", at, "cap"], "above the item's points", "Take off no more than there is.")
        full = sum(item.points for item in self.item)
        if full != 100:
            raise RuleFault(["item"], f"the items add up to {full}", "They add up to 100.")
        if not self.grades.qualified_from < self.grades.excellent_from <= full:
            raise RuleFault(["grades"], "the grades are not in order", "qualified_from is below excellent_from.")
        return self

    def rubric(self, digest: str) -> Rubric:
        """The rubric in the words of the domain."""
        return Rubric(
            items={one.id: Item(one.id, one.points, one.cap, one.words()) for one in self.item},
            deductions={one.id: Deduction(one.id, one.item, one.points, one.words()) for one in self.deduction},
            vetoes={one.id: one.words() for one in self.veto},
            excellent_from=self.grades.excellent_from,
            qualified_from=self.grades.qualified_from,
            digest=digest,
        )


def load_rubric(path: Path = RULES_FILE) -> Rubric:
    """The rubric; RuleFileInvalid names file, line, key and cure."""
    rules, digest = load_rules(path, ScoringFile)
    return rules.rubric(digest)
