"""What the report must say: counted from what was planted, and from nothing that the system tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cli.special_audit.model import FACTS, Altered, Audit, Dossier, FalseAge, FalseEducation

RANK_GROUPS = {
    "县处级副职": "county",
    "正科级": "section_head",
    "副科级": "deputy_section_head",
    "科员": "staff",
}
"""The report's groups of ranks, by the words on the cards."""

_BANDS = ((3, "up_to_3_months"), (12, "3_to_12_months"), (24, "1_to_2_years"))


@dataclass(frozen=True)
class Truth:
    """Every figure that is not 0 by its code: of all, by unit (its number) and by group of ranks. `longest`: the
    gravest false age of each direction in months. `differences` of so many `compared` facts between the reviewers."""

    total: Counter[str]
    by_unit: dict[int, Counter[str]]
    by_rank: dict[str, Counter[str]]
    longest: dict[str, int]
    meetings: int
    compared: int
    differences: int


def truth_of(audit: Audit) -> Truth:
    """The truth of a whole campaign."""
    made = audit.dossiers
    ages = [one.plant for one in made if isinstance(one.plant, FalseAge)]
    longest: dict[str, int] = {}
    for age in ages:
        longest[_direction(age)] = max(longest.get(_direction(age), 0), age.months)
    return Truth(
        total=_counted(made),
        by_unit={unit: _counted([one for one in made if one.unit == unit]) for unit in {one.unit for one in made}},
        by_rank={
            group: _counted([one for one in made if RANK_GROUPS[one.rank] == group])
            for group in {RANK_GROUPS[one.rank] for one in made}
        },
        longest=longest,
        meetings=len({one.course.meeting for one in made}),
        compared=len(FACTS) * len(made),
        differences=sum(one.course.slipped != "none" for one in made),
    )


def _counted(made: Sequence[Dossier]) -> Counter[str]:
    return Counter(code for one in made for code in codes_of(one))


def codes_of(one: Dossier) -> Iterator[str]:
    """Each figure to which the dossier adds one."""
    yield from ("dossiers", "audited", "meeting.due", "meeting.done")
    if one.plant is None:
        yield from ("no_problem", "consistent")
    else:
        yield "to_investigate" if one.course.inquiry == "not_verifiable" else "verified"
        yield from ("with_problems", "forms", f"problem.{one.plant.fact}", "issue.tampering")
    match one.plant:
        case Altered():
            yield "altered"
            if one.plant.fact == "birth_date":
                yield "altered.birth_date"
            if one.plant.slip:
                yield "altered.slip"
        case FalseAge():
            direction = _direction(one.plant)
            yield from ("false", "false.age", direction)
            yield from (f"{direction}.{one.plant.purpose}", f"{direction}.{_band(one.plant.months)}")
        case FalseEducation():
            error = "entry_qualification_false" if one.plant.unqualified else "part_time_as_full_time"
            yield from ("false", "false.education", f"education.{error}")
        case None:
            pass
    for paper in one.collected:
        yield from ("materials", "materials.returned" if paper.returned else "materials.filed")


def _direction(age: FalseAge) -> str:
    return "overstated" if age.too_great else "understated"


def _band(months: int) -> str:
    return next((name for up_to, name in _BANDS if months <= up_to), "over_2_years")
