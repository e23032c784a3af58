"""Claims in words, Chinese first: what a paper says, of when it is, and why two papers cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from contracts.problems import Text
from contracts.values.partial_date import PartialDate
from services.audit.domain.agreement import Doubt
from services.audit.domain.claim import Claim
from services.audit.domain.facts import (
    ClaimValue,
    DateClaim,
    EducationClaim,
    IdentityClaim,
    PartyClaim,
    PostClaim,
    TextClaim,
)

_MOST_PAPERS: Final = 5
"""Papers that a sentence names; of more it tells the number."""

DOUBTS: Final[dict[Doubt, Text]] = {
    "lunar": Text("按农历记载，换算为公历须经认定", "a lunar date, whose conversion is to be determined"),
    "qualified": Text("日期存疑或为约数", "a date noted as doubtful or approximate"),
    "partial": Text("只记到年份", "a date known to the year only"),
    "other_step": Text("所记的入党环节不同", "different steps into the party"),
}
_ROUTES: Final = {
    "graduate": Text("毕业生转正定级", "graduate, confirmed in grade"),
    "demobilised_officer": Text("军队转业干部", "demobilised officer"),
    "returned_student": Text("留学回国人员接收", "returned student"),
    "recruited": Text("录用（吸收）为干部", "recruited as a cadre"),
    "open_examination": Text("公开招考", "open examination"),
    "contract": Text("聘用制干部", "cadre by contract"),
}
_STEPS: Final = {
    "join_date": Text("入党", "joined"),
    "branch_meeting": Text("支部大会通过", "branch meeting"),
    "committee_approval": Text("上级党委批准", "committee approval"),
    "full_member": Text("转正", "full member"),
}


class Pair(NamedTuple):
    """A word in both languages, not yet inside a sentence."""

    zh: str
    en: str


def date_said(date: PartialDate) -> Pair:
    """`1968.03`; a lunar date as the paper has it, with its conversion; `1970（存疑）`."""
    if date.calendar == "lunar":
        return Pair(
            f"{date.as_written}（农历，换算{date.dotted}）", f"{date.as_written} (lunar, {date.dotted} converted)"
        )
    if date.qualifier == "approximate":
        return Pair(f"约{date.dotted}", f"about {date.dotted}")
    if date.qualifier == "uncertain":
        return Pair(f"{date.dotted}（存疑）", f"{date.dotted} (uncertain)")
    return Pair(date.dotted, date.dotted)


def said(value: ClaimValue) -> Pair:
    """What a paper says, on one line."""
    match value:
        case DateClaim():
            return date_said(value.date)
        case PartyClaim():
            return _listed(Pair(value.party, value.party), *_steps(value))
        case EducationClaim():
            return _listed(*map(_plain, (value.school, value.level, value.degree)), _mode(value), _period(value))
        case PostClaim():
            return _listed(*map(_plain, (value.unit, value.post)), _period(value))
        case IdentityClaim():
            route = _ROUTES[value.route]
            return _listed(Pair(route.zh, route.en), date_said(value.date) if value.date else None)
        case TextClaim():
            return Pair(value.text, value.text)
        case _:
            raise TypeError("a claim's value is one of the known kinds")


def paper(claim: Claim) -> Pair:
    """`《入团志愿书》（1984.05）`, with what is wrong at the place."""
    formed = claim.evidence.formed_on
    dated = date_said(formed) if formed else Pair("未注明日期", "undated")
    marks = {"none": Pair("", ""), "altered": Pair("，有涂改", ", altered"), "unreadable": Pair("，涂改", ", altered")}
    mark = marks[claim.altered]
    title = claim.evidence.title
    return Pair(f"《{title}》（{dated.zh}{mark.zh}）", f"《{title}》 ({dated.en}{mark.en})")


def papers(claims: Sequence[Claim]) -> Pair:
    """Several papers, each title once in a row; of many only the first, and how many there are."""
    shown = [next(alike) for _, alike in groupby(map(paper, claims))][:_MOST_PAPERS]
    zh, en = "、".join(one.zh for one in shown), ", ".join(one.en for one in shown)
    if len(claims) > _MOST_PAPERS:
        return Pair(f"{zh}等{len(claims)}处", f"{en} and others, {len(claims)} places in all")
    return Pair(zh, en)


def apart(months: int) -> Pair:
    """`晚24个月`: how far a date lies after (or before) the other; nothing for none."""
    if months == 0:
        return Pair("", "")
    return Pair(f"，{'晚' if months > 0 else '早'}{abs(months)}个月", f", {abs(months)} months {_side(months)}")


def _side(months: int) -> str:
    return "later" if months > 0 else "earlier"


def _steps(value: PartyClaim) -> list[Pair]:
    told: list[Pair] = []
    for member, word in _STEPS.items():
        date = getattr(value, member)
        if date is not None:
            when = date_said(date)
            told.append(Pair(f"{word.zh}{when.zh}", f"{word.en} {when.en}"))
    return told


def _mode(value: EducationClaim) -> Pair | None:
    if value.full_time is None:
        return None
    return Pair("全日制", "full-time") if value.full_time else Pair("在职", "in service")


def _period(value: EducationClaim | PostClaim) -> Pair | None:
    begins = date_said(value.begins) if value.begins else Pair("", "")
    ends = date_said(value.ends) if value.ends else Pair("", "")
    if value.begins is None and value.ends is None:
        return None
    return Pair(f"{begins.zh}—{ends.zh}", f"{begins.en}–{ends.en}")


def _plain(word: str | None) -> Pair | None:
    return Pair(word, word) if word else None


def _listed(*words: Pair | None) -> Pair:
    told = [word for word in words if word is not None]
    return Pair("，".join(word.zh for word in told), ", ".join(word.en for word in told))
