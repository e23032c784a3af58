"""What one person finds of a dossier before an appointment, fact by fact (任前审核登记表).

Two persons, one after the other; the second has the last word (初审, 复审). 谁审核、谁签字、谁负责.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.problems import FieldFault, ValidationFailed
from services.audit.domain.facts import AuditFact

Consistent = Literal["yes", "no", "cannot_tell"]
IssueKind = Literal[
    "inconsistent",
    "alteration",
    "false_statement",
    "forgery",
    "removal",
    "misfiled",
    "missing",
    "doubtful",
    "inaccurate",
    "determination_irregular",
]
"""What is wrong: 信息不一致, 涂改, 虚填, 伪造材料, 撤换, 错装, 缺失, 真实性存疑, 信息不准, 认定说明不符合规定."""

MAIN_FACTS = (
    AuditFact.BIRTH_DATE,
    AuditFact.WORK_START_DATE,
    AuditFact.PARTY_JOIN_DATE,
    AuditFact.EDUCATION,
    AuditFact.WORK_EXPERIENCE,
    AuditFact.CADRE_IDENTITY,
)
"""三龄二历一身份: an examination says something of each."""
STAGES = 2


@dataclass(frozen=True)
class FactExamined:
    """What was found of one fact; `issue` where it is not consistent."""

    fact: AuditFact
    consistent: Consistent
    issue: IssueKind | None = None


def check_examined(facts: Sequence[FactExamined]) -> None:
    """Each of the main facts once, and an issue exactly where something is not consistent; all faults together."""
    faults: list[FieldFault] = []
    named = [one.fact for one in facts]
    for at, one in enumerate(facts):
        if one.fact in named[:at]:
            faults.append(FieldFault(f"/facts/{at}/fact", "duplicate"))
        if one.consistent == "no" and one.issue is None:
            faults.append(FieldFault(f"/facts/{at}/issue", "required"))
        if one.consistent == "yes" and one.issue is not None:
            faults.append(FieldFault(f"/facts/{at}/issue", "contradiction", {"other": f"/facts/{at}/consistent"}))
    if missing := [fact.value for fact in MAIN_FACTS if fact not in named]:
        faults.append(FieldFault("/facts", "facts-missing", {"facts": ", ".join(missing)}))
    if faults:
        raise ValidationFailed(errors=faults)


def outcome_of(facts: Sequence[FactExamined]) -> Literal["approved", "rejected"]:
    """Without a problem only where every fact is consistent; what cannot be told is a problem."""
    return "approved" if all(one.consistent == "yes" for one in facts) else "rejected"
