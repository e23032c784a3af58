"""Words that the forms of a special audit share: values by month, statements in a row, who signed and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from chassis.unit_of_work import SHANGHAI
from contracts.documents import Signer
from contracts.values.partial_date import PartialDate
from services.audit.domain.alteration import Verdict
from services.audit.domain.claim_words import date_said, said
from services.audit.domain.determination import Status
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.facts import (
    FACT_ZH,
    AuditFact,
    Career,
    ClaimValue,
    DateClaim,
    EducationClaim,
    Lines,
    PartyClaim,
)
from services.audit.domain.handling import MEANS_ZH, VERDICT_ZH
from services.audit.domain.progress import Progress
from services.audit.domain.review import Issue
from services.audit.store.adjudications import value_of
from services.audit.store.claims import KnownClaim
from services.audit.store.on_paper import OnPaper
from services.audit.store.tables_adjudication import DecisionOnFact
from services.audit.store.tables_alteration import AlterationRow

DECIDED: Final = frozenset(
    {
        Progress.FEEDBACK,
        Progress.FEEDBACK_SIGNED,
        Progress.FEEDBACK_DISPUTED,
        Progress.AUTHORITY_APPROVED,
        Progress.FILED,
        Progress.BOUND,
    }
)
"""The meeting has decided on every fact."""
ANSWERED: Final = DECIDED - {Progress.FEEDBACK}
"""The person has been told, and has answered."""
APPROVED: Final = frozenset({Progress.AUTHORITY_APPROVED, Progress.FILED, Progress.BOUND})
UNSETTLED: Final = frozenset({Progress.PLANNED, Progress.FIRST_REVIEW, Progress.COMPARE})
"""No second reviewer has taken it up: nothing is settled, and the first reviewers' sheets may be closed."""

PARTY_DATE_RULE_ZH: Final = {
    "by_period": "按入党时所处时期的党龄计算规定确定",
    "branch_meeting": "各时期均按《入党志愿书》支部大会通过时间确定",
}
ISSUE_ZH: Final = {
    "alteration": "涂改",
    "false_statement": "虚填",
    "forgery": "伪造材料",
    "removal": "撤换材料",
    "misfiled": "错装",
    "missing": "缺失",
    "doubtful": "真实性存疑",
}
_MEETING: Final[tuple[str, ...]] = ("meeting", "superior")
_COMMUNIST: Final = ("中国共产党", "中共")


def state_of(one: OnPaper) -> Progress:
    """Where the dossier stands."""
    return Progress(one.dossier.state)


def month(value: ClaimValue | None) -> str:
    """A value as registers write it: `1968.03`; of the party the month of joining, or another party's name."""
    match value:
        case DateClaim():
            return _month(value.date)
        case PartyClaim():
            return _month(value.join_date) if value.join_date else value.party
        case _:
            return ""


def _month(day: PartialDate) -> str:
    return day.value[:7].replace("-", ".")


def political_status(value: ClaimValue | None) -> str:
    """政治面貌 as far as a party was determined."""
    if not isinstance(value, PartyClaim):
        return ""
    return "中共党员" if value.party.startswith(_COMMUNIST) else value.party


def education(stage: EducationClaim | None) -> str:
    """Level, degree and school."""
    if stage is None:
        return ""
    return f"{stage.level or ''}{stage.degree or ''}（{stage.school}）"


def lines(value: ClaimValue | None) -> str:
    """Several words, such as titles."""
    return "、".join(value.lines) if isinstance(value, Lines) else ""


def post_of(one: OnPaper) -> tuple[str, str]:
    """Unit and post that run on, as the résumé was settled; the posts are the catalog's, so they may not be known."""
    row = one.facts.get(AuditFact.WORK_EXPERIENCE)
    value = value_of(row) if row else None
    held = [segment for segment in value.segments if segment.ends is None] if isinstance(value, Career) else []
    units = "、".join(dict.fromkeys(segment.unit for segment in held))
    return units, "、".join(f"{segment.unit}{segment.post or ''}" for segment in held)


def post_and_title(one: OnPaper) -> str:
    """工作单位及职务（职称）."""
    row = one.facts.get(AuditFact.PROFESSIONAL_TITLE)
    title = lines(value_of(row)) if row else ""
    return post_of(one)[1] + (f"（{title}）" if title else "")


def on_fact(one: OnPaper, fact: AuditFact) -> list[KnownClaim]:
    """The claims on a fact, in order of their materials."""
    held = [claim for claim in one.claims.values() if claim.row.fact == fact.value and claim.row.withdrawn_at is None]
    return sorted(held, key=lambda claim: claim.claim(lambda _: None).order)


def stated(claim: KnownClaim) -> str:
    """`1970.03（《招工登记表》1986.07，有涂改）`."""
    formed = date_said(claim.formed_on).zh if claim.formed_on else "未署日期"
    altered = "" if claim.row.altered == "none" else "，有涂改"
    return f"{said(claim.value).zh}（《{claim.title}》{formed}{altered}）"


def proposed_and_decided(steps: Sequence[DecisionOnFact]) -> tuple[DecisionOnFact | None, DecisionOnFact | None]:
    """What went before the last meeting, and what it (or the superior after it) decided; None where it has not."""
    last = next((at for at in range(len(steps) - 1, -1, -1) if steps[at].stage in _MEETING), None)
    if last is None:
        return (steps[-1] if steps else None), None
    before = [step for step in steps[:last] if step.stage not in _MEETING]
    return (before[-1] if before else None), steps[last]


def signers(one: OnPaper) -> list[Signer]:
    """The two first reviewers, in the order in which they handed in."""
    return [Signer(name=one.names.get(review.account_id, ""), on=day_of(review.submitted_on)) for review in one.pair]


def second_signer(one: OnPaper) -> Signer:
    """The second reviewer, with the day on which the last fact was settled before the meeting."""
    review = one.second_review
    if review is None:
        return Signer()
    settled = [
        step.decided_at
        for steps in one.steps.values()
        for step in steps
        if step.stage not in _MEETING and step.decided_by == review.account_id
    ]
    return Signer(name=one.names.get(review.account_id, ""), on=day_of(max(settled, default=review.taken_up_at)))


def day_of(at: Any) -> str | None:
    """A moment's day in China."""
    return at.astimezone(SHANGHAI).date().isoformat() if at else None


def answer(one: OnPaper) -> tuple[str, str | None]:
    """What the person said, and on which day they signed; nothing until it is recorded."""
    feedback = one.feedback
    if feedback is None or state_of(one) not in ANSWERED:
        return "", None
    met = feedback.met_on.isoformat()
    told = f"{PartialDate(value=met).chinese}由{feedback.organisation}反馈"
    if feedback.outcome == "refused":
        return f"{told}，本人拒绝签字，见证人：{'、'.join(feedback.witnesses)}。", None
    if feedback.outcome == "disputed":
        return f"{told}，本人有异议：{(feedback.statement or '').rstrip('。')}。", None
    return f"{told}，本人已签字确认。", met


def issues(one: OnPaper) -> list[str]:
    """Problems beside what a fact's records say: alterations that are registered, and papers at fault."""
    titles = {claim.row.material_id: claim.title for claim in one.claims.values() if claim.row.material_id}
    found = [altered(row) for row in one.alterations]
    for review in one.pair:
        for entry in review.sheet.facts:
            found += [_issue(issue, entry.fact, titles) for issue in entry.issues if issue.kind in _OF_PAPERS]
    return list(dict.fromkeys(found))


_OF_PAPERS: Final = ("forgery", "removal", "misfiled", "missing", "doubtful")


def _issue(issue: Issue, fact: AuditFact, titles: Mapping[str, str]) -> str:
    title = titles.get(issue.material_id) if issue.material_id else None
    measure = f"，拟处理意见：{issue.measure}" if issue.measure else ""
    return f"{f'《{title}》' if title else ''}{FACT_ZH[fact]}：{ISSUE_ZH[issue.kind]}{measure}。"


def altered(row: AlterationRow) -> str:
    """`《招工登记表》出生日期处有涂改（描改），现记载为…`."""
    before = f"涂改前记载为{row.read_before}" if row.read_before else "涂改前无法辨认"
    verdict = VERDICT_ZH[Verdict(row.verdict)]
    where = f"《{row.material_title}》{FACT_ZH[AuditFact(row.fact)]}处有涂改（{MEANS_ZH[row.means]}）"
    return f"{where}，现记载为{row.reads_now}，{before}，认定结论：{verdict}。"


def agrees(row_status: str, result: ResultKept) -> bool | None:
    """记载是否一致: None where the records cannot tell."""
    if result.disagreeing:
        return False
    if row_status == Status.CONSISTENT.value or (result.basis_claim_id and not result.cannot_tell_claim_ids):
        return True
    return None


def joined(parts: Iterable[str]) -> str:
    """Sentences of one cell."""
    return "；".join(part.rstrip("。；") for part in parts if part)
