"""The facts of one cadre as an archivist enters them: 三龄, education, posts over time, family, assessments."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.sample.model import Kinship, Person, School, Unit
from cli.sample.months import AS_OF
from cli.sample.names import draw_name
from cli.sample.vocabulary import Vocabulary, vocabulary

Line = dict[str, Any]

_FIRST_ASSESSED = 1994
_YEARS_ASSESSED = 6
_MODE = {True: "full_time", False: "in_service"}
_APPELLATIONS = {
    ("spouse", "m"): "丈夫",
    ("spouse", "f"): "妻子",
    ("child", "m"): "儿子",
    ("child", "f"): "女儿",
    ("parent", "m"): "父亲",
    ("parent", "f"): "母亲",
    ("sibling", "m"): "兄弟",
    ("sibling", "f"): "姐妹",
}
_TITLES = {
    "school": (("二级教师", "junior", 0), ("一级教师", "intermediate", 8), ("高级教师", "deputy_senior", 18)),
    "hospital": (("住院医师", "junior", 0), ("主治医师", "intermediate", 8), ("副主任医师", "deputy_senior", 18)),
}
_SPECIALITIES = ("党务工作", "文字综合", "财务管理", "农业技术", "工程管理", "教学管理", "法律事务", "信息技术")


def facts_of(
    seed: int,
    person: Person,
    units: Mapping[str, Unit],
    relatives: Sequence[tuple[Kinship, Person]],
    id_of: Callable[[str], str],
) -> list[Line]:
    """Lines for `POST /v1/persons/{id}/facts`. `relatives` are those among the cadres, named by `id_of` a number."""
    rng, words = random.Random(f"{seed}:facts:{person.person_no}"), vocabulary()
    lines = [
        _line("birth_place", text=person.native_place),
        _line("work_start", date=person.work_start),
        _line("health", text="健康"),
        _line("speciality", text=rng.choice(_SPECIALITIES)),
        _line("id_number", id_number=person.id_number),
        _line("party", party=person.party, joined_on=person.party_date),
        *_education(person.schools),
        *_career(person, units),
        *_titles(person, units[person.unit].kind),
        *_assessments(rng, person),
    ]
    if rng.random() < 0.3:
        year = rng.randint(max(2000, int(person.work_start[:4]) + 3), AS_OF.year)
        lines.append(
            _line("reward", valid_from=f"{year}-02", type="reward", text="年度先进工作者", by="青岚县人民政府")
        )
    return [*lines, *_family(rng, words, person, units, relatives, id_of)]


def _line(kind: str, *, valid_from: str | None = None, valid_to: str | None = None, **value: Any) -> Line:
    told = {name: one for name, one in value.items() if one is not None}
    period = {"valid_from": valid_from, "valid_to": valid_to}
    return {"kind": kind, "value": told} | {name: one for name, one in period.items() if one}


def _education(schools: Sequence[School]) -> Iterator[Line]:
    for school in schools:
        period = {"valid_from": school.since, "valid_to": school.until}
        mode = _MODE[school.full_time]
        yield _line("education", mode=mode, level=school.level, school=school.name, **period)
        if school.degree:
            yield _line("degree", mode=mode, degree=school.degree, school=school.name, valid_to=school.until)


def _career(person: Person, units: Mapping[str, Unit]) -> Iterator[Line]:
    """The résumé from school on, the posts, and the ranks but the present one, which the card has."""
    for school in person.schools:
        if school.kind != "senior":
            text = f"{school.name}{'' if school.full_time else '（在职）'}学习"
            yield _line("resume", text=text, valid_from=school.since, valid_to=school.until)
    if person.work_start[:7] < person.posts[0].since:
        yield _line("resume", text="部队服役", valid_from=person.work_start[:7], valid_to=person.posts[0].since)
    for post in person.posts:
        period = {"valid_from": post.since, "valid_to": post.until}
        unit = units[post.unit].name
        yield _line("post", title=post.title, unit=unit, rank=post.rank, approved_by="中共青岚县委组织部", **period)
        yield _line("resume", text=f"{unit}{post.title}", **period)
        if post.rank != person.post.rank:
            yield _line("rank", text=post.rank, **period)


def _titles(person: Person, kind: str) -> Iterator[Line]:
    begins = int(person.work_start[:4])
    for text, level, after in _TITLES.get(kind, ()):
        if begins + after < AS_OF.year:
            yield _line("technical_title", text=text, level=level, valid_from=f"{begins + after + 1}-12")


def _assessments(rng: random.Random, person: Person) -> Iterator[Line]:
    first = max(_FIRST_ASSESSED, int(person.work_start[:4]) + 1, AS_OF.year - _YEARS_ASSESSED)
    for year in range(first, AS_OF.year):
        yield _line("assessment", year=year, grade="优秀" if rng.random() < 0.15 else "称职")


def _family(
    rng: random.Random,
    words: Vocabulary,
    person: Person,
    units: Mapping[str, Unit],
    relatives: Sequence[tuple[Kinship, Person]],
    id_of: Callable[[str], str],
) -> Iterator[Line]:
    """Spouse, child and parents: those among the cadres by their own card, the others drawn."""
    known = {(tie.relation, other.sex) for tie, other in relatives}
    for tie, other in relatives:
        work = f"{units[other.unit].name}{other.post.title}"
        yield _line(
            "family",
            appellation=_APPELLATIONS[tie.relation, other.sex],
            name=other.name,
            birth_date=other.birth_date,
            political_status=other.party,
            work=work,
            person_id=id_of(other.person_no),
        )
    born, spouse = int(person.birth_date[:4]), "f" if person.sex == "m" else "m"
    drawn: list[tuple[str, str, int, str]] = []
    if born <= AS_OF.year - 28 and ("spouse", spouse) not in known:
        drawn.append(("spouse", spouse, born + rng.randint(-3, 3), "青岚县某企业职工"))
    if born <= AS_OF.year - 30 and not {("child", "m"), ("child", "f")} & known:
        since = born + rng.randint(25, 29)
        drawn.append(("child", rng.choice("mf"), since, "学生" if since > AS_OF.year - 22 else "云州市某公司职员"))
    for sex in "mf":
        if ("parent", sex) not in known:
            then = born - rng.randint(23, 30)
            drawn.append(("parent", sex, then, "已去世" if then < 1940 else "青岚县农民"))
    for relation, sex, year, work in drawn:
        usual = [given for given in words.given_names if given.sex == sex]
        first, last = min(given.born_from for given in usual), max(given.born_to for given in usual)
        name = draw_name(rng, words, sex, min(max(year, first), last))
        if person.sex == "m" if relation == "child" else (relation, sex) == ("parent", "m"):
            name = person.name[0] + name[1:]
        yield _line(
            "family",
            appellation=_APPELLATIONS[relation, sex],
            name=name,
            birth_date=f"{year}-{rng.randint(1, 12):02d}",
            political_status="共青团员" if work == "学生" else "群众",
            work=work,
        )
