"""Reads `findings.toml` strictly."""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from chassis.patterns import RulePattern
from chassis.rules import RuleFault, RuleModel, load_rules
from services.catalog.domain.findings import CHECKS, FindingRule, FindingRules
from services.catalog.domain.scheme import Label

_FILE = Path(__file__).with_name("findings.toml")
_BRACES = re.compile(r"\{(\w+)\}")


class FindingEntry(RuleModel):
    """One code."""

    code: str = Field(pattern=r"^CAT-[0-9]{3}$")
    check: str
    jump: str = Field(pattern=r"^[a-z_]+$")
    severity: Literal["error", "warning", "hint"]
    source: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class FindingFile(RuleModel):
    """The whole file."""

    assessment_since: int = Field(ge=1949, le=2100)
    assessment_pattern: RulePattern
    finding: list[FindingEntry]

    @model_validator(mode="after")
    def _consistent(self) -> "FindingFile":
        codes: set[str] = set()
        for position, entry in enumerate(self.finding):
            keys = ("finding", position)
            if entry.code in codes:
                raise RuleFault((*keys, "code"), "两条同号 used twice", "每条用自己的号。Give each its own code.")
            if entry.check not in CHECKS:
                known = ", ".join(CHECKS)
                raise RuleFault((*keys, "check"), "没有此检查 no such check", f"可用 one of: {known}")
            if set(_BRACES.findall(entry.zh)) != set(_BRACES.findall(entry.en)):
                cure = "两种文字用同样的参数。Use the same parameters in both."
                raise RuleFault((*keys, "en"), "参数与中文不同 parameters differ", cure)
            codes.add(entry.code)
        return self


def load_findings(path: Path = _FILE) -> tuple[FindingRules, str]:
    """The catalogue of findings and the digest of its file; RuleFileInvalid when it is at fault."""
    read, digest = load_rules(path, FindingFile)
    rules = tuple(
        FindingRule(entry.code, entry.check, entry.jump, entry.severity, entry.source, Label(entry.zh, entry.en))
        for entry in read.finding
    )
    return FindingRules(rules, read.assessment_since, read.assessment_pattern), digest
