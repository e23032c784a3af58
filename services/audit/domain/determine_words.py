"""The words of a determination, as the forms write them (认定表: 审核中发现的问题及审核意见, 拟认定意见)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Disagreement, Finding, Prior, Status, months_zh
from services.audit.domain.determine_rules import Rule
from services.audit.domain.facts import (
    FACT_ZH,
    AuditFact,
    Career,
    ClaimValue,
    DateClaim,
    EducationClaim,
    EducationRecord,
    IdentityClaim,
    Lines,
    PartyClaim,
    PostClaim,
    TextClaim,
)

DIRECTION_ZH = {"overstated": "填大", "understated": "填小"}
CAUSE_ZH = {
    "alteration": "涂改造假",
    "false_statement": "虚填",
    "lunar_solar": "阴阳历差异",
    "nominal_age": "虚实岁差异",
    "slip": "笔误",
}
ROUTE_ZH = {
    "graduate": "统招毕业生转正定级",
    "demobilised_officer": "军队转业干部",
    "returned_student": "留学回国人员",
    "recruited": "吸收录用干部",
    "open_examination": "公开招考",
    "contract": "聘用制干部",
}


@dataclass(frozen=True)
class Told:
    """What the paragraph is made of."""

    fact: AuditFact
    status: Status
    value: str | None
    basis: Claim | None
    disagreeing: Sequence[Disagreement]
    cannot_tell: Sequence[Claim]
    rule: Rule | None
    collective: bool
    findings: Sequence[Finding]
    claims: Sequence[Claim]
    kept: ClaimValue | None
    prior: Prior | None


def written(value: ClaimValue) -> str:
    """A value as a sentence has it: `1968年3月`."""
    match value:
        case DateClaim():
            return value.date.chinese_explained if value.date.qualifier else value.date.chinese
        case PartyClaim():
            return _party(value)
        case EducationClaim():
            return "".join(part for part in (_period(value.begins, value.ends), value.school, _degree(value)) if part)
        case PostClaim():
            return f"{_period(value.begins, value.ends)}{value.unit}{value.post or ''}"
        case IdentityClaim():
            return ROUTE_ZH[value.route] + (f"（{value.date.chinese}）" if value.date else "")
        case TextClaim():
            return value.text
        case EducationRecord():
            return _education(value)
        case Career():
            return "；".join(written(segment) for segment in value.segments)
        case Lines():
            return "、".join(value.lines)
        case _:
            raise TypeError(type(value).__name__)


def _degree(value: EducationClaim) -> str:
    return "".join(part for part in (value.level, value.degree) if part)


def _period(begins: PartialDate | None, ends: PartialDate | None) -> str:
    if begins is None and ends is None:
        return ""
    return f"{begins.dotted if begins else ''}—{ends.dotted if ends else ''}"


def _education(value: EducationRecord) -> str:
    kept = (("全日制", value.full_time), ("在职", value.in_service))
    return "，".join(f"{way}{_degree(stage)}（{stage.school}）" for way, stage in kept if stage) or "无"


def _party(value: PartyClaim) -> str:
    if value.join_date:
        return value.join_date.chinese
    steps = (
        ("支部大会", value.branch_meeting),
        ("上级党委批准", value.committee_approval),
        ("转正", value.full_member),
    )
    return "、".join(f"{name}{date.chinese}" for name, date in steps if date) or value.party


def material(claim: Claim) -> str:
    """A material as a sentence names it: `《入团志愿书》（1984年5月形成）`."""
    formed = claim.evidence.formed_on
    about = [f"{formed.chinese}形成" if formed else "未署日期"] + ["有涂改"] * (claim.altered != "none")
    return f"《{claim.evidence.title}》（{'，'.join(about)}）"


def paragraph(told: Told) -> str:
    """The text for the form: what the materials say, the rule, and what is proposed."""
    name = FACT_ZH[told.fact]
    if not told.claims and told.value is None:
        return f"档案中没有关于{name}的有效记载，暂不认定。{_kept(told)}"
    remarks = "".join(f"{finding.zh}。" for finding in told.findings)
    if told.value is None:
        stated = "；".join(f"{material(claim)}记载为{written(claim.value)}" for claim in told.claims)
        return f"档案中关于{name}的记载：{stated}。{remarks}无规则可以直接认定，提请集体研究。{_kept(told)}"
    if told.status is Status.DETERMINED and told.prior:
        return (
            f"{name}已于{told.prior.approved_on.chinese}经组织认定为{told.value}。"
            f"{_differences(told)}沿用原认定。{remarks}"
        )
    if told.status is Status.CONSISTENT:
        return f"档案中关于{name}的记载一致，为{told.value}{_earliest(told)}。{remarks}"
    return f"{_basis(told)}{_differences(told)}{remarks}{_cited(told)}{_proposal(told)}{name}为{told.value}。"


def _kept(told: Told) -> str:
    stays = f"现用的{written(told.kept)}暂予保留，" if told.kept else ""
    return f"{stays}任前审核暂缓。"


def _earliest(told: Told) -> str:
    return f"，最早见于{material(told.basis)}" if told.basis else ""


def _basis(told: Told) -> str:
    head = f"档案中关于{FACT_ZH[told.fact]}的记载不一致：" if told.disagreeing else ""
    return f"{head}{material(told.basis)}记载为{written(told.basis.value)}。" if told.basis else head


def public_source(source: str | None) -> str:
    """The documents that a rule names; an office's own notes are not quoted on a form."""
    named = (part.strip().removesuffix("(U)").strip() for part in (source or "").split("；"))
    return "；".join(part for part in named if part and not part.startswith("seed"))


def _cited(told: Told) -> str:
    if told.rule is None:
        return ""
    named = public_source(told.rule.source)
    return f"{f'依据{named}：' if named else ''}{told.rule.zh}，"


def _proposal(told: Told) -> str:
    return "提请集体研究，拟认定" if told.collective else "拟认定"


def _differences(told: Told) -> str:
    """Every other statement, those that say the same together."""
    groups: dict[str, list[Disagreement]] = {}
    for found in told.disagreeing:
        groups.setdefault(written(found.claim.value), []).append(found)
    lines = [f"{_materials(found.claim for found in same)}记载为{said}{_off(same)}" for said, same in groups.items()]
    if told.cannot_tell:
        lines.append(f"{_materials(told.cannot_tell)}的记载无法比较")
    return "；".join(lines) + "。" if lines else ""


def _materials(claims: Iterable[Claim]) -> str:
    return "、".join(material(claim) for claim in claims)


def _off(same: Sequence[Disagreement]) -> str:
    first = same[0]
    off = ""
    if first.direction:
        side = "早" if (first.direction == "overstated") else "晚"
        by = f"{side}{months_zh(first.months)}" if first.months is not None else "月份不详"
        off = f"，{by}，属{DIRECTION_ZH[first.direction]}"
    causes = dict.fromkeys(CAUSE_ZH[found.cause] for found in same if found.cause)
    return off + (f"，疑为{'、'.join(causes)}" if causes else "")
