"""Page files by digest: each copied once, and only whole and sound."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from contracts.values.ids import new_id
from deploy.backup.blobs import Copied, copy_all, listed, path_of

UNIT = new_id("unt")


def store(root: Path, *contents: bytes) -> list[str]:
    """A store with these files; their digests."""
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    for digest, content in zip(digests, contents, strict=True):
        path_of(root, UNIT, digest).parent.mkdir(parents=True, exist_ok=True)
        path_of(root, UNIT, digest).write_bytes(content)
    (root / "incoming").mkdir(parents=True, exist_ok=True)
    (root / "incoming" / "incoming-x").write_bytes(b"on its way")
    return digests


def copy(tmp_path: Path, number: int) -> Copied:
    """One pass."""
    target = tmp_path / "target"
    target.mkdir(exist_ok=True)
    return copy_all(tmp_path / "source", target, tmp_path / f"list-{number}", lambda copied: None)


def test_a_second_pass_copies_only_what_is_new(tmp_path: Path):
    one, two = store(tmp_path / "source", b"one", b"twenty")
    first = copy(tmp_path, 1)
    assert (first.count, first.size, first.fresh) == (2, 9, 2)
    [three] = store(tmp_path / "source", b"three")
    second = copy(tmp_path, 2)
    assert (second.count, second.size, second.fresh) == (3, 14, 1)
    assert {digest: size for _, digest, size in listed(tmp_path / "list-2")} == {one: 3, two: 6, three: 5}
    assert not list((tmp_path / "target").glob(".part-*"))


def test_a_file_that_was_cut_off_is_copied_again(tmp_path: Path):
    """A file system that lost its end, say: its own name promises a whole one, its size does not."""
    [digest] = store(tmp_path / "source", b"a page")
    copy(tmp_path, 1)
    path_of(tmp_path / "target", UNIT, digest).write_bytes(b"a p")
    assert copy(tmp_path, 2).fresh == 1
    assert path_of(tmp_path / "target", UNIT, digest).read_bytes() == b"a page"


def test_what_is_damaged_in_the_system_is_named_and_not_copied(tmp_path: Path):
    good, bad = store(tmp_path / "source", b"a page", b"another")
    path_of(tmp_path / "source", UNIT, bad).write_bytes(b"anotheR")
    copied = copy(tmp_path, 1)
    assert copied.damaged == [f"{UNIT}/{bad}"]
    assert [digest for _, digest, _ in listed(tmp_path / "list-1")] == [good]
    assert not path_of(tmp_path / "target", UNIT, bad).exists()


@pytest.mark.parametrize(
    "line",
    [f"{UNIT}/../../etc/passwd 3", f"../{UNIT}/{'0' * 64} 3", "nothing", f"{UNIT}/{'0' * 64}"],
    ids=["upwards", "from above", "a word", "no size"],
)
def test_a_list_with_anything_but_addresses_is_not_read(tmp_path: Path, line: str):
    (tmp_path / "list").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"."):
        list(listed(tmp_path / "list"))
