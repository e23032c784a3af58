"""`dangan blobs scrub` finds a byte that flipped, and says which file it is."""

import asyncio
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chassis.blobs import open_blob_store
from cli.main import build
from contracts.values.ids import new_id
from deploy.embedded.layout import find_layout
from deploy.embedded.reach import NOBODY
from tests.chassis.test_blobs import keep


def test_a_damaged_page_file_is_named(tmp_path: Path):
    """Sound: exit 0. One byte changed: exit 1, with the address on stdout and the cure on stderr."""
    unit, root = new_id("unt"), find_layout(tmp_path).blobs
    digest = asyncio.run(keep(open_blob_store(root.as_uri()), b"a page", unit))
    run = CliRunner().invoke
    sound = run(build(["blobs"]), ["blobs", "scrub", "--data", str(tmp_path)])
    assert (sound.exit_code, sound.stdout) == (0, "")
    (root / unit / digest[:2] / digest).write_bytes(b"a pagE")
    damaged = run(build(["blobs"]), ["blobs", "scrub", "--data", str(tmp_path)])
    assert (damaged.exit_code, damaged.stdout) == (1, f"{unit}/{digest}\n")
    assert "backup" in damaged.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root looks after the files of another user")
def test_root_scrubs_what_belongs_to_nobody_and_leaves_nothing_of_its_own(tmp_path: Path):
    """The services run as `nobody` there: a folder that root made in their store would stop them at the next start."""
    unit, root = new_id("unt"), find_layout(tmp_path).blobs
    asyncio.run(keep(open_blob_store(root.as_uri()), b"a page", unit))
    for path in (root, *root.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    scrub = ["blobs", "scrub", "--data", str(tmp_path)]
    done = CliRunner().invoke(build(["blobs"]), scrub)
    assert (done.exit_code, done.stderr) == (0, "1 page files read, none damaged\n")
    (root / "incoming").rmdir()
    assert CliRunner().invoke(build(["blobs"]), scrub).exit_code == 0
    assert {path.stat().st_uid for path in root.rglob("*")} == {NOBODY}
