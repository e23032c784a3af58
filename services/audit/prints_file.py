"""Reads `rules/prints.toml` strictly into the words of the forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

from pydantic import Field, StringConstraints, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from services.audit.domain.handling import Handling, MeasureFor, PrintRules

RULES_FILE = Path(__file__).with_name("rules") / "prints.toml"

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class _Handling(RuleModel):
    measure: Text
    responsible: Text


class PrintsFile(RuleModel):
    """The whole file."""

    handling: dict[MeasureFor, _Handling]
    missing: dict[Code, Text] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> PrintsFile:
        if lacking := sorted(set(get_args(MeasureFor)).difference(self.handling)):
            raise RuleFault(["handling"], f"{lacking[0]} is not there", "Say what is done about each kind of problem.")
        return self


def load_print_rules(path: Path = RULES_FILE) -> PrintRules:
    """The words; RuleFileInvalid names file, line, key and cure."""
    rules, digest = load_rules(path, PrintsFile)
    handling: dict[MeasureFor, Handling] = {
        kind: Handling(one.measure, one.responsible) for kind, one in rules.handling.items()
    }
    return PrintRules(handling, rules.missing, digest)
