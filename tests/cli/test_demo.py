"""The demo shows what happened in each step, and where one fails, why and what to quote."""

from __future__ import annotations

import tomllib
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from cli import accounts, demo
from cli.client import NotReached, Problem
from cli.main import build
from cli.story import STORY, Missed, Stage, Step, expect
from tests.support.county import County

PROBLEM = Problem(
    "POST",
    "/v1/submissions",
    422,
    {
        "code": "person-mismatch",
        "detail": "编号与姓名不符。",
        "fix": "请核对。",
        "request_id": "req_1",
        "errors": [{"pointer": "/subject", "code": "mismatch"}],
    },
)


def failing(fault: Exception) -> Step:
    async def act(stage: Stage) -> str:
        raise fault

    return Step("submitter", "报送", "hand in", act)


def stage(county: County) -> Stage:
    return Stage(county.signed_in, county.sample, county.system.client().published_keys)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (PROBLEM, ["person-mismatch", "编号与姓名不符。", "请核对。", "req_1", "/subject: mismatch"]),
        (Missed("no receipt"), ["Missed: no receipt"]),
        (NotReached("closed", 30, None), ["closed: not reached within 30 s"]),
        (httpx.ConnectError("refused"), ["ConnectError: refused"]),
    ],
)
async def test_a_failed_step_says_why(county: County, fault: Exception, told: list[str]):
    """The problem with its cure and its request id stand in the table, not in a stack."""
    happened, good = await demo._act(failing(fault), stage(county))
    assert not good
    assert all(line in happened for line in told)


async def test_a_bug_is_not_taken_for_a_failed_step(county: County):
    """What nobody foresaw ends the demo with its stack."""
    with pytest.raises(ZeroDivisionError):
        await demo._act(failing(ZeroDivisionError()), stage(county))


async def test_a_step_that_goes_well_tells_what_happened(county: County):
    async def act(stage: Stage) -> str:
        return "档案 [1-2]"

    happened, good = await demo._act(Step("viewer", "查阅", "view", act), stage(county))
    assert good
    assert happened.replace("\\", "") == "档案 [1-2]"


async def test_a_demo_ends_at_its_first_failed_step(county: County):
    played: list[str] = []

    async def good(stage: Stage) -> str:
        played.append("good")
        return "done"

    steps = (Step("", "一", "one", good), failing(Missed("here")), Step("", "三", "three", good))
    assert await demo.play(county.system.url, 2026, steps) is False
    assert played == ["good"]


def test_what_does_not_hold_ends_the_story():
    expect(1, "never said")
    with pytest.raises(Missed, match="said"):
        expect(0, "said")


def test_without_a_running_system_the_demo_says_how_to_start_one(tmp_path: Path):
    outcome = CliRunner().invoke(build(["demo"]), ["demo", "--data", str(tmp_path)])
    assert outcome.exit_code == 4
    assert "dangan up" in outcome.output


def test_every_step_names_a_sample_account():
    known = accounts.sample_accounts().by_name
    assert {step.who for step in STORY} - {""} <= set(known)


def test_the_sample_accounts_are_those_of_the_gateway():
    file = Path(__file__).parents[2] / "gateway" / "sample_accounts.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    found = accounts.sample_accounts()
    assert found.secret == rows["secret"]
    assert set(found.by_name) == {row["sign_in_name"] for row in rows["account"]}
    assert [name for name, account in found.by_name.items() if account.client] == ["hr"]
