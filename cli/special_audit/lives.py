"""Draws the papers of one career, all of one mind, as they would stand in the dossier."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.special_audit.model import Json, Paper, Route, Said

RESUME, APPOINTMENT, ASSESSMENT = "干部履历表", "干部任免审批表", "2020年度考核登记表"
LEAGUE, SCHOOL_LEAVER, PARTY = "入团志愿书", "高中毕业生登记表", "入党志愿书"
ENTRY = {"graduate": "毕业生转正定级审批表", "soldier": "应征入伍登记表", "worker": "招工登记表"}
"""The paper by which each way into work is proved."""
LOWER_GRADUATION = "成人高等教育专科毕业生登记表"

_PARTY_NAME = "中国共产党"
_FORMED = {RESUME: "2018-05-20", APPOINTMENT: "2019-11-08", ASSESSMENT: "2021-01-15"}
_ARMY = "中国人民解放军某部"


def text_of(month: int) -> str:
    """A month as dates are written, `1987-05`."""
    year, rest = divmod(month, 12)
    return f"{year:04d}-{rest + 1:02d}"


def date_claim(month: int) -> Json:
    """A date to the month, as claims have it."""
    return {"type": "date", "date": {"value": text_of(month)}}


@dataclass(frozen=True)
class Life:
    """One career in months. `later` is when somebody who began without a degree studied beside work."""

    route: Route
    born: int
    works: int
    moves: int
    applies: int
    joins: int
    later: int
    units: tuple[str, str]
    schools: tuple[str, str]

    @property
    def leaves_school(self) -> int:
        """In July, at eighteen."""
        year = self.born // 12 + 18 + (self.born % 12 > 7)
        return year * 12 + 6


def draw_life(rng: random.Random, route: Route, units: Sequence[str], schools: Sequence[str]) -> Life:
    """A life that began early enough for every way into work, and is not retired yet."""
    born = rng.randint(1966 * 12, 1974 * 12 + 10)
    leaves = (born // 12 + 18 + (born % 12 > 7)) * 12 + 6
    works = {"graduate": leaves + 49, "soldier": leaves + 5, "worker": leaves + 3}[route]
    moves = works + rng.randint(40, 70)
    joins = works + rng.randint(24, 90)
    first, second = rng.sample(list(units), 2)
    one, other = rng.sample(list(schools), 2)
    later = ((works + 36) // 12 + rng.randint(1, 3)) * 12 + 8  # in September
    return Life(route, born, works, moves, joins - 14, joins, later, (first, second), (one, other))


def truth_of(life: Life, *, unqualified: bool) -> dict[str, list[Json]]:
    """What a careful audit recognises of each fact."""
    return {
        "birth_date": [date_claim(life.born)],
        "work_start_date": [date_claim(life.works)],
        "party_join_date": [_party_steps(life)],
        "education": [_senior(life)] if unqualified else [_study(life, "大学本科")],
        "work_experience": _posts(life),
        "cadre_identity": [_identity(life)],
    }


def papers_of(life: Life, *, unqualified: bool) -> tuple[Paper, ...]:
    """All papers of the dossier in the order of their dates; none contradicts another."""
    found = [*_youth(life), *_entry(life), *_party(life), *_education(life, unqualified=unqualified), *_forms(life)]
    return tuple(sorted(found, key=lambda paper: (paper.formed_on, paper.title)))


def _youth(life: Life) -> Iterator[Paper]:
    born = Said("birth_date", date_claim(life.born))
    joined = text_of((life.born // 12 + 16) * 12 + 4)
    yield Paper(LEAGUE, f"{joined}-04", "6", 4, (Said("birth_date", date_claim(life.born), signed=True),))
    yield Paper(SCHOOL_LEAVER, text_of(life.leaves_school), "4-1", 3, (born,))


def _entry(life: Life) -> Iterator[Paper]:
    starts = Said("work_start_date", date_claim(life.works))
    born = Said("birth_date", date_claim(life.born))
    first = Said("work_experience", {**_posts(life)[0], "ends": None})
    identity = Said("cadre_identity", _identity(life))
    day = f"{text_of(life.works)}-10"
    if life.route == "graduate":
        yield Paper("普通高等学校毕业生就业报到证", day, "9-2", 1, (starts,))
        yield Paper(ENTRY["graduate"], f"{text_of(life.works + 13)}-10", "9-2", 2, (born, starts, first, identity))
        return
    yield Paper(ENTRY[life.route], day, "9-2", 2, (born, starts, first))
    title = "军队转业干部审批表" if life.route == "soldier" else "录用干部审批表"
    yield Paper(title, f"{text_of(_became_cadre(life))}-15", "9-2", 2, (identity,))


def _became_cadre(life: Life) -> int:
    """A soldier when leaving the army, a worker in the year after the first post."""
    return life.moves if life.route == "soldier" else life.moves + 10 if life.route == "worker" else life.works + 13


def _identity(life: Life) -> Json:
    route = {"graduate": "graduate", "soldier": "demobilised_officer", "worker": "recruited"}[life.route]
    return {"type": "identity", "route": route, "date": {"value": text_of(_became_cadre(life))}}


def _party_steps(life: Life) -> Json:
    return {
        "type": "party",
        "party": _PARTY_NAME,
        "branch_meeting": {"value": f"{text_of(life.joins)}-12"},
        "committee_approval": {"value": f"{text_of(life.joins + 1)}-20"},
        "full_member": {"value": f"{text_of(life.joins + 12)}-12"},
    }


def joined(month: int) -> Json:
    """The party date as forms state it."""
    return {"type": "party", "party": _PARTY_NAME, "join_date": {"value": text_of(month)}}


def _party(life: Life) -> Iterator[Paper]:
    yield Paper("入党申请书", f"{text_of(life.applies)}-05", "6", 3)
    steps = Said("party_join_date", _party_steps(life))
    yield Paper(PARTY, f"{text_of(life.joins)}-12", "6", 6, (steps,))


def _span(begins: int, ends: int) -> Json:
    return {"begins": {"value": text_of(begins)}, "ends": {"value": text_of(ends)}}


def _senior(life: Life) -> Json:
    ends = life.leaves_school
    told = {"level": "高中", "school": "青岚县第一中学", "full_time": True}
    return {"type": "education", **told, **_span(ends - 34, ends)}


def _study(life: Life, level: str) -> Json:
    """A degree by full-time study after school, or beside work; where there are two, the higher one follows."""
    if life.route == "graduate":
        begins = life.leaves_school + 2
        told = {"level": level, "school": life.schools[0], "full_time": True, **_span(begins, begins + 46)}
    else:
        begins = life.later if level == "大学专科" else life.later + 48
        school = life.schools[1] if level == "大学专科" else life.schools[0]
        told = {"level": level, "school": school, "full_time": False, **_span(begins, begins + 34)}
    return {"type": "education", **told}


def _education(life: Life, *, unqualified: bool) -> Iterator[Paper]:
    form = "普通高等学校" if life.route == "graduate" else "成人高等教育"
    yield from _set(_study(life, "大学本科"), f"{form}本科")
    if unqualified:
        yield Paper("高中毕业证书复印件", text_of(life.leaves_school), "4-1", 1, (Said("education", _senior(life)),))
        yield from _set(_study(life, "大学专科"), "成人高等教育专科", refused=True)


def _set(study: Json, prefix: str, *, refused: bool = False) -> Iterator[Paper]:
    """A complete set: registration, marks, graduation; and the report, unless the certificate was refused."""
    says = (Said("education", study),)
    begins, ends = study["begins"]["value"], study["ends"]["value"]
    yield Paper(f"{prefix}报考登记表", f"{begins[:4]}-06-01", "4-1", 2, says)
    yield Paper(f"{prefix}学生成绩表", f"{ends}-01", "4-1", 1, says)
    yield Paper(f"{prefix}毕业生登记表", f"{ends}-01", "4-1", 4, says, refused=refused)
    if not refused:
        yield Paper(f"{prefix}学历认证报告", "2016-04-12", "4-1", 1, says)


def _posts(life: Life) -> list[Json]:
    first = _ARMY if life.route == "soldier" else life.units[0]
    move = {"value": text_of(life.moves)}
    return [
        {"type": "post", "unit": first, "begins": {"value": text_of(life.works)}, "ends": move},
        {"type": "post", "unit": life.units[1], "begins": move, "ends": None},
    ]


def _forms(life: Life) -> Iterator[Paper]:
    """What people filled in later, and what was filled in about them."""
    study = Said("education", _study(life, "大学本科"))
    known = (
        Said("birth_date", date_claim(life.born), signed=True),
        Said("work_start_date", date_claim(life.works), signed=True),
        Said("party_join_date", joined(life.joins), signed=True),
        study,
    )
    posts = tuple(Said("work_experience", post, signed=True) for post in _posts(life))
    yield Paper(RESUME, _FORMED[RESUME], "1", 6, (*known, *posts))
    yield Paper(APPOINTMENT, _FORMED[APPOINTMENT], "9-2", 2, known)
    year = {"begins": {"value": "2020-01"}, "ends": {"value": "2020-12"}}
    now = Said("work_experience", {"type": "post", "unit": life.units[1], **year})
    yield Paper(ASSESSMENT, _FORMED[ASSESSMENT], "3", 2, (now,))
    yield Paper("自传", f"{text_of(life.applies)}-05", "2", 4)
