"""All that an office may change about audits: one member a rule file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

from services.audit.adjudication_file import load_adjudication_rules
from services.audit.appraisal_file import load_rulebook
from services.audit.campaign_file import load_campaign_rules
from services.audit.clearance_file import load_clearance_rules
from services.audit.determination_file import load_determination_rules
from services.audit.domain.adjudication import AdjudicationRules
from services.audit.domain.campaign import CampaignRules
from services.audit.domain.clearance import ClearanceRules
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.handling import PrintRules
from services.audit.domain.identity import IdentityRules
from services.audit.domain.report_rules import ReportRules
from services.audit.domain.rulebook import Rulebook
from services.audit.domain.scoring import Rubric
from services.audit.identity_file import load_identity_rules
from services.audit.prints_file import load_print_rules
from services.audit.report_file import load_report_rules
from services.audit.scoring_file import load_rubric


@dataclass(frozen=True)
class AuditRules:
    """The rule files as the domain reads them; each names the digest of its very text."""

    adjudication: AdjudicationRules
    appraisal: Rulebook
    campaign: CampaignRules
    clearance: ClearanceRules
    determination: DeterminationRules
    identity: IdentityRules
    prints: PrintRules
    report: ReportRules
    scoring: Rubric

    @property
    def digest(self) -> str:
        """One digest for all of them, which a campaign keeps from its start."""
        told = "\n".join(f"{member.name} {getattr(self, member.name).digest}" for member in fields(self))
        return hashlib.sha256(told.encode()).hexdigest()


def load_audit_rules() -> AuditRules:
    """Every rule file of this service; RuleFileInvalid names file, line, key and cure."""
    return AuditRules(
        adjudication=load_adjudication_rules(),
        appraisal=load_rulebook(),
        campaign=load_campaign_rules(),
        clearance=load_clearance_rules(),
        determination=load_determination_rules(),
        identity=load_identity_rules(),
        prints=load_print_rules(),
        report=load_report_rules(),
        scoring=load_rubric(),
    )
