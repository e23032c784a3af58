"""The command line as such: what is imported, how failures are told, what arguments mean."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer

from cli.clock import parse
from cli.events import KEPT, check_range
from cli.main import COMMANDS, build
from deploy.embedded.layout import TREE

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def dangan(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words], cwd=TREE, capture_output=True, text=True, check=False
    )


def test_every_command_is_there_with_a_worked_example():
    app = build(list(COMMANDS))
    named = {command.name for command in app.registered_commands}
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    assert named | set(groups) == set(COMMANDS)
    commands = [*app.registered_commands]
    for group in groups.values():
        assert group is not None
        commands += group.registered_commands
    for command in commands:
        assert "Example: dangan " in ((command.callback and command.callback.__doc__) or ""), command.name


def test_a_command_does_not_import_the_others():
    """`dangan down` shall not wait for SQLAlchemy, and `dangan verify` works with no server at all."""
    code = "import sys; from cli.main import build; build(['down']); print(sorted(sys.modules))"
    seen = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True).stdout
    assert "cli.down" in seen
    for module in ("cli.up", "sqlalchemy", "asyncpg", "fastapi", "httpx"):
        assert f"'{module}'" not in seen


@pytest.mark.parametrize("words", [("status",), ("events", "lag"), ("events", "dead"), ("demo",)])
def test_where_nothing_runs_one_line_says_so(tmp_path: Path, words: tuple[str, ...]):
    tmp_path.chmod(0o711)
    told = dangan(*words, "--data", str(TREE / ".dangan-nowhere"))
    assert told.returncode == 4
    assert "→" in told.stderr
    assert "Traceback" not in told.stderr
    assert told.stdout == ""


def test_stopping_what_does_not_run_is_no_failure():
    told = dangan("down", "--data", str(TREE / ".dangan-nowhere"))
    assert (told.returncode, "nothing runs" in told.stderr) == (0, True)


def test_a_mistyped_command_is_a_usage_fault():
    told = dangan("statsu")
    assert told.returncode == 2
    assert "statsu" in told.stderr


@pytest.mark.parametrize(("text", "meant"), [("31d", 31 * 1440), ("12h", 720), ("30m", 30)])
def test_a_step_of_the_clock(text: str, meant: int):
    assert parse(text) == timedelta(minutes=meant)


@pytest.mark.parametrize("text", ["", "31", "-1d", "0d", "1w", "1.5h", "99999999d"])
def test_no_step_of_the_clock(text: str):
    with pytest.raises(typer.BadParameter):
        parse(text)


def test_a_replay_reaches_back_90_days_and_no_further():
    begin = (NOW - KEPT).replace(tzinfo=None)
    assert check_range(begin, None, NOW) == (NOW - KEPT, NOW)
    with pytest.raises(SystemExit) as refused:
        check_range(begin - timedelta(seconds=1), None, NOW)
    assert refused.value.code == 5


def test_an_empty_range_is_a_usage_fault():
    with pytest.raises(typer.BadParameter):
        check_range(datetime(2026, 11, 24), datetime(2026, 11, 24), NOW)
