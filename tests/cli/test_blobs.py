"""`dangan blobs scrub` finds a byte that flipped, and says which file it is."""

import asyncio
from pathlib import Path

from typer.testing import CliRunner

from chassis.blobs import open_blob_store
from cli.main import build
from contracts.values.ids import new_id
from deploy.embedded.layout import find_layout
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
