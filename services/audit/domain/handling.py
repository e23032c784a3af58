"""How the problems of a dossier are handled (档案问题处理意见): each with its cause, its measure, and who does it.

Issues are recorded one by one with cause and proposed measure (seeds 000 and 002). The kinds are those of a special
audit: 涂改造假, 信息不一致, 重要材料缺失, and what is still open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import Inquiry
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import Status
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.determine_words import CAUSE_ZH, written
from services.audit.domain.facts import FACT_ZH, AuditFact, ClaimValue

MeasureFor = Literal["settled", "undetermined", "slip", "falsified", "altered", "missing", "investigated"]

MEANS_ZH: Final = {
    "correction_fluid": "涂改液覆盖",
    "overwriting": "描改",
    "erasing": "擦除",
    "scraping": "刮改",
    "bleaching": "药水褪色",
    "other": "其他方式",
}
VERDICT_ZH: Final = {Verdict.SLIP: "笔误", Verdict.FALSIFIED: "造假", Verdict.UNDETERMINED: "尚未认定"}
CONSEQUENCE_ZH: Final = {
    "public_investigation": "公开查处",
    "disqualified": "取消任职资格",
    "points_deducted": "量化考核扣分",
    "discipline": "处分",
    "correction": "纠正",
}
_INQUIRY_ZH: Final[Mapping[Inquiry, str]] = {"verified": "已核实", "not_verifiable": "无法核实"}
# What a paragraph ends with once it has said what the materials say: that stands under the measure.
_PROPOSAL = re.compile(r"(依据[^。]*[，,])?(提请集体研究，)?拟认定[^。]*。$")
_OPEN = re.compile(r"无规则可以直接认定，提请集体研究。.*$")


@dataclass(frozen=True)
class Handling:
    """What an office does about one kind of problem, and who is responsible where nobody is named."""

    measure: str
    responsible: str


@dataclass(frozen=True)
class PrintRules:
    """Words of the forms that an office may choose. `missing`: names by gap rule of the catalog."""

    handling: Mapping[MeasureFor, Handling]
    missing: Mapping[str, str]
    digest: str

    def missing_name(self, rule: str, years: Sequence[int] = ()) -> str:
        """The name of what is missing with its years: `《年度考核表》（2019、2020年）`."""
        name = f"《{self.missing.get(rule, rule)}》"
        return name + (f"（{'、'.join(map(str, sorted(years)))}年）" if years else "")


@dataclass(frozen=True)
class Problem:
    """A line of the form."""

    kind: str
    problem: str
    cause: str
    measure: str
    responsible: str
    due_on: date | None = None
    outcome: str = ""


@dataclass(frozen=True)
class Altered:
    """An alteration as the form needs it; `consequences` are codes of what followed."""

    fact: AuditFact
    material: str
    formed_on: PartialDate | None
    means: str
    reads_now: str
    read_before: str | None
    verdict: Verdict
    confirmed_by: str | None
    consequences: Sequence[str] = ()


@dataclass(frozen=True)
class Inquired:
    """An inquiry; `investigators` are names, as far as known."""

    question: str
    unit_visited: str
    investigators: Sequence[str]
    due_on: date
    result: Inquiry | None
    evidence: Sequence[str]


def settled_problem(
    fact: AuditFact, status: Status, value: ClaimValue | None, cause: str | None, result: ResultKept, rules: PrintRules
) -> Problem | None:
    """A fact on which the materials do not agree, or that cannot be settled; None for a consistent one."""
    if status is Status.CONSISTENT and result.status is Status.CONSISTENT:
        return None
    open_still = status is Status.UNDETERMINED
    handling = rules.handling["undetermined" if open_still else "settled"]
    decided = f"{FACT_ZH[fact]}{'已' if status is Status.DETERMINED else '拟'}认定为{written(value)}。" if value else ""
    return Problem(
        kind=_kind_of(cause, open_still, result),
        problem=_OPEN.sub("", _PROPOSAL.sub("", result.paragraph)) or result.paragraph,
        cause=CAUSE_ZH.get(cause or "", ""),
        measure=f"{decided}{handling.measure}",
        responsible=handling.responsible,
        outcome="已批准" if status is Status.DETERMINED else "",
    )


def _kind_of(cause: str | None, open_still: bool, result: ResultKept) -> str:
    if cause == "alteration":
        return "涂改造假"
    if not open_still:
        return "信息不一致"
    told = result.disagreeing or result.cannot_tell_claim_ids or result.findings
    return "真实性存疑" if told else "缺少依据"


def alteration_problem(found: Altered, rules: PrintRules) -> Problem:
    """An alteration on a paper, until it is confirmed and after."""
    formed = f"（{found.formed_on.chinese}形成）" if found.formed_on else ""
    before = f"，涂改前为“{found.read_before}”" if found.read_before else "，涂改前无法辨认"
    handling = rules.handling[_measure_of(found)]
    followed = "、".join(CONSEQUENCE_ZH[kind] for kind in found.consequences)
    return Problem(
        kind="涂改造假" if found.verdict is Verdict.FALSIFIED else "涂改",
        problem=f"《{found.material}》{formed}{FACT_ZH[found.fact]}有涂改，现记载为“{found.reads_now}”{before}",
        cause=f"{MEANS_ZH[found.means]}，{VERDICT_ZH[found.verdict]}",
        measure=handling.measure,
        responsible=found.confirmed_by or handling.responsible,
        outcome="；".join(filter(None, ["组织已确认" if found.confirmed_by else "待组织确认", followed])),
    )


def _measure_of(found: Altered) -> MeasureFor:
    if found.verdict is Verdict.FALSIFIED:
        return "falsified"
    return "slip" if found.verdict is Verdict.SLIP else "altered"


def missing_problem(rule: str, years: Sequence[int], rules: PrintRules) -> Problem:
    """A required material that the dossier lacks."""
    handling = rules.handling["missing"]
    return Problem(
        kind="材料缺失",
        problem=f"缺少{rules.missing_name(rule, years)}",
        cause="短缺",
        measure=handling.measure,
        responsible=handling.responsible,
    )


def investigation_problem(asked: Inquired, rules: PrintRules) -> Problem:
    """A question that was asked outside the dossier, and what came of it."""
    handling = rules.handling["investigated"]
    came = _INQUIRY_ZH[asked.result] if asked.result else "尚未办结"
    evidence = f"（{'、'.join(asked.evidence)}）" if asked.evidence else ""
    return Problem(
        kind="调查核实",
        problem=asked.question,
        cause="",
        measure=f"到{asked.unit_visited}调查核实。{handling.measure}",
        responsible="、".join(asked.investigators) or handling.responsible,
        due_on=asked.due_on,
        outcome=f"{came}{evidence}",
    )
