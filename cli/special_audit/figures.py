"""The campaign's report held against what was planted: every figure, by unit and rank too, and the dossiers behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.special_audit.model import Json
from cli.special_audit.truth import RANK_GROUPS, Truth, codes_of, truth_of
from cli.story import Missed

if TYPE_CHECKING:
    from rich.table import Table

    from cli.special_audit.stage import Stage


@dataclass(frozen=True)
class Compared:
    """One figure as reported and as planted. `group`: empty, or whose it is where it is not of all dossiers."""

    group: str
    code: str
    words: str
    reported: int
    planted: int

    @property
    def same(self) -> bool:
        """Whether the report tells the truth."""
        return self.reported == self.planted


async def report(stage: Stage) -> str:
    """Every figure equals the truth, and opens to the very dossiers that were planted."""
    path = f"/v1/campaigns/{stage.campaign['id']}/report"
    told = await stage.people("adjudicator").get(path)
    truth = truth_of(stage.audit)
    units = {stage.companies[number]: name for number, name in enumerate(stage.audit.units)}
    stage.figures = [*compared(told, truth, stage.companies, units)]
    wrong = [one for one in stage.figures if not one.same]
    if wrong:
        listed = "; ".join(f"{one.group or 'total'} {one.code} {one.reported} ≠ {one.planted}" for one in wrong)
        raise Missed(f"{len(wrong)} figures differ from what was planted: {listed}")
    opened = await _opened(stage, path, truth)
    return f"{len(stage.figures)} 个数字全部相符，{opened} 个数字打开后的档案相符"


def compared(told: Json, truth: Truth, companies: list[str], units: Mapping[str, str]) -> Iterator[Compared]:
    """Each figure of the report beside the truth; one that only one of them knows counts as 0 with the other."""
    words = {head["code"]: head["zh"] for head in told["figures"]}
    yield Compared("", "meetings", "研究会议", told["meetings"], truth.meetings)
    yield from _group("", told["total"], truth.total, words)
    for way in ("overstated", "understated"):
        longest = told["total"]["longest"].get(way, {"months": 0})["months"]
        yield Compared("", f"{way}.longest", f"{words[way]}：最大幅度（月）", longest, truth.longest.get(way, 0))
    reported = {row["unit_id"]: row for row in told["units"]}
    for number, unit_id in enumerate(companies):
        row = reported.pop(unit_id, {"counts": {}})
        yield from _group(units[unit_id], row, truth.by_unit.get(number, {}), words)
    for unit_id, row in reported.items():
        yield from _group(unit_id, row, {}, words)
    for row in told["ranks"]:
        yield from _group(row["zh"], row, truth.by_rank.get(row["rank"], {}), words)
    known = {row["rank"] for row in told["ranks"]}
    for group in set(RANK_GROUPS.values()) - known:
        yield from _group(group, {"counts": {}}, truth.by_rank.get(group, {}), words)


def _group(group: str, told: Json, planted: Mapping[str, int], words: Mapping[str, str]) -> Iterator[Compared]:
    for code in dict.fromkeys((*told["counts"], *planted)):
        yield Compared(group, code, words.get(code, code), told["counts"].get(code, 0), planted.get(code, 0))


async def _opened(stage: Stage, path: str, truth: Truth) -> int:
    """How many figures were opened to their dossiers; Missed where one shows others than were planted."""
    planted: dict[str, set[str]] = {code: set() for code in truth.total}
    for dossier in stage.audit.dossiers:
        for code in codes_of(dossier):
            planted[code].add(stage.places[dossier.number])

    async def look(code: str) -> None:
        listed = stage.people("adjudicator").every(f"{path}/figures/{code}/dossiers", page_size=200)
        if {row["id"] async for row in listed} != planted[code]:
            raise Missed(f"{code} opens to other dossiers than were planted")

    return await stage.each(planted, look)


def table_of(figures: Iterable[Compared]) -> Table:
    """All figures of the whole that either knows, and of the groups those that differ."""
    from rich.table import Table

    table = Table(title="统计报告与实际对照 report against truth", title_justify="left")
    table.add_column("数字 figure")
    table.add_column("报告 reported", justify="right")
    table.add_column("实际 planted", justify="right")
    table.add_column("")
    for one in figures:
        if (one.group and one.same) or not (one.reported or one.planted):
            continue
        words = f"{one.group} {one.words}".strip()
        table.add_row(words, str(one.reported), str(one.planted), "[green]✓[/]" if one.same else "[red]✗[/]")
    return table
