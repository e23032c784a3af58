"""All that an office may change about audits: one member a rule file."""

from __future__ import annotations

from dataclasses import dataclass

from services.audit.appraisal_file import load_rulebook
from services.audit.clearance_file import load_clearance_rules
from services.audit.determination_file import load_determination_rules
from services.audit.domain.clearance import ClearanceRules
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.rulebook import Rulebook
from services.audit.domain.scoring import Rubric
from services.audit.scoring_file import load_rubric


@dataclass(frozen=True)
class AuditRules:
    """The rule files as the domain reads them; each names the digest of its very text."""

    appraisal: Rulebook
    clearance: ClearanceRules
    determination: DeterminationRules
    scoring: Rubric


def load_audit_rules() -> AuditRules:
    """Every rule file of this service; RuleFileInvalid names file, line, key and cure."""
    return AuditRules(
        appraisal=load_rulebook(),
        clearance=load_clearance_rules(),
        determination=load_determination_rules(),
        scoring=load_rubric(),
    )
