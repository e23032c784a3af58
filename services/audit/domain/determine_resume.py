"""The résumé (工作经历): contiguous by month, and every segment borne out by a material (seed 002)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Context, Determination, Disagreement, Finding, Status, months_zh
from services.audit.domain.determine_dates import month_of
from services.audit.domain.determine_outcome import Case, Verdict, conclude
from services.audit.domain.facts import Career, PostClaim


@dataclass(frozen=True)
class _Segment:
    """A segment of the résumé in months from year 0; `last` belongs to it. None: the month is not known."""

    claim: Claim
    post: PostClaim
    first: int | None
    last: int | None


def determine_resume(case: Case) -> Determination:
    """The résumé of the latest form that states one, against what the other materials bear out.

    Segment after segment and month after month with evidence for each: consistent. A gap, an overlap of two
    units or a segment without evidence: the person supplies and the unit certifies, and nothing is determined.
    """
    posts = [(claim, claim.value) for claim in case.claims if isinstance(claim.value, PostClaim)]
    stated = _stated(case, posts)
    mine = {one.claim.id for one in stated}
    others = [(claim, post) for claim, post in posts if claim.id not in mine]
    proof = [(claim, post) for claim, post in others if claim.counts and claim.evidence.kind in case.rules.resume_proof]
    findings = (*_joints(stated), *_unproved(stated, [post for _, post in proof]))
    disagreeing = tuple(Disagreement(claim) for claim, post in others if _contradicts(post, stated))
    altered = tuple(Disagreement(claim, cause="alteration") for claim, _ in posts if claim.altered != "none")
    told = (*(found for found in disagreeing if found.claim.altered == "none"), *altered)
    if not stated or findings or told:
        return conclude(case, Verdict(Status.UNDETERMINED, findings=findings), told)
    value = Career(segments=tuple(segment.post for segment in stated))
    return conclude(case, Verdict(Status.CONSISTENT, value, stated[0].claim, case.rule("continuity")))


def _stated(case: Case, posts: Sequence[tuple[Claim, PostClaim]]) -> list[_Segment]:
    """The segments of the latest dated form that states a résumé, in their order in time."""
    forms = [
        (claim, post)
        for claim, post in posts
        if claim.counts and claim.evidence.formed_on and claim.evidence.kind in case.rules.resume_stated
    ]
    if not forms:
        return []
    latest = max((claim.order[0], claim.evidence.material_id or claim.evidence.title) for claim, _ in forms)
    mine = [
        _segment(claim, post, case.context)
        for claim, post in forms
        if (claim.order[0], claim.evidence.material_id or claim.evidence.title) == latest
    ]
    return sorted(mine, key=lambda one: (one.post.begins.value, one.post.unit, one.claim.id))


def _segment(claim: Claim, post: PostClaim, context: Context) -> _Segment:
    running = context.on.year * 12 + context.on.month - 1
    return _Segment(claim, post, _month(post.begins), running if post.ends is None else _month(post.ends))


def _month(date: PartialDate) -> int | None:
    return None if date.qualifier else month_of(date)


def _joints(stated: Sequence[_Segment]) -> tuple[Finding, ...]:
    """Gaps and overlaps between a segment and what came before it; an unknown month cannot be joined."""
    found: list[Finding] = []
    reached: int | None = None
    for segment in stated:
        ids = (segment.claim.id,)
        if segment.first is None or segment.last is None:
            found.append(Finding("month_unknown", f"{segment.post.unit}的起止月份不详", ids))
            continue
        if reached is not None and segment.first > reached + 1:
            months = segment.first - reached - 1
            found.append(Finding("gap", f"{segment.post.begins.dotted}以前间断{months_zh(months)}", ids, months))
        if reached is not None and segment.first < reached:
            months = reached - segment.first
            found.append(
                Finding("overlap", f"{segment.post.begins.dotted}起与前一段重叠{months_zh(months)}", ids, months)
            )
        reached = segment.last if reached is None else max(reached, segment.last)
    return tuple(found)


def _unproved(stated: Sequence[_Segment], proof: Sequence[PostClaim]) -> tuple[Finding, ...]:
    open_ = [segment for segment in stated if not any(_bears_out(post, segment) for post in proof)]
    return tuple(
        Finding("without_evidence", f"{one.post.begins.dotted}起在{one.post.unit}的经历缺少佐证", (one.claim.id,))
        for one in open_
    )


def _bears_out(post: PostClaim, segment: _Segment) -> bool:
    """Whether a paper of the same unit begins within the segment."""
    return _plain(post.unit) == _plain(segment.post.unit) and _touches(post, segment)


def _touches(post: PostClaim, segment: _Segment) -> bool:
    begins = month_of(post.begins)
    if segment.first is None or segment.last is None or begins is None:
        return False
    ends = begins if post.ends is None else month_of(post.ends)
    return begins <= segment.last and (begins if ends is None else ends) >= segment.first


def _contradicts(post: PostClaim, stated: Sequence[_Segment]) -> bool:
    """Whether a paper names a unit in a month of which every segment names another."""
    touched = [segment for segment in stated if _touches(post, segment)]
    return bool(touched) and all(_plain(segment.post.unit) != _plain(post.unit) for segment in touched)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
