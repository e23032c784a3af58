"""Makes up the dossiers of a group of companies, and plants in them what the audit is to find.

Pure: a seed and a size in, an `Audit` out. Proportions are those of a real audit of 271 serving cadres (seed 000):
17 altered dossiers (5 birth dates, 6 slips, none proved forged), 12 false ages (11 too great: 8 to enlist, 3 to be
recruited; 1 too small), 25 false educations (23 entered without the qualification); of 3,035 materials that were
collected 55 went back. The other figures of that audit follow from what is planted here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cli.sample.names import draw_name
from cli.sample.vocabulary import Vocabulary, vocabulary
from cli.special_audit import lives
from cli.special_audit.lives import Life, draw_life, papers_of, truth_of
from cli.special_audit.model import (
    Altered,
    Audit,
    Collected,
    Course,
    Dossier,
    FalseAge,
    FalseEducation,
    Paper,
    Plant,
    Route,
    Said,
)

WHOLE = 271
"""Dossiers of the real audit."""
LEAST = 12
"""Dossiers in which each kind of fault still finds room."""
_COLLECTED, _RETURNED = 3035, 55
_LEAST_COLLECTED = 2

_UNITS = ("总公司", "建设公司", "水务公司", "文化旅游公司")
RANKS = ("县处级副职", "正科级", "副科级", "科员")
_RANK_WEIGHTS = (2, 17, 34, 47)

Papers = tuple[Paper, ...]


@dataclass(frozen=True)
class _Seed:
    """A kind of fault: in how many dossiers of 271, of whom, and how it is planted."""

    many: int
    routes: tuple[Route, ...]
    plant: Callable[[Life, Papers, int], tuple[Papers, Plant]]
    unqualified: bool = False


def generate(seed: int, dossiers: int = WHOLE, collected: int | None = None) -> Audit:
    """The audit of so many dossiers. `collected`: how many materials are handed in meanwhile; default one a dossier.

    ValueError where there are fewer dossiers than kinds of fault need, or too few or too many materials.
    """
    each = dossiers if collected is None else collected
    if dossiers < LEAST or not _LEAST_COLLECTED <= each <= 20 * dossiers:
        raise ValueError(f"at least {LEAST} dossiers and {_LEAST_COLLECTED} materials, and at most 20 for each")
    rng, words = random.Random(f"{seed}:audit:{dossiers}"), vocabulary()
    faults = _faults(dossiers)
    order: list[tuple[_Seed, int] | None] = [*faults, *[None] * (dossiers - len(faults))]
    rng.shuffle(order)
    made = [_dossier(rng, words, number, fault) for number, fault in enumerate(order)]
    return Audit(seed, _UNITS, tuple(_with_hand_ins(rng, _with_courses(rng, made), each)), meetings=2)


def _faults(dossiers: int) -> list[tuple[_Seed, int]]:
    """Each kind as often as it was found, at least once; with its number among its own kind."""
    return [(kind, at) for kind in _SEEDS for at in range(max(1, round(kind.many * dossiers / WHOLE)))]


def _dossier(rng: random.Random, words: Vocabulary, number: int, fault: tuple[_Seed, int] | None) -> Dossier:
    routes: tuple[Route, ...] = fault[0].routes if fault else ("graduate", "soldier", "worker")
    unqualified = fault is not None and fault[0].unqualified
    life = draw_life(rng, rng.choice(routes), _UNITS, words.schools["university"].names)
    papers = papers_of(life, unqualified=unqualified)
    papers, plant = fault[0].plant(life, papers, fault[1]) if fault else (papers, None)
    sex = rng.choice("mf") if life.route == "graduate" else "m"
    on_card = next(said for said in _paper(papers, lives.APPOINTMENT).says if said.fact == "birth_date")
    return Dossier(
        number=number,
        name=draw_name(rng, words, sex, life.born // 12),
        sex=sex,
        birth=on_card.value["date"]["value"],
        rank=rng.choices(RANKS, _RANK_WEIGHTS)[0],
        unit=rng.randrange(len(_UNITS)),
        route=life.route,
        papers=papers,
        truth=truth_of(life, unqualified=unqualified),
        plant=plant,
        course=Course(),
        collected=(),
    )


def _paper(papers: Papers, title: str) -> Paper:
    return next(paper for paper in papers if paper.title == title)


def _saying(papers: Papers, titles: Sequence[str], fact: str, **change: Any) -> Papers:
    """The papers, where those with these titles say otherwise of a fact."""

    def changed(said: Said) -> Said:
        return replace(said, **change) if said.fact == fact else said

    return tuple(
        replace(paper, says=tuple(changed(said) for said in paper.says)) if paper.title in titles else paper
        for paper in papers
    )


def _false_age(months: Callable[[int], int], *, too_great: bool) -> Callable[[Life, Papers, int], tuple[Papers, Plant]]:
    """The paper of entry is false, and every form since repeats it."""

    def plant(life: Life, papers: Papers, at: int) -> tuple[Papers, Plant]:
        by, entry = months(at), lives.ENTRY[life.route]
        false = life.born - by if too_great else life.born + by
        purpose = "enlistment" if life.route == "soldier" else "recruitment"
        told = _saying(papers, (entry, lives.RESUME, lives.APPOINTMENT), "birth_date", value=lives.date_claim(false))
        return told, FalseAge(entry, by, too_great, purpose)

    return plant


def _altered_birth(life: Life, papers: Papers, at: int) -> tuple[Papers, Plant]:
    """Somebody made the school's record a year older; the league's, which is earlier, was left alone."""
    value = lives.date_claim(life.born - 12)
    told = _saying(papers, (lives.SCHOOL_LEAVER,), "birth_date", value=value, altered=True)
    return told, Altered("birth_date", lives.SCHOOL_LEAVER)


def _altered_slip(life: Life, papers: Papers, at: int) -> tuple[Papers, Plant]:
    value = lives.joined(life.joins - 1)
    told = _saying(papers, (lives.RESUME,), "party_join_date", value=value, altered=True)
    return told, Altered("party_join_date", lives.RESUME, slip=True)


def _altered_start(life: Life, papers: Papers, at: int) -> tuple[Papers, Plant]:
    value = lives.date_claim(life.works - 8)
    told = _saying(papers, (lives.APPOINTMENT,), "work_start_date", value=value, altered=True)
    return told, Altered("work_start_date", lives.APPOINTMENT)


def _unqualified(life: Life, papers: Papers, at: int) -> tuple[Papers, Plant]:
    """The lower certificate, which is refused, stands among the papers already."""
    return papers, FalseEducation(lives.LOWER_GRADUATION, unqualified=True)


def _as_full_time(life: Life, papers: Papers, at: int) -> tuple[Papers, Plant]:
    study = next(said.value for said in _paper(papers, lives.APPOINTMENT).says if said.fact == "education")
    told = _saying(papers, (lives.APPOINTMENT,), "education", value={**study, "full_time": True})
    return told, FalseEducation(lives.APPOINTMENT, unqualified=False)


def _to_enlist(at: int) -> int:
    """The gravest 3 years and 1 month, one within a year, the others between one year and two."""
    return (37, 9)[at] if at < 2 else 13 + (at * 5) % 12


def _to_be_recruited(at: int) -> int:
    return 14 + 4 * (at % 3)


_LATE: tuple[Route, ...] = ("soldier", "worker")
_ANY: tuple[Route, ...] = ("graduate", "soldier", "worker")
_SEEDS = (
    _Seed(5, _ANY, _altered_birth),
    _Seed(6, _ANY, _altered_slip),
    _Seed(6, _ANY, _altered_start),
    _Seed(8, ("soldier",), _false_age(_to_enlist, too_great=True)),
    _Seed(3, ("worker",), _false_age(_to_be_recruited, too_great=True)),
    _Seed(1, ("soldier",), _false_age(lambda at: 16, too_great=False)),
    _Seed(23, _LATE, _unqualified, unqualified=True),
    _Seed(2, _LATE, _as_full_time),
)


def _with_courses(rng: random.Random, made: Sequence[Dossier]) -> list[Dossier]:
    """One in nine pairs differs; every alteration but slips is asked about, one in vain; one person signs nothing
    and one disputes. Half of the dossiers come before the first meeting."""
    grave = [one.number for one in made if isinstance(one.plant, Altered) and not one.plant.slip]
    ages = [one.number for one in made if isinstance(one.plant, FalseAge)]
    asked = {number: "not_verifiable" if number == grave[0] else "verified" for number in grave}
    answers = {ages[0]: "disputed", ages[1]: "refused"}
    found: list[Dossier] = []
    for one in made:
        slipped = "none"
        if rng.random() < 1 / 9 or one.number in ages[:1]:
            slipped = "missed" if one.plant else "precision"
        told: dict[str, Any] = {
            "slipped": slipped,
            "answer": answers.get(one.number, "signed"),
            "inquiry": asked.get(one.number),
            "meeting": 0 if one.number < len(made) // 2 else 1,
        }
        found.append(replace(one, course=Course(**told)))
    return found


def _with_hand_ins(rng: random.Random, made: Sequence[Dossier], collected: int) -> list[Dossier]:
    """As many materials for each, as far as they go; as large a part of all goes back as did in the real audit."""
    back = max(1, round(collected * _RETURNED / _COLLECTED))
    returned = set(rng.sample(range(collected), back))
    found: list[Dossier] = []
    for one in made:
        mine = range(one.number, collected, len(made))
        papers = [_hand_in(nth, at in returned) for nth, at in enumerate(mine)]
        found.append(replace(one, collected=tuple(papers)))
    return found


def _hand_in(nth: int, returned: bool) -> Collected:
    """What is filed needs no person's word (样例材料 are checked by machine alone); what goes back needs two."""
    year = 2022 - nth
    if returned:
        return Collected(f"{year}年度考核登记表", f"{year + 1}-01-15", True)
    return Collected(f"样例材料：{year}年度考核登记表", f"{year + 1}-01-15", False)
