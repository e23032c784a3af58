"""The fact matrix: all that a person's papers say, by fact, in order of the papers' own dates.

The earliest record is marked (earliest-record rule, 组通字〔2006〕41号), conflicts are told in words, and what
cannot be compared stands apart from what differs: a doubt is no conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from contracts.problems import Text
from contracts.values.ternary import Ternary
from services.audit.domain.agreement import ONE_AT_A_TIME, Doubt, agree, doubts, of_one_matter
from services.audit.domain.claim import Claim
from services.audit.domain.claim_words import DOUBTS, Pair, apart, paper, papers, said
from services.audit.domain.determine_rules import EducationRules
from services.audit.domain.education_stages import entered_on_false_grounds
from services.audit.domain.facts import FACT_ZH, AuditFact, ClaimValue, DateClaim, PartyClaim

FindingKind = Literal["differs", "on_one_paper", "before_birth"]
FlagKind = Literal["entry_qualification_false"]
DoubtKind = Literal["undated", "unreadable", "order", Doubt]


@dataclass(frozen=True)
class Finding:
    """Claims that cannot all be true. `months` is how far the later-standing date lies after (negative: before) the
    one that it is held against; None where there is nothing to count."""

    kind: FindingKind
    claim_ids: tuple[str, ...]
    words: Pair
    months: int | None = None


@dataclass(frozen=True)
class Apart:
    """Claims of which nobody can tell whether they agree, or which is the earlier, and why."""

    kind: DoubtKind
    claim_ids: tuple[str, ...]
    words: Pair


@dataclass(frozen=True)
class Flag:
    """Claims that a reviewer must not take as they stand, and why."""

    kind: FlagKind
    claim_ids: tuple[str, ...]
    words: Pair


@dataclass(frozen=True)
class FactRow:
    """One fact. `earliest` is the first dated claim that is not excluded; `earliest_unaltered` the first of those
    whose place on the page shows no alteration."""

    fact: AuditFact
    claims: tuple[Claim, ...]
    earliest: str | None = None
    earliest_unaltered: str | None = None
    conflicts: tuple[Finding, ...] = ()
    cannot_tell: tuple[Apart, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class FactMatrix:
    """The rows in the order of the forms, and what does not fit across them."""

    rows: tuple[FactRow, ...] = ()
    across: tuple[Finding, ...] = field(default=())


def fact_matrix(claims: Iterable[Claim], education: EducationRules) -> FactMatrix:
    """Put a person's claims beside one another; the order in which they come makes no difference.

    `education` tells levels and papers apart, for degrees that were entered on a certificate that was refused.
    """
    ordered = sorted(claims, key=lambda claim: claim.order)
    by_fact = {fact: tuple(claim for claim in ordered if claim.fact is fact) for fact in AuditFact}
    rows = tuple(_row(fact, told) for fact, told in by_fact.items() if told)
    rows = tuple(
        replace(row, flags=_entered_falsely(row.claims, education)) if row.fact is AuditFact.EDUCATION else row
        for row in rows
    )
    return FactMatrix(rows, tuple(_before_birth(by_fact)))


def _row(fact: AuditFact, claims: tuple[Claim, ...]) -> FactRow:
    base = [claim for claim in claims if claim.excluded is None]
    dated = [claim for claim in base if claim.evidence.formed_on is not None]
    unaltered = [claim for claim in dated if claim.altered == "none"]
    readable = [claim for claim in base if claim.altered != "unreadable"]
    conflicts, apart_from = _compared(fact, readable)
    return FactRow(
        fact,
        claims,
        earliest=dated[0].id if dated else None,
        earliest_unaltered=unaltered[0].id if unaltered else None,
        conflicts=tuple(conflicts),
        cannot_tell=(*_undated(base), *_unreadable(base), *_order_unknown(dated), *apart_from),
    )


def _entered_falsely(claims: Sequence[Claim], education: EducationRules) -> tuple[Flag, ...]:
    """Every degree entered on a refused certificate (不符合报考条件取得上一级学历学位, seed 000), one flag a stage."""
    found: list[Flag] = []
    for stage in entered_on_false_grounds(claims, education):
        words = Pair(
            f"{stage.school}{stage.level.zh}：报考所凭学历未获认可，不符合报考条件。",
            f"{stage.school}, {stage.level.zh}: entered on an education that is not recognised.",
        )
        ids = tuple(paper.claim.id for paper in stage.papers if paper.claim.excluded is None)
        found.append(Flag("entry_qualification_false", ids, words))
    return tuple(found)


def _compared(fact: AuditFact, claims: Sequence[Claim]) -> tuple[list[Finding], list[Apart]]:
    """Each matter's claims against the one that would decide it: its earliest that is dated and unaltered."""
    conflicts: list[Finding] = []
    cannot_tell: list[Apart] = []
    for matter in _matters(fact, claims):
        first = next((one for one in matter if one.counts and one.evidence.formed_on), matter[0])
        others = [one for one in matter if one is not first]
        differing = [one for one in others if agree(first.value, one.value) is Ternary.NO]
        conflicts += [_differs(first, alike) for alike in _alike(differing)]
        conflicts += _on_one_paper(matter)
        doubtful = [one for one in others if agree(first.value, one.value) is Ternary.CANNOT_TELL]
        cannot_tell += [_doubtful(first, alike) for alike in _alike(doubtful)]
    return conflicts, cannot_tell


def _matters(fact: AuditFact, claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims that can differ: all of a fact of which there is one, else those of one stage, post or line."""
    if fact in ONE_AT_A_TIME:
        return [list(claims)] if claims else []
    matters: list[list[Claim]] = []
    for claim in claims:
        known = next((one for one in matters if of_one_matter(one[0].value, claim.value)), None)
        if known is None:
            matters.append([claim])
        else:
            known.append(claim)
    return matters


def _alike(claims: Sequence[Claim]) -> list[list[Claim]]:
    """The claims that say the same, together, each group where its first one stood."""
    groups: dict[Pair, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(said(claim.value), []).append(claim)
    return list(groups.values())


def _differs(first: Claim, others: Sequence[Claim]) -> Finding:
    months = months_between(first.value, others[0].value)
    held, told, these = said(first.value), said(others[0].value), papers(others)
    far, origin = apart(months or 0), paper(first)
    words = Pair(
        f"{origin.zh}记载{held.zh}，{these.zh}记载{told.zh}{far.zh}。",
        f"{origin.en} says {held.en}; {these.en}: {told.en}{far.en}.",
    )
    return Finding("differs", (first.id, *(one.id for one in others)), words, months)


def _on_one_paper(matter: Sequence[Claim]) -> list[Finding]:
    """Papers that contradict themselves: two places of one page, or of one material, say different things."""
    kept = sorted((one for one in matter if one.evidence.material_id), key=lambda one: one.evidence.material_id or "")
    found: list[Finding] = []
    for _, group in groupby(kept, key=lambda one: one.evidence.material_id):
        one, *rest = group
        differing = [other for other in rest if agree(one.value, other.value) is Ternary.NO]
        if differing:
            here, told = paper(one), [said(claim.value) for claim in (one, *differing)]
            zh, en = "、".join(word.zh for word in told), ", ".join(word.en for word in told)
            words = Pair(f"{here.zh}前后记载不一：{zh}。", f"{here.en} contradicts itself: {en}.")
            found.append(Finding("on_one_paper", (one.id, *(other.id for other in differing)), words))
    return found


def _doubtful(first: Claim, others: Sequence[Claim]) -> Apart:
    why = doubts(first.value, others[0].value)
    held, told, these, origin = said(first.value), said(others[0].value), papers(others), paper(first)
    words = Pair(
        f"无法比较：{origin.zh}记载{held.zh}，{these.zh}记载{told.zh}；{DOUBTS[why].zh}。",
        f"Cannot be compared: {origin.en} says {held.en}; {these.en}: {told.en}; {DOUBTS[why].en}.",
    )
    return Apart(why, (first.id, *(one.id for one in others)), words)


def _undated(claims: Sequence[Claim]) -> list[Apart]:
    text = Text("{papers}没有形成时间，不能排定先后。", "{papers}: not dated, so that they have no place in the order.")
    return _told("undated", [one for one in claims if one.evidence.formed_on is None], text)


def _unreadable(claims: Sequence[Claim]) -> list[Apart]:
    text = Text("{papers}原记载无法辨认，不作比较。", "{papers}: what stood there cannot be read; not compared.")
    return _told("unreadable", [one for one in claims if one.altered == "unreadable"], text)


def _order_unknown(dated: Sequence[Claim]) -> list[Apart]:
    """Claims that may be as early as the one that is marked, and do not say the same."""
    if not dated:
        return []
    first, formed = dated[0], dated[0].evidence.formed_on
    rivals = [
        one
        for one in dated[1:]
        if formed
        and one.evidence.formed_on
        and one.evidence.material_id != first.evidence.material_id
        and formed.before(one.evidence.formed_on) is Ternary.CANNOT_TELL
        and agree(first.value, one.value) is not Ternary.YES
    ]
    text = Text("{papers}孰先孰后不能断定。", "{papers}: which of them is the earlier cannot be told.")
    return _told("order", [first, *rivals], text) if rivals else []


def _told(kind: DoubtKind, claims: Sequence[Claim], text: Text) -> list[Apart]:
    if not claims:
        return []
    named = papers(claims)
    words = Pair(text.render("zh", {"papers": named.zh}), text.render("en", {"papers": named.en}))
    return [Apart(kind, tuple(one.id for one in claims), words)]


def _before_birth(by_fact: dict[AuditFact, tuple[Claim, ...]]) -> Iterable[Finding]:
    """Work or party before birth: of the papers that are held against one another, one is false."""
    for born in by_fact[AuditFact.BIRTH_DATE]:
        for fact in (AuditFact.WORK_START_DATE, AuditFact.PARTY_JOIN_DATE):
            early = [one for one in by_fact[fact] if _counted(born, one) and is_before_birth(born.value, one.value)]
            if early:
                birth, named, when = paper(born), papers(early), said(born.value)
                words = Pair(
                    f"{birth.zh}记载出生日期{when.zh}，晚于{named.zh}记载的{FACT_ZH[fact]}。",
                    f"{birth.en} says born {when.en}, which is after the {fact.value} of {named.en}.",
                )
                yield Finding("before_birth", (born.id, *(one.id for one in early)), words)


def _counted(*claims: Claim) -> bool:
    return all(claim.excluded is None and claim.altered != "unreadable" for claim in claims)


def is_before_birth(born: ClaimValue, then: ClaimValue) -> bool:
    """Whether a claim's dates lie before a birth date for certain."""
    if not isinstance(born, DateClaim):
        return False
    dates = [then.date] if isinstance(then, DateClaim) else []
    if isinstance(then, PartyClaim):
        steps = (then.join_date, then.branch_meeting, then.committee_approval, then.full_member)
        dates = [date for date in steps if date is not None]
    return any(date.before(born.date) is Ternary.YES for date in dates)


def months_between(first: ClaimValue, other: ClaimValue) -> int | None:
    """Months from the first statement's date to the other's; None unless both are known to the month."""
    if not (isinstance(first, DateClaim) and isinstance(other, DateClaim)):
        return None
    one, then = first.date, other.date
    if one.qualifier or then.qualifier or one.month is None or then.month is None:
        return None
    return 12 * (then.year - one.year) + then.month - one.month
