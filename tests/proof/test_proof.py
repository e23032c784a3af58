"""The runner of the proofs: what stands is not run again, what failed is, and nothing runs for ever."""

import sys
from pathlib import Path

import pytest

from tests.proof.__main__ import prove, run_step
from tests.proof.state import State, digest_of_code, read_state
from tests.proof.steps import Step, all_steps


def step(name: str, program: str, *, code: int = 0, minutes: float = 1.0) -> Step:
    """A step that is a line of Python."""
    return Step(name, (sys.executable, "-c", program), minutes, code)


def appending(file: Path) -> str:
    """A program that leaves a mark each time it runs."""
    return f"open({str(file)!r}, 'a').write('x')"


def test_a_second_call_goes_on_where_the_first_stopped(tmp_path: Path):
    """The step that stands is left alone; the one that had failed is run again."""
    table, first, second = tmp_path / "proof.json", tmp_path / "first", tmp_path / "second"
    steps = [step("a", appending(first)), step("b", f"{appending(second)}; raise SystemExit(1)")]
    assert prove(steps, State("code", 7), table, tmp_path, 1)
    again = read_state(table, "code")
    assert again is not None
    assert (again.seed, again.steps["a"].ok, again.steps["b"].ok) == (7, True, False)
    assert prove(steps, again, table, tmp_path, 1)
    assert (first.read_text(), second.read_text()) == ("x", "xx")


def test_what_was_proved_of_other_code_is_forgotten(tmp_path: Path):
    table = tmp_path / "proof.json"
    State("code", 7).write(table)
    assert read_state(table, "other code") is None


def test_no_step_begins_when_the_time_is_over(tmp_path: Path):
    mark = tmp_path / "mark"
    assert not prove([step("a", appending(mark))], State("code", 7), tmp_path / "proof.json", tmp_path, minutes=-1)
    assert not mark.exists()


def test_a_step_that_hangs_is_ended(tmp_path: Path):
    done = run_step(step("a", "import time; time.sleep(600)", minutes=0.01), tmp_path)
    assert (done.ok, done.told) == (False, "took longer than it may")


@pytest.mark.parametrize(("code", "ok"), [(0, False), (1, True)])
def test_a_step_that_must_fail_succeeds_by_failing(tmp_path: Path, code: int, ok: bool):
    """A run without its guard that ends well has proved that the checker is blind."""
    assert run_step(step("a", f"raise SystemExit({code})", code=1), tmp_path).ok is ok


def test_the_digest_sees_a_changed_rule(tmp_path: Path):
    rule = tmp_path / "services" / "audit" / "rules" / "appraisal.toml"
    rule.parent.mkdir(parents=True)
    rule.write_text("persons = 2")
    before = digest_of_code(tmp_path)
    rule.write_text("persons = 1")
    assert digest_of_code(tmp_path) != before


def test_each_step_has_an_id_of_its_own():
    names = [one.id for one in all_steps(1)]
    assert len(names) == len(set(names))
