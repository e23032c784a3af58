"""Page files in an object store: into a backup and back, by digest, against an S3 server on loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from moto.server import ThreadedMotoServer

from contracts.values.ids import new_id
from deploy.backup.blobs import Copied, listed, path_of
from deploy.backup.faults import INVALID, TRY_LATER, Refused
from deploy.backup.objects import ObjectStore

UNIT = new_id("unt")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An S3 server on loopback."""
    moto = ThreadedMotoServer(port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@dataclass(frozen=True)
class Bucket:
    """A fresh bucket, seen from outside."""

    address: str

    def put(self, content: bytes, digest: str | None = None) -> str:
        digest = digest or hashlib.sha256(content).hexdigest()
        httpx.put(f"{self.address}/archive/{UNIT}/{digest}", content=content).raise_for_status()
        return digest

    @property
    def url(self) -> str:
        """As DANGAN_BLOBS_URL names it."""
        return f"s3://{self.address.rpartition('/')[2]}/archive"


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    name = f"pages-{new_id('req')[-12:].lower()}"
    told = {"ENDPOINT": server, "ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "REGION": "us-east-1"}
    for setting, value in {**told, "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{setting}", value)
    httpx.put(f"{server}/{name}").raise_for_status()
    return Bucket(f"{server}/{name}")


async def copy(bucket: Bucket, tmp_path: Path, number: int) -> Copied:
    """One pass into the backup."""
    target = tmp_path / "target"
    target.mkdir(exist_ok=True)
    return await ObjectStore(bucket.url).copy_all(target, tmp_path / f"list-{number}", lambda copied: None)


async def test_a_second_pass_copies_only_what_is_new_or_cut_off(bucket: Bucket, tmp_path: Path):
    """More than go at once; what is no page file is passed over."""
    digests = [bucket.put(f"page {number}".encode()) for number in range(40)]
    httpx.put(f"{bucket.address}/archive/readme", content=b"not ours").raise_for_status()
    first = await copy(bucket, tmp_path, 1)
    assert (first.count, first.fresh, first.damaged) == (40, 40, [])
    bucket.put(b"a later page")
    path_of(tmp_path / "target", UNIT, digests[0]).write_bytes(b"pa")
    second = await copy(bucket, tmp_path, 2)
    assert (second.count, second.fresh) == (41, 2)
    told = {digest: size for _, digest, size in listed(tmp_path / "list-2")}
    assert len(told) == 41
    for digest, size in told.items():
        content = path_of(tmp_path / "target", UNIT, digest).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (digest, size)
    assert not list((tmp_path / "target").glob(".part-*"))


async def test_what_is_damaged_in_the_store_is_named_and_not_copied(bucket: Bucket, tmp_path: Path):
    good, bad = bucket.put(b"a page"), bucket.put(b"anotheR", hashlib.sha256(b"another").hexdigest())
    copied = await copy(bucket, tmp_path, 1)
    assert copied.damaged == [f"{UNIT}/{bad}"]
    assert [digest for _, digest, _ in listed(tmp_path / "list-1")] == [good]
    assert not path_of(tmp_path / "target", UNIT, bad).exists()


async def test_a_restore_brings_back_what_the_store_has_lost(bucket: Bucket, server: str, tmp_path: Path):
    """Into an empty bucket or one that has some of it; what it counts is what the store has, whole."""
    digests = [bucket.put(f"page {number}".encode()) for number in range(20)]
    await copy(bucket, tmp_path, 1)
    fresh = Bucket(f"{server}/{bucket.address.rpartition('/')[2]}-new")
    httpx.put(fresh.address).raise_for_status()
    fresh.put(b"page 3")
    files = [(path_of(tmp_path / "target", *one[:2]), one) for one in listed(tmp_path / "list-1")]
    assert await ObjectStore(fresh.url).put_all(files) == 20
    again = tmp_path / "again"
    again.mkdir()
    copied = await ObjectStore(fresh.url).copy_all(again, tmp_path / "list-2", lambda copied: None)
    assert (copied.count, copied.damaged) == (20, [])
    assert all(path_of(again, UNIT, digest).exists() for digest in digests)


async def test_a_damaged_file_of_the_backup_is_refused(bucket: Bucket, tmp_path: Path):
    digest = bucket.put(b"a page")
    await copy(bucket, tmp_path, 1)
    path = path_of(tmp_path / "target", UNIT, digest)
    path.write_bytes(b"a pagE")
    with pytest.raises(Refused, match=digest) as refused:
        await ObjectStore(bucket.url).put_all([(path, (UNIT, digest, 6))])
    assert refused.value.code == INVALID


async def test_a_store_that_does_not_answer_is_one_line(bucket: Bucket, tmp_path: Path):
    """A bucket that is not there, say."""
    away = Bucket(f"{bucket.address}-away")
    with pytest.raises(Refused, match="object store") as refused:
        await copy(away, tmp_path, 1)
    assert (refused.value.code, "\n" in str(refused.value)) == (TRY_LATER, False)
