"""The papers that a life leaves behind: which materials its dossier holds, made when, and how many pages each has."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cli.sample.careers import Life
from cli.sample.model import Material, Post, School
from cli.sample.months import AS_OF, first_of, plus_months, some_day
from cli.sample.vocabulary import Vocabulary

_CIVIL_SERVICE_LAW = 2006  # the law's year; who was in office then was registered within two years
_CIVIL_SERVANTS = frozenset({"party", "discipline", "office", "bureau", "town", "township"})


@dataclass(frozen=True)
class _Made:
    kind: str
    on: date
    remark: str | None = None


def paper_trail(rng: random.Random, words: Vocabulary, life: Life, unit_kind: str) -> tuple[Material, ...]:
    """All materials of this life in the order of their making; none is older than the event it tells of."""
    made = [
        *_schooling(rng, life),
        *_entering(rng, life, unit_kind),
        *_party_papers(rng, life),
        *_yearly(rng, life),
        *_career_papers(rng, life),
        *_rare_papers(rng, life, unit_kind),
    ]
    past = sorted((paper for paper in made if paper.on <= AS_OF), key=lambda paper: (paper.on, paper.kind))
    return tuple(_material(rng, words, life, paper) for paper in past)


def _material(rng: random.Random, words: Vocabulary, life: Life, made: _Made) -> Material:
    paper = words.papers[made.kind]
    told_of = made.on.year - 1 if made.kind == "annual_assessment" else made.on.year
    return Material(
        kind=made.kind,
        title=paper.title.format(year=told_of, party=life.party[:2]),
        category=paper.category,
        formed_on=_as_dated(rng, made.on),
        page_count=rng.randint(*paper.pages),
        remark=made.remark,
    )


def _as_dated(rng: random.Random, day: date) -> str:
    """The date as the paper gives it: old papers often name only the month, some only the year."""
    if day.year < 2000:
        form = rng.choices(["%Y-%m-%d", "%Y-%m", "%Y"], [70, 25, 5])[0]
    else:
        form = rng.choices(["%Y-%m-%d", "%Y-%m"], [92, 8])[0]
    return day.strftime(form)


def _near(rng: random.Random, month: date, within: int = 1) -> date:
    return some_day(rng, plus_months(month, rng.randint(0, within)))


def _schooling(rng: random.Random, life: Life) -> Iterator[_Made]:
    for school in life.schools:
        ended = first_of(school.until)
        if school.kind == "senior":
            yield _Made("school_leaver", _near(rng, ended, 0))
            continue
        yield _Made(f"graduate_{school.kind}", _near(rng, ended, 0))
        yield _Made("school_marks", _near(rng, ended, 0))
        if school.degree is not None:
            yield _Made("degree", _near(rng, ended, 0), remark="复制件")


def _entering(rng: random.Random, life: Life, unit_kind: str) -> Iterator[_Made]:
    start = life.work_start
    if life.served is not None:
        enlisted, released = life.served
        yield _Made("enlisted", enlisted)
        yield _Made("demobilised", released)
        start = released
    else:
        yield _Made("health_check", start)
        if _left_school_lately(life.schools[0:2], start):
            yield _Made("report_slip", start)
    month = date(start.year, start.month, 1)
    if unit_kind not in _CIVIL_SERVANTS:
        yield _Made("employed", _near(rng, month))
    elif start.year >= _CIVIL_SERVICE_LAW:
        yield _Made("hired", _near(rng, month))
    else:
        yield _Made("civil_servant", _near(rng, date(_CIVIL_SERVICE_LAW, 6, 1), 24))
    after_a_year = plus_months(month, 12)
    yield _Made("probation_assessment", _near(rng, after_a_year))
    yield _Made("regularised", _near(rng, plus_months(after_a_year, 1)))


def _left_school_lately(schools: tuple[School, ...], start: date) -> bool:
    return any(school.kind != "senior" and start.year == first_of(school.until).year for school in schools)


def _party_papers(rng: random.Random, life: Life) -> Iterator[_Made]:
    league = date(life.birth_date.year + rng.randint(15, 17), 5, 1)
    if rng.random() < 0.75:
        yield _Made("league_application", _near(rng, league))
    if life.party_applied is None or life.party_date is None:
        return
    joined = date(life.party_date.year, life.party_date.month, 1)
    if life.party != "中共党员":
        yield _Made("democratic_party", life.party_date)
        return
    yield _Made("autobiography", life.party_applied)
    yield _Made("party_request", life.party_applied)
    yield _Made("party_candidate", _near(rng, plus_months(joined, -2), 0))
    yield _Made("political_review", _near(rng, plus_months(joined, -1), 0))
    yield _Made("party_application", life.party_date)
    yield _Made("party_full_member", _near(rng, plus_months(joined, 12), 0))


def _yearly(rng: random.Random, life: Life) -> Iterator[_Made]:
    begins = life.work_start if life.served is None else life.served[1]
    for year in range(begins.year + 1, AS_OF.year):
        if rng.random() < 0.35:
            yield _Made("annual_assessment", _near(rng, date(year + 1, 1, 1)))
        if (year - begins.year) % 5 == 0:
            yield _Made("wage_change", _near(rng, date(year, 7, 1), 3))


def _career_papers(rng: random.Random, life: Life) -> Iterator[_Made]:
    for post in life.posts[1:]:
        if _needs_appointment(post):
            yield _Made("appointment", _near(rng, first_of(post.since), 0), remark="附考察材料")
    begins = life.work_start.year
    for year in (begins + 1, 1999, 2015):
        if begins < year <= AS_OF.year:
            yield _Made("resume_form", _near(rng, date(year, 3, 1), 6))
    if begins < 2016:
        yield _Made("special_audit", _near(rng, date(2016, 3, 1), 12))


def _needs_appointment(post: Post) -> bool:
    return post.rank in {"股级", "副科级", "正科级"}


def _rare_papers(rng: random.Random, life: Life, unit_kind: str) -> Iterator[_Made]:
    begins, ends = life.work_start.year + 3, AS_OF.year - 1
    if begins >= ends:
        return

    def sometime(first: int = begins) -> date:
        return _near(rng, date(rng.randint(min(first, ends), ends), rng.randint(1, 11), 1))

    if life.party == "中共党员" and life.party_date is not None and rng.random() < 0.3:
        yield _Made("award_party", sometime(max(begins, life.party_date.year + 2)))
    for kind, chance in (("award_work", 0.35), ("training", 0.5), ("abroad", 0.04)):
        if rng.random() < chance:
            yield _Made(kind, sometime())
    if life.posts[-1].rank == "正科级" and life.party == "中共党员":
        yield _Made("congress", date(2021, 9, rng.randint(1, 28)))
    if unit_kind in {"school", "hospital"}:
        yield _Made("title_review", sometime())
        yield _Made("paper_list", sometime())
    if rng.random() < 0.03:
        punished = sometime()
        yield _Made("discipline", punished)
        yield _Made("discipline_lifted", _near(rng, plus_months(punished, 12), 0))
