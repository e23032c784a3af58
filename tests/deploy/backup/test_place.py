"""The directory of backups: whose it is, one at a time, and nothing that no manifest names is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.backup.faults import CONFLICT, INVALID, NOT_FOUND, Refused
from deploy.backup.manifest import read_manifest
from deploy.backup.place import MARKER, check_apart, held
from deploy.embedded.layout import Layout


def refusal(directory: Path) -> Refused:
    """What taking that directory is refused with."""
    with pytest.raises(Refused) as refused, held(directory):
        pass
    return refused.value


def test_a_directory_with_something_else_in_it_is_not_ours(tmp_path: Path):
    (tmp_path / "holiday.jpg").touch()
    refused = refusal(tmp_path)
    assert (refused.code, "holds no backups of ours" in refused.what) == (CONFLICT, True)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_file_is_no_directory(tmp_path: Path):
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file").code == CONFLICT


def test_an_empty_disk_may_have_what_its_file_system_puts_there(tmp_path: Path):
    (tmp_path / "lost+found").mkdir()
    for _ in range(2):
        with held(tmp_path) as place:
            place.claim("1")
    assert (tmp_path / MARKER).exists()


def test_two_backups_at_once_are_refused(tmp_path: Path):
    with held(tmp_path / "backups"):
        refused = refusal(tmp_path / "backups")
    assert (refused.code, "is running" in refused.what) == (CONFLICT, True)
    with held(tmp_path / "backups"):  # and the lock goes with its holder
        pass


def test_the_directory_of_another_system_is_not_taken(tmp_path: Path):
    with held(tmp_path) as place:
        place.claim("1")
        with pytest.raises(Refused, match="another system") as refused:
            place.claim("2")
        assert refused.value.code == CONFLICT
        (tmp_path / MARKER).write_text("{")
        with pytest.raises(Refused) as refused:
            place.claim("1")
        assert refused.value.code == INVALID


def test_what_a_broken_off_run_has_left_goes_with_the_next(tmp_path: Path):
    """Its folder and half-copied page files; the run of the manifest stays until another has finished."""
    with held(tmp_path) as place:
        finished = place.begin(None)
        broken_off = place.begin(finished.name)
        (broken_off / "base.tar.gz").touch()
        (place.blobs / ".part-x").touch()
        fresh = place.begin(finished.name)
        assert {run.name for run in place.runs.iterdir()} == {finished.name, fresh.name}
        assert list(place.blobs.iterdir()) == []
        place.forget_all_but(fresh.name)
        assert [run.name for run in place.runs.iterdir()] == [fresh.name]


@pytest.mark.parametrize("place", ["data", "data/backups", "."])
def test_a_backup_beside_its_own_data_is_refused(tmp_path: Path, place: str):
    with pytest.raises(Refused, match="data directory") as refused:
        check_apart(tmp_path / place, Layout(tmp_path / "data", None))
    assert refused.value.code == CONFLICT
    check_apart(tmp_path / "backups", Layout(tmp_path / "data", None))


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (None, NOT_FOUND),
        ("", INVALID),
        ('{"format": 1, "run": "2026', INVALID),
        ("[]", INVALID),
        ('{"format": 1}', INVALID),
        ('{"format": 2, "release": "9.0"}', CONFLICT),
    ],
)
def test_a_directory_without_a_finished_backup_says_why(tmp_path: Path, manifest: str | None, code: int):
    """Missing: cut off before its end. Not readable: damaged. Of a later release: told apart from both."""
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(Refused) as refused:
        read_manifest(tmp_path)
    assert refused.value.code == code


def test_a_directory_that_is_not_there_is_not_found(tmp_path: Path):
    with pytest.raises(Refused) as refused:
        read_manifest(tmp_path / "nowhere")
    assert refused.value.code == NOT_FOUND
