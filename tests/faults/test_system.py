"""The directory of a system under test goes, whatever ends the run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import system

HOLDS_ONE_AND_DIES = """
import os
from tests.faults.system import _directory
with _directory() as folder:
    print(folder, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_run_left_goes_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And a run that still lives keeps its own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(system.tempfile, "tempdir", None)
    killed = subprocess.run([sys.executable, "-c", HOLDS_ONE_AND_DIES], capture_output=True, text=True, check=False)
    left = Path(killed.stdout.strip())
    assert left.parent == tmp_path
    assert left.exists()
    with system._directory() as mine, system._directory() as another:
        assert not left.exists()
        assert mine.exists()
        assert another.exists()
    assert not any(tmp_path.iterdir())
