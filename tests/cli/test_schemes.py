"""`dangan schemes`: a file is judged before it goes in, and a title's way is told."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build
from services.catalog import rules

APP = build(["schemes"])
SHIPPED = Path(rules.__file__).with_name("schemes")


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(APP, ["schemes", *words], env={"COLUMNS": "160"})
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", ["r2018", "r2009"])
def test_a_shipped_file_holds(name: str):
    """Its digest is the one that the service keeps with what it decides."""
    code, out, err = run("check", str(SHIPPED / f"{name}.toml"), "--json")
    told = json.loads(out)
    assert (code, told["valid"], told["scheme"]) == (0, True, name)
    assert told["digest"] == rules.load_catalog_rules().digests[name]
    assert "方案有效" in err


def test_a_fault_names_file_line_key_and_cure(tmp_path: Path):
    """For a program as members, for a person in one line; exit code 6."""
    text = (
        (SHIPPED / "r2018.toml").read_text(encoding="utf-8").replace("pattern = '档案审核专用'", "pattern = '审核本'")
    )
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    code, out, err = run("check", str(tmp_path / "ours.toml"), "--json")
    told = json.loads(out)
    assert (code, told["valid"], told["key"]) == (6, False, "title_rule.1.examples")
    assert text.splitlines()[told["line"] - 1].startswith("examples = ")
    assert told["cure"]
    assert f"ours.toml:{told['line']}" in err


def test_a_pattern_that_may_run_for_ever_is_refused(tmp_path: Path):
    """Before any title meets it: file, line, key and cure, at once and every time."""
    slow = "pattern = '(审核.*专用)+'"
    text = (SHIPPED / "r2018.toml").read_text(encoding="utf-8").replace("pattern = '档案审核专用'", slow)
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    code, out, err = run("check", str(tmp_path / "ours.toml"), "--json")
    told = json.loads(out)
    assert (code, told["valid"], told["key"]) == (6, False, "title_rule.1.pattern")
    assert text.splitlines()[told["line"] - 1] == slow
    assert "take for ever" in told["reason"]
    assert "[甲乙]" in told["cure"]
    assert f"ours.toml:{told['line']}" in err


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path):
    """Exit code 4, for both commands."""
    assert run("check", str(tmp_path / "none.toml"))[0] == 4
    assert run("explain", "自传", "--file", str(tmp_path / "none.toml"))[0] == 4
    assert run("explain", "自传", "--scheme", "r1991")[0] == 4


def test_a_title_is_explained_for_a_program():
    """Category, deciding rule, runner-up and source."""
    code, out, _ = run("explain", "干部任免审批表（档案审核专用）", "--json")
    told = json.loads(out)
    assert (code, told["category"], told["scheme"]) == (0, "5", "r2018")
    assert (told["deciding"]["basis"], told["runner_up"]["category"]) == ("r2018:2", "9-2")
    assert told["runner_up"]["source"] == "seed 000"


def test_a_title_is_explained_for_a_person():
    """In the table the words stand, Chinese first."""
    code, out, _ = run("explain", "离任审计报告", "--scheme", "r2009", "--output", "table")
    assert code == 0
    assert "3 考察、考核、鉴定材料；审计材料" in out
    assert "r2009:27" in out
    assert "待处理" in run("explain", "来信", "--output", "table")[1]


def test_an_asserted_fact_counts():
    """As the archivist's own assertion does."""
    assert json.loads(run("explain", "干部履历表", "--json")[1])["category"] == "1"
    assert json.loads(run("explain", "干部履历表", "--fact", "mainly_autobiography", "--json")[1])["category"] == "2"
    assert run("explain", "干部履历表", "--fact", "unknown")[0] == 2
    assert run("explain", "  ")[0] == 2


def test_a_program_gets_candidates_with_their_reason():
    """No rule places it, so the likeliest categories are listed."""
    told = json.loads(run("explain", "人员登记表", "--json")[1])
    assert told["category"] == "unclassified"
    assert told["candidates"][0]["fact"] == "approval_opinion_sealed"
