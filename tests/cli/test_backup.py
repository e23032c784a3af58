"""`dangan backup` and `restore` as commands: where the passphrase comes from, what each refusal exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build
from cli.passphrase import VARIABLE

PASSPHRASE = "seven grey herons over the reservoir"


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Path:
    """An empty data directory. It is there, because where root runs this nobody cannot enter the folder above."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def dangan(*words: str, passphrase: str | None = PASSPHRASE) -> tuple[int, str]:
    """Exit code and stderr; stdout must be empty, since nothing here succeeds."""
    env = {VARIABLE: passphrase}
    outcome = CliRunner().invoke(build(["backup", "restore"]), list(words), env=env)
    assert outcome.stdout == ""
    return outcome.exit_code, outcome.stderr


def test_without_a_passphrase_nothing_begins(tmp_path: Path):
    code, told = dangan("backup", str(tmp_path / "backups"), "--data", str(tmp_path / "data"), passphrase=None)
    assert (code, "no passphrase" in told, VARIABLE in told) == (2, True, True)
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("weak", ["", "too short", "aaaaaaaaaaaaaaaaaaaa"])
def test_a_weak_passphrase_is_not_taken(tmp_path: Path, weak: str):
    code, told = dangan("backup", str(tmp_path / "backups"), "--data", str(tmp_path / "data"), passphrase=weak)
    assert (code, told.count("\n")) == (3, 1)
    assert not (tmp_path / "backups").exists()


def test_the_passphrase_is_the_first_line_of_a_file(tmp_path: Path):
    """A file goes before the environment, and its line end is none of it."""
    file = tmp_path / "passphrase"
    file.write_text("weak\r\nmore\n")
    words = ("--data", str(tmp_path / "data"), "--passphrase-file", str(file))
    code, told = dangan("backup", str(tmp_path / "backups"), *words)
    assert (code, "fewer than 12" in told) == (3, True)
    code, told = dangan("backup", str(tmp_path / "backups"), *words[:2], "--passphrase-file", str(tmp_path / "no"))
    assert (code, "cannot be read" in told) == (2, True)


def test_where_there_are_no_data_the_backup_says_so(tmp_path: Path):
    code, told = dangan("backup", str(tmp_path / "backups"), "--data", str(tmp_path / "data"))
    assert (code, "holds no data" in told, told.count("\n")) == (4, True, 2)  # with the line of its first step


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("backup", "{tmp}/data/backups"), 5, "data directory"),
        (("backup", "{tmp}/full"), 5, "holds no backups of ours"),
        (("restore", "{tmp}/nowhere"), 4, "no directory"),
        (("restore", "{tmp}/full"), 4, "no finished backup"),
        (("restore", "{tmp}/cut"), 6, "cut off"),
        (("restore", "{tmp}/cut", "--dry-run"), 6, "cut off"),
    ],
)
def test_a_refusal_is_one_line_with_its_exit_code(tmp_path: Path, words: tuple[str, ...], code: int, said: str):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "manifest.json").write_text('{"format": 1,')
    words = tuple(word.format(tmp=tmp_path) for word in words)
    found, told = dangan(*words, "--data", str(tmp_path / "data"))
    assert (found, said in told, told.count("\n"), "→" in told) == (code, True, 1, True)
    assert not any((tmp_path / "data").iterdir())


def test_restoring_over_data_is_refused_before_a_passphrase_is_asked_for(tmp_path: Path):
    (tmp_path / "data" / "run.json").write_text(json.dumps({}))
    code, told = dangan("restore", str(tmp_path), "--data", str(tmp_path / "data"), passphrase=None)
    assert (code, "not empty" in told) == (5, True)
