"""The steps of a made-up audit in their order, shown one a line; `dangan demo audit` and the story test play them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from cli.special_audit import enter, figures, review, settle
from cli.special_audit.stage import Stage
from cli.steps import Act, acted


@dataclass(frozen=True)
class Step:
    """One line: its name in both languages, and the act, which tells what happened."""

    zh: str
    en: str
    act: Act[Stage]


AUDIT: tuple[Step, ...] = (
    Step("建立单位与管理权限", "units", enter.units),
    Step("登记干部、建档", "dossiers", enter.dossiers),
    Step("制定专项审核", "campaign", enter.campaign),
    Step("组建审核组、保密与培训", "teams, pledges, training", review.team),
    Step("启动", "start", review.start),
    Step("分配初审", "assignment", review.assign),
    Step("收集材料", "materials collected", enter.hand_ins),
    Step("背靠背初审", "blind first reviews", review.first_reviews),
    Step("比对", "comparison", review.compare),
    Step("核验背靠背", "proof of blindness", review.proof),
    Step("复审、涂改登记、调查核实", "second review", settle.second_reviews),
    Step("集体研究认定", "meetings", settle.meetings),
    Step("向本人反馈", "feedback", settle.feedback),
    Step("审批、归档", "approval and filing", settle.approvals),
    Step("统计报告与实际对照", "report against truth", figures.report),
)


async def play(stage: Stage, console: Console, steps: Sequence[Step] = AUDIT) -> bool:
    """Do all steps, each in a line; False when one failed: its line says why, and no other follows."""
    for number, step in enumerate(steps, 1):
        began = time.perf_counter()
        title = f"{number:2} {step.zh} {step.en}"
        with console.status(title) as status:
            stage.told = partial(_progress, status, title)
            happened, good = await acted(step.act, stage)
        mark = "[green]✓[/]" if good else "[red]✗[/]"
        took = f"{time.perf_counter() - began:.1f} s"
        console.print(f"{mark} {escape(title)}：{escape(happened)}（{took}）", highlight=False, soft_wrap=True)
        if not good:
            _show(stage, console)
            return False
    _show(stage, console)
    return True


def _progress(status: Status, title: str, done: int, of: int) -> None:
    status.update(f"{title} {done}/{of}")


def _show(stage: Stage, console: Console) -> None:
    """What was compared, if it came to that."""
    if stage.figures:
        console.print(figures.table_of(stage.figures))
