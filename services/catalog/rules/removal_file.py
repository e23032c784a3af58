"""Reads `removal.toml` strictly."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from chassis.rules import RuleModel, load_rules
from services.catalog.domain.removal import RemovalRules

_REMOVAL = Path(__file__).with_name("removal.toml")


class RemovalFile(RuleModel):
    """`removal.toml`, as written."""

    approver_role: Literal["leader"]
    due_days: int = Field(ge=1, le=365)
    keep_years: int = Field(ge=1, le=100)

    def rules(self) -> RemovalRules:
        """The domain's view of the file."""
        return RemovalRules(self.approver_role, self.due_days, self.keep_years)


def load_removal(path: Path = _REMOVAL) -> tuple[RemovalRules, str]:
    """The rules of removals and the digest of their file; RuleFileInvalid when it is at fault."""
    read, digest = load_rules(path, RemovalFile)
    return read.rules(), digest
