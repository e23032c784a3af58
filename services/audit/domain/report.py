"""A campaign's report: its figures over all dossiers, by unit and by rank, and the sums that must hold.

A report whose parts do not add up is refused with the sum that fails: it would be a report of something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contracts.problems import ReportSumDiffers
from services.audit.domain.determination import Direction
from services.audit.domain.report_case import FalseAge, ReportCase
from services.audit.domain.report_figures import BANDS, DIRECTIONS, FIGURES, OF_PART, PURPOSES, weight

Group = str
"""A unit's id, or the id of a group of ranks."""


@dataclass(frozen=True)
class Figures:
    """Every figure of some dossiers by its code; `longest`: the gravest false age of each direction, in months."""

    counts: Mapping[str, int]
    longest: Mapping[Direction, int]

    def share(self, code: str) -> float | None:
        """Percentage with two decimals, rounded half up; None where there is no whole to be a share of."""
        of = FIGURES[code].of
        whole = self.counts[of] if of else 0
        return (20_000 * self.counts[code] + whole) // (2 * whole) / 100 if whole else None


@dataclass(frozen=True)
class Report:
    """The figures of a campaign. `meetings`: how many meetings voted on its dossiers."""

    total: Figures
    by_unit: Mapping[Group, Figures]
    by_rank: Mapping[Group, Figures]
    meetings: int

    def of_rank(self, group: Group) -> Figures:
        """The figures of a group of ranks, all zero for one without a dossier."""
        return self.by_rank.get(group) or Figures(dict.fromkeys(FIGURES, 0), {})


@dataclass(frozen=True)
class Sum:
    """A whole and the parts that add up to it; the words stand in `contracts.states.SUMS` under the code."""

    code: str
    whole: str
    parts: tuple[str, ...]


SUMS: Final = (
    Sum("report dossiers", "dossiers", ("audited", "in_audit")),
    Sum("report results", "audited", ("no_problem", "to_investigate", "verified")),
    Sum("report problems", "audited", ("consistent", "with_problems")),
    Sum("report false", "false", ("false.age", "false.education")),
    Sum("report directions", "false.age", (*DIRECTIONS, "no_direction")),
    *(
        Sum(f"report {direction} {name}", direction, tuple(f"{direction}.{one}" for one in parts))
        for direction in DIRECTIONS
        for name, parts in (("purposes", PURPOSES), ("bands", BANDS))
    ),
    Sum("report materials", "materials", ("materials.filed", "materials.returned", "materials.pending")),
    Sum("report meetings", "meeting.due", ("meeting.done", "meeting.open")),
)
"""Within each of the groups. Parts of 涂改 and of 虚填学历学位 overlap or are not exhaustive: they have no sum."""


def count(cases: Iterable[ReportCase], meetings: int = 0) -> Report:
    """The report of these dossiers, and of so many meetings."""
    total, units, ranks = _Tally(), dict[Group, _Tally](), dict[Group, _Tally]()
    known: dict[object, list[tuple[str, int]]] = {}
    for case in cases:
        weights = _weights(case, known)
        for tally in (total, units.setdefault(case.unit, _Tally()), ranks.setdefault(case.rank, _Tally())):
            tally.add(weights, case.false_age if case.result is not None else None)
    return Report(
        total.figures(),
        {unit: tally.figures() for unit, tally in units.items()},
        {rank: tally.figures() for rank, tally in ranks.items()},
        meetings,
    )


def _weights(case: ReportCase, known: dict[object, list[tuple[str, int]]]) -> list[tuple[str, int]]:
    """What the case adds to which figures. Cases of a part that differ in unit and rank alone are weighed once."""
    if case.part is None or case.part == "work":
        codes = FIGURES if case.part is None else OF_PART[case.part]
        return [(code, adds) for code in codes if (adds := weight(code, case))]
    key = (case.part, case.shape, case.many)
    if key not in known:
        known[key] = [(code, adds) for code in OF_PART[case.part] if (adds := weight(code, case))]
    return known[key]


class _Tally:
    def __init__(self) -> None:
        self._counts = dict.fromkeys(FIGURES, 0)
        self._longest: dict[Direction, int] = {}

    def add(self, weights: Iterable[tuple[str, int]], false: FalseAge | None) -> None:
        """One dossier more."""
        for code, adds in weights:
            self._counts[code] += adds
        if false is not None and false.direction is not None and false.months is not None:
            self._longest[false.direction] = max(self._longest.get(false.direction, 0), false.months)

    def figures(self) -> Figures:
        """What was counted."""
        return Figures(self._counts, self._longest)


def check_sums(report: Report) -> None:
    """ReportSumDiffers names the first sum that does not hold: its parts, and the total that they should make."""
    for figures in (report.total, *report.by_unit.values(), *report.by_rank.values()):
        for one in SUMS:
            _check(one.code, [figures.counts[part] for part in one.parts], figures.counts[one.whole])
    for code, groups in (("report units", report.by_unit), ("report ranks", report.by_rank)):
        for figure in FIGURES:
            parts = [figures.counts[figure] for figures in groups.values()]
            _check(code, parts, report.total.counts[figure], figure)
        for direction in DIRECTIONS:
            longest = max((one.longest.get(direction, 0) for one in groups.values()), default=0)
            _check(code, [longest], report.total.longest.get(direction, 0), f"{direction}.longest")


def _check(code: str, parts: list[int], total: int, figure: str | None = None) -> None:
    if sum(parts) != total:
        raise ReportSumDiffers(sum=code, figure=figure or code, parts=parts, total=total)


def check_same(report: Report, recounted: Report) -> None:
    """ReportSumDiffers names the first figure that comes out otherwise when it is counted from the record of acts."""
    for said, heard in _pairs(report, recounted):
        for figure in FIGURES:
            _check("report events", [heard.counts[figure]], said.counts[figure], figure)
        for direction in DIRECTIONS:
            longest = (one.longest.get(direction, 0) for one in (heard, said))
            _check("report events", [next(longest)], next(longest), f"{direction}.longest")
    _check("report events", [recounted.meetings], report.meetings, "meetings")


def _pairs(report: Report, recounted: Report) -> Iterator[tuple[Figures, Figures]]:
    nothing = count(()).total
    yield report.total, recounted.total
    for said, heard in ((report.by_unit, recounted.by_unit), (report.by_rank, recounted.by_rank)):
        for group in sorted({*said, *heard}):
            yield said.get(group, nothing), heard.get(group, nothing)
