"""Education and degrees (学历学位): the highest recognised stage, full-time and in service, and what was written up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.domain.claim import Claim
from services.audit.domain.determination import Determination, Disagreement, Finding, FindingCode, Status
from services.audit.domain.determine_dates import compatible
from services.audit.domain.determine_outcome import Case, Verdict, conclude
from services.audit.domain.education_stages import Paper, Stage, on_false_grounds, plain, stages_of
from services.audit.domain.facts import EducationRecord


@dataclass(frozen=True)
class _Judged:
    """A stage, full-time or not (None: nobody can tell), and whether it was entered on one that was refused."""

    stage: Stage
    full_time: bool | None
    on_false_grounds: bool

    @property
    def recognised(self) -> bool:
        return self.stage.standing == "recognised" and not self.on_false_grounds and self.full_time is not None

    @property
    def open(self) -> bool:
        """Not to be counted, nor to be ruled out: verified first, or for the meeting."""
        standing = self.stage.standing
        return standing in ("awaiting", "stated_only") or (standing == "recognised" and not self.recognised)


def determine_education(case: Case) -> Determination:
    """The record for the forms; nothing where an open stage might outrank what is recognised."""
    claims = sorted((*case.claims, *_refused(case)), key=lambda claim: (claim.order[0], claim.evidence.title, claim.id))
    stages, unknown = stages_of(claims, case.rules.education)
    stated, stages = _written_up(stages)
    false = on_false_grounds(stages)
    judged = [_Judged(one, one.full_time(case.context.employed), any(one is bad for bad in false)) for one in stages]
    findings = (*(found for one in judged for found in _findings(one)), *stated)
    against = {ident for found in findings if found.code in _ERRORS for ident in found.claims}
    disagreeing = tuple(
        Disagreement(claim, cause=None if claim.altered == "none" else "alteration")
        for claim in case.claims
        if claim.id in against or claim.altered != "none"
    )
    return conclude(case, _verdict(case, judged, findings, bool(disagreeing)), disagreeing, unknown)


_ERRORS: frozenset[FindingCode] = frozenset(
    {
        "level_overstated",
        "part_time_as_full_time",
        "degree_not_conferred",
        "training_as_education",
        "entry_qualification_false",
        "not_recognised",
        "foreign_not_certified",
    }
)
"""低填高, 在职填全日制, 无学位填有学位, 培训填为学历 (SEU form), 不符合报考条件 (seed 000), not recognised."""


def _refused(case: Case) -> list[Claim]:
    """Refused certificates do not count, and what was entered on them must be seen."""
    return [claim for claim in case.set_aside if claim.excluded in ("not_recognised", "forged")]


def _written_up(stages: Sequence[Stage]) -> tuple[tuple[Finding, ...], tuple[Stage, ...]]:
    """低填高: a level that only forms state, of a school whose papers show a lower one that ended at the same time."""
    found: list[Finding] = []
    kept: list[Stage] = []
    for stage in stages:
        lower = next((other for other in stages if _same_study(stage, other)), None)
        if lower is None:
            kept.append(stage)
            continue
        ids = tuple(paper.claim.id for paper in stage.papers)
        found.append(Finding("level_overstated", f"{stage.school}{lower.level.zh}填为{stage.level.zh}", ids))
    return tuple(found), tuple(kept)


def _same_study(stated: Stage, shown: Stage) -> bool:
    if stated.proofs or not shown.proofs or stated.level.order <= shown.level.order:
        return False
    ends = [paper.value.ends for paper in stated.papers if paper.value.ends]
    same_end = shown.ends is not None and any(compatible(shown.ends, end) for end in ends)
    return plain(stated.school) == plain(shown.school) and same_end


def _findings(one: _Judged) -> list[Finding]:
    stage = one.stage
    name = f"{stage.school}{stage.level.zh}"
    ids = tuple(paper.claim.id for paper in stage.papers)
    standing: dict[str, tuple[FindingCode, str]] = {
        "awaiting": ("awaiting_verification", f"{name}尚无学历认证报告"),
        "refused": ("not_recognised", f"{name}未获认可"),
        "training": ("training_as_education", f"{name}仅有培训材料，不是学历"),
        "uncertified": ("foreign_not_certified", f"{name}缺少教育部留学服务中心认证"),
        "stated_only": ("without_evidence", f"{name}没有材料佐证"),
    }
    found = [Finding(*standing[stage.standing], ids)] if stage.standing in standing else []
    if one.on_false_grounds:
        found.append(Finding("entry_qualification_false", f"{name}：前一学历未获认可，不符合报考条件", ids))
    if stage.standing not in ("recognised", "awaiting"):
        return found
    if missing := stage.missing_parts:
        found.append(Finding("set_incomplete", f"{name}缺少{'、'.join(missing)}", ids))
    if not stage.usual_length:
        found.append(Finding("duration_unusual", f"{name}学习年限异常", ids))
    if one.full_time is None and stage.standing == "recognised":
        found.append(Finding("mode_unknown", f"{name}无法判定是否全日制", ids))
    return [*found, *_misstated(one, name)]


def _misstated(one: _Judged, name: str) -> list[Finding]:
    """What forms, or papers against better evidence, say too much of a stage."""
    full = [paper for paper in one.stage.papers if paper.value.full_time and one.full_time is False]
    degree = [paper for paper in one.stage.statements if paper.value.degree and one.stage.degree is None]
    found: list[Finding] = []
    if full:
        found.append(Finding("part_time_as_full_time", f"{name}在职填为全日制", _ids(full)))
    if degree:
        found.append(Finding("degree_not_conferred", f"{name}无学位材料而填有学位", _ids(degree)))
    return found


def _ids(papers: Sequence[Paper]) -> tuple[str, ...]:
    return tuple(paper.claim.id for paper in papers)


def _verdict(case: Case, judged: Sequence[_Judged], findings: tuple[Finding, ...], differs: bool) -> Verdict:
    best = {mode: _highest(judged, mode) for mode in (True, False)}
    if not judged or any(_may_outrank(one, best) for one in judged if one.open):
        return Verdict(Status.UNDETERMINED, findings=findings)
    full, part = best[True], best[False]
    value = EducationRecord(
        full_time=full.stage.shown(True) if full else None, in_service=part.stage.shown(False) if part else None
    )
    leading = max((one for one in (full, part) if one), key=lambda one: one.stage.level.order, default=None)
    basis = leading.stage.proofs[0].claim if leading else None
    status = Status.PROPOSED if differs or leading is None else Status.CONSISTENT
    written = "；".join(one.stage.level.zh for one in (full, part) if one) or "无"
    return Verdict(status, value, basis, case.rule("education_set"), findings=findings, written=written)


def _highest(judged: Sequence[_Judged], full_time: bool) -> _Judged | None:
    mine = [one for one in judged if one.recognised and one.full_time is full_time]
    return max(mine, key=lambda one: one.stage.level.order, default=None)


def _may_outrank(one: _Judged, best: dict[bool, _Judged | None]) -> bool:
    modes = (True, False) if one.full_time is None else (one.full_time,)
    found = [best[mode] for mode in modes]
    return any(other is None or one.stage.level.order > other.stage.level.order for other in found)
