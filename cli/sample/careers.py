"""Draws one life: school, work, party, posts, each after the other as a dossier would tell it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cli.sample.model import Post, School, Unit
from cli.sample.months import AS_OF, month_text, plus_months, some_day
from cli.sample.vocabulary import SchoolKind, Step, Vocabulary

_RETIRES = {"m": 60, "f": 55}
_FIRST_MEMBER_AGE = 18
_LIKES_TO_MOVE = 0.45
_MEMBER = "中共党员"
_NO_MEMBER = "群众"
_PARTY_ORGANS = frozenset({"party", "discipline"})
_PARTY_SECRETARY = "党委书记"


@dataclass(frozen=True)
class Life:
    """What one life came to; `served` are the first and the last day under arms."""

    birth_date: date
    schools: tuple[School, ...]
    work_start: date
    served: tuple[date, date] | None
    party: str
    party_applied: date | None
    party_date: date | None
    posts: tuple[Post, ...]


def draw_birth(rng: random.Random, sex: str) -> date:
    """A birth date of someone old enough to have a career and too young to have retired."""
    first, last = AS_OF.year - _RETIRES[sex] + 1, AS_OF.year - 25
    year = round(rng.triangular(first, last, 1982))
    return some_day(rng, date(year, rng.randint(1, 12), 1))


def draw_life(rng: random.Random, words: Vocabulary, born: date, unit: Unit, seats: Counter[str]) -> Life:
    """A life that ends, for now, in a post of this unit. `seats` counts who holds which post, and is kept."""
    schools, work_start, served = _beginnings(rng, words, born)
    posts = _posts(rng, words, work_start if served is None else served[1], unit, seats)
    later = _in_service(rng, words.schools["in_service"], work_start, schools[-1])
    must_join = unit.kind in _PARTY_ORGANS or posts[-1].title == _PARTY_SECRETARY
    party, applied, joined = _party(rng, words, born, work_start, must_join=must_join)
    return Life(born, (*schools, *later), work_start, served, party, applied, joined, posts)


def _beginnings(
    rng: random.Random, words: Vocabulary, born: date
) -> tuple[tuple[School, ...], date, tuple[date, date] | None]:
    """School and the first day of work; who was a soldier has worked since the day of enlistment."""
    # School begins in September at six or seven, and senior school ends twelve years later.
    leaves = date(born.year + 18 + (born.month > 8), 7, 1)
    young = born.year >= 1985
    route = rng.choices(["university", "college", "technical", "army"], [75, 19, 1, 5] if young else [36, 30, 24, 10])[
        0
    ]
    senior = School(
        "senior", "高中", "青岚县第一中学", month_text(date(leaves.year - 3, 9, 1)), month_text(leaves), None, True
    )
    if route == "army":
        enlisted = some_day(rng, date(leaves.year, 12, 1))
        released = some_day(rng, date(leaves.year + rng.randint(2, 5), 12, 1))
        return (senior,), enlisted, (enlisted, released)
    kind = words.schools[route]
    begins = date(leaves.year - (3 if kind.from_middle_school else 0), 9, 1)
    course = _course(rng, kind, begins, full_time=True)
    graduated = date(begins.year + kind.years, 8, 1)
    before = () if kind.from_middle_school else (senior,)
    # Who is born after the age of assignment (分配) finds work some months later, by examination.
    waits = rng.choice([0, 0, 12, 24]) if young else 0
    return (*before, course), some_day(rng, plus_months(graduated, waits)), None


def _course(rng: random.Random, kind: SchoolKind, begins: date, *, full_time: bool) -> School:
    ends = date(begins.year + kind.years, 7, 1)
    name = rng.choice(kind.names)
    return School(kind.kind, kind.level, name, month_text(begins), month_text(ends), kind.degree, full_time)


def _in_service(rng: random.Random, kind: SchoolKind, work_start: date, highest: School) -> tuple[School, ...]:
    """A degree earned beside work, by those who began without one."""
    begins = date(work_start.year + rng.randint(3, 9), 9, 1)
    if highest.level == "大学" or rng.random() > 0.6 or begins.year + kind.years >= AS_OF.year:
        return ()
    return (_course(rng, kind, begins, full_time=False),)


def _party(
    rng: random.Random, words: Vocabulary, born: date, work_start: date, *, must_join: bool
) -> tuple[str, date | None, date | None]:
    """Party, day of the application and day of the branch meeting that admitted the person."""
    party = _MEMBER if must_join else words.parties.draw(rng)
    if party == _NO_MEMBER:
        return party, None, None
    of_age = date(born.year + _FIRST_MEMBER_AGE, born.month, 1)
    for earliest in (max(of_age, plus_months(work_start, rng.randint(-24, 60))), of_age):
        applied = some_day(rng, plus_months(earliest, rng.randint(1, 18)))
        joined = some_day(rng, plus_months(applied, rng.randint(13, 40)))
        if joined <= plus_months(AS_OF, -14):
            return party, applied, joined
    return _NO_MEMBER, None, None


def _posts(rng: random.Random, words: Vocabulary, begins: date, unit: Unit, seats: Counter[str]) -> tuple[Post, ...]:
    """The posts held, oldest first; the last is in `unit`, and no post has more holders than seats."""
    rungs = _climb(rng, words.ladders[unit.kind], begins)
    while len(rungs) > 1 and _is_taken(rungs[-1][0], unit, seats):
        rungs.pop()
    if rungs[-1][0].seats is not None:
        seats[f"{unit.code}/{rungs[-1][0].title}"] += 1
    homes = _homes(rng, words, unit, len(rungs))
    return tuple(
        Post(
            unit=homes[index].code,
            title=_title(words, homes[index], index, step),
            rank=step.rank,
            since=month_text(since),
            until=None if index == len(rungs) - 1 else month_text(rungs[index + 1][1]),
        )
        for index, (step, since) in enumerate(rungs)
    )


def _climb(rng: random.Random, ladder: Sequence[Step], begins: date) -> list[tuple[Step, date]]:
    """The rungs reached up to today, each with the month of its beginning."""
    reached: list[tuple[Step, date]] = []
    since = begins
    for step in ladder:
        if since >= plus_months(AS_OF, -2):
            break
        reached.append((step, since))
        # Not everyone rises: one in five stays where the last promotion led.
        if len(reached) > 1 and rng.random() < 0.2:
            break
        since = plus_months(since, rng.randint(step.years[0] * 12, step.years[1] * 12))
    return reached


def _is_taken(step: Step, unit: Unit, seats: Counter[str]) -> bool:
    return step.seats is not None and seats[f"{unit.code}/{step.title}"] >= step.seats


def _homes(rng: random.Random, words: Vocabulary, unit: Unit, count: int) -> list[Unit]:
    """In which unit each post was held: where one ends, and before that at times in another of its kind."""
    alike = [other for other in words.units if other.kind == unit.kind]
    home = rng.choice(alike) if len(alike) > 1 and rng.random() < _LIKES_TO_MOVE else unit
    moved_at = rng.randint(1, count - 1) if count > 1 else 0
    return [home if index < moved_at else unit for index in range(count)]


def _title(words: Vocabulary, home: Unit, index: int, step: Step) -> str:
    ladder = words.ladders[home.kind]
    return ladder[index].title if index < len(ladder) else step.title
