"""The steps are shown one a line, and none follows one that failed; the command says what it needs."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli import accounts
from cli.main import build
from cli.special_audit.generate import LEAST, generate
from cli.special_audit.play import Step, play
from cli.special_audit.stage import REVIEWERS, Stage, same
from cli.story import Missed


async def prove(campaign_id: str) -> str:
    return campaign_id


def stage() -> Stage:
    def nobody(who: str):
        raise AssertionError(who)

    return Stage(nobody, generate(1, LEAST), prove)


async def good(stage: Stage) -> str:
    return "做完 [1]"


async def bad(stage: Stage) -> str:
    raise Missed("此处不符")


async def test_each_step_is_a_line_and_the_first_failure_ends_it():
    told = io.StringIO()
    steps = (Step("一", "one", good), Step("二", "two", bad), Step("三", "three", good))
    assert await play(stage(), Console(file=told), steps) is False
    lines = told.getvalue().splitlines()
    assert len(lines) == 2
    assert "✓  1 一 one：做完 [1]" in lines[0]
    assert "✗  2 二 two：Missed: 此处不符" in lines[1]
    assert await play(stage(), Console(file=told), steps[:1]) is True


async def test_work_on_many_is_bounded_told_of_and_ended_by_the_first_fault():
    made, most, now = stage(), 0, 0
    seen: list[tuple[int, int]] = []
    made.told = lambda done, of: seen.append((done, of))

    async def work(item: int) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1

    assert await made.each(range(30), work) == 30
    assert most == 8
    assert seen == [(done, 30) for done in range(1, 31)]

    async def fault(item: int) -> None:
        raise Missed(str(item))

    with pytest.raises(Missed):
        await made.each(range(3), fault)


def test_what_is_not_as_planted_ends_a_step():
    same("differences", {1}, {1})
    with pytest.raises(Missed, match="differences: 2, planted 1"):
        same("differences", 2, 1)


def test_the_reviewers_are_sample_accounts():
    assert set(REVIEWERS) <= set(accounts.sample_accounts().by_name)


def test_without_a_running_system_the_audit_says_how_to_start_one(tmp_path: Path):
    outcome = CliRunner().invoke(build(["demo"]), ["demo", "audit", "--data", str(tmp_path)])
    assert outcome.exit_code == 4
    assert "dangan up" in outcome.output


@pytest.mark.parametrize("options", [["--dossiers", "11"], ["--materials", "1"], ["--materials", "99999"]])
def test_impossible_sizes_are_refused_before_anything_is_done(tmp_path: Path, options: list[str]):
    outcome = CliRunner().invoke(build(["demo"]), ["demo", "audit", "--data", str(tmp_path), *options])
    assert outcome.exit_code == 2
