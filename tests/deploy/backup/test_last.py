"""`dangan up` warns after seven days without a backup, in one line."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.backup.last import LastBackup, last_backup, remember, warning
from deploy.embedded.layout import Layout

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def data_made(root: Path, age: timedelta) -> Layout:
    """A data directory that was first started so long ago."""
    made = root / "passwords.json"
    made.touch()
    os.utime(made, ((NOW - age).timestamp(),) * 2)
    return Layout(root, None)


@pytest.mark.parametrize(("days", "warned"), [(0, False), (6.9, False), (7.1, True), (400, True)])
def test_data_that_were_never_backed_up_are_warned_of_after_a_week(tmp_path: Path, days: float, warned: bool):
    told = warning(data_made(tmp_path, timedelta(days=days)), NOW)
    assert (told is not None) is warned
    assert told is None or ("never" in told and "dangan backup" in told and "\n" not in told)


@pytest.mark.parametrize(("days", "warned"), [(0, False), (6.9, False), (7.1, True)])
def test_an_old_backup_is_warned_of_with_its_age(tmp_path: Path, days: float, warned: bool):
    layout = data_made(tmp_path, timedelta(days=100))
    last = LastBackup((NOW - timedelta(days=days)).isoformat(), "/mnt/backup")
    remember(layout, last)
    assert last_backup(layout) == last
    told = warning(layout, NOW)
    assert (told is not None) is warned
    assert told is None or ("7 days" in told and "/mnt/backup" in told and "\n" not in told)


def test_a_note_that_cannot_be_read_counts_as_no_backup(tmp_path: Path):
    layout = data_made(tmp_path, timedelta(days=8))
    (tmp_path / "backup.json").write_text("{")
    assert last_backup(layout) is None
    assert "never" in (warning(layout, NOW) or "")


def test_where_nothing_was_ever_started_nothing_is_said(tmp_path: Path):
    assert warning(Layout(tmp_path, None), NOW) is None
