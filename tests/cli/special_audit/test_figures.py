"""The report beside the truth: what differs is told, whichever side does not know the figure."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cli.special_audit import figures
from cli.special_audit.figures import Compared, compared
from cli.special_audit.generate import LEAST, generate
from cli.special_audit.stage import Stage
from cli.special_audit.truth import Truth, truth_of
from cli.story import Missed

AUDIT = generate(3, LEAST)
TRUTH = truth_of(AUDIT)
COMPANIES = [f"unt_{number}" for number in range(len(AUDIT.units))]
NAMES = dict(zip(COMPANIES, AUDIT.units, strict=True))


def told(truth: Truth, **change: int) -> dict[str, Any]:
    """A report that tells the truth but for these figures of the whole."""
    total = {**truth.total, **change}
    longest = {way: {"months": months, "zh": ""} for way, months in truth.longest.items()}
    return {
        "meetings": truth.meetings,
        "figures": [{"code": code, "zh": code} for code in [*total, "overstated", "understated"]],
        "total": {"counts": total, "longest": longest},
        "units": [{"unit_id": COMPANIES[number], "counts": counts} for number, counts in truth.by_unit.items()],
        "ranks": [{"rank": group, "zh": group, "counts": counts} for group, counts in truth.by_rank.items()],
    }


def wrong(report: dict[str, Any], truth: Truth = TRUTH) -> list[Compared]:
    """The figures that differ."""
    return [one for one in compared(report, truth, COMPANIES, NAMES) if not one.same]


def test_a_true_report_differs_nowhere():
    assert wrong(told(TRUTH)) == []


def test_a_false_figure_is_found_with_both_sides():
    [found] = wrong(told(TRUTH, altered=5))
    assert (found.group, found.code, found.reported, found.planted) == ("", "altered", 5, TRUTH.total["altered"])


@pytest.mark.parametrize("part", ["units", "ranks"])
def test_a_group_that_the_report_leaves_out_counts_as_nothing(part: str):
    report = told(TRUTH)
    dropped = report[part].pop()
    missing = sum(1 for many in dropped["counts"].values() if many)
    assert len(wrong(report)) == missing > 0
    assert all(one.reported == 0 for one in wrong(report))


def test_a_unit_that_is_none_of_ours_is_found():
    report = told(TRUTH)
    report["units"].append({"unit_id": "unt_other", "counts": {"dossiers": 1}})
    assert [(one.group, one.code) for one in wrong(report)] == [("unt_other", "dossiers")]


def test_a_shorter_longest_is_found():
    report = told(TRUTH)
    report["total"]["longest"] = {}
    assert {one.code for one in wrong(report)} == {f"{way}.longest" for way in TRUTH.longest}


class Reader:
    """Answers with one report; every figure opens to nothing."""

    def __init__(self, report: dict[str, Any]) -> None:
        self.report = report

    async def get(self, path: str) -> dict[str, Any]:
        return self.report

    async def every(self, path: str, **params: Any):
        for row in ():
            yield row


async def prove(campaign_id: str) -> str:
    return campaign_id


def stage(report: dict[str, Any]) -> Stage:
    made = Stage(lambda who: Reader(report), AUDIT, prove, companies=COMPANIES)  # type: ignore[arg-type,return-value]
    made.campaign = {"id": "cmp_1"}
    made.places = {dossier.number: f"cdo_{dossier.number}" for dossier in AUDIT.dossiers}
    return made


async def test_the_step_names_the_figures_that_differ():
    made = stage(told(TRUTH, altered=5))
    with pytest.raises(Missed, match=r"1 figures differ.*altered 5 ≠ 3"):
        await figures.report(made)
    assert Counter(one.same for one in made.figures)[False] == 1
    assert "✗" in "".join(str(cell) for cell in figures.table_of(made.figures).columns[3].cells)


async def test_a_figure_that_opens_to_other_dossiers_ends_the_step():
    with pytest.raises(Missed, match="opens to other dossiers"):
        await figures.report(stage(told(TRUTH)))
