"""One suite for every blob store: the local directory and S3 keep the same promises."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from chassis.blobs import BlobMissing, BlobStore, open_blob_store
from contracts.problems import TooLarge
from contracts.values.ids import new_id

UNIT, OTHER = new_id("unt"), new_id("unt")


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """An S3 server on loopback."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "s3"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BlobStore]:
    if request.param == "file":
        yield open_blob_store(tmp_path.as_uri())
        return
    address = request.getfixturevalue("s3_address")
    bucket = f"pages-{new_id('req')[-12:].lower()}"
    settings = {
        "AWS_ENDPOINT": address,
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    import httpx

    httpx.put(f"{address}/{bucket}").raise_for_status()
    yield open_blob_store(f"s3://{bucket}/archive")


async def keep(store: BlobStore, content: bytes, unit: str = UNIT) -> str:
    async with store.receive(1 << 26) as incoming:
        for start in range(0, len(content), 100_000):
            await incoming.write(content[start : start + 100_000])
        await incoming.finish()
        await incoming.keep(unit)
        return incoming.digest


async def test_what_was_kept_is_read_by_its_digest(store: BlobStore):
    """The digest is of the bytes; they come back as a whole, in chunks, and as a file."""
    content = bytes(range(256)) * 12_000
    digest = await keep(store, content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert await store.read(UNIT, digest) == content
    async with store.local(UNIT, digest) as path:
        assert path.read_bytes() == content


async def test_keeping_the_same_file_twice_changes_nothing(store: BlobStore):
    """Within a unit a file is stored once."""
    first, second = await keep(store, b"page"), await keep(store, b"page")
    assert first == second
    assert [address async for address in store.addresses()] == [(UNIT, first)]


async def test_what_is_in_memory_is_put_in_at_once(store: BlobStore, tmp_path: Path):
    """The same blob as one that was taken in by chunks; once more changes nothing, and no temporary file stays."""
    content = bytes(range(256)) * 100
    digest = await store.put(UNIT, content)
    assert digest == await store.put(UNIT, content) == await keep(store, content)
    assert await store.read(UNIT, digest) == content
    assert [address async for address in store.addresses()] == [(UNIT, digest)]
    assert list(tmp_path.rglob("incoming-*")) == []


async def test_units_do_not_share(store: BlobStore):
    """What one unit has is not there for another, even with the same digest."""
    digest = await keep(store, b"page")
    with pytest.raises(BlobMissing):
        await store.read(OTHER, digest)
    await keep(store, b"page", OTHER)
    assert len([address async for address in store.addresses()]) == 2


async def test_what_is_not_kept_leaves_nothing(store: BlobStore, tmp_path: Path):
    """An upload that breaks off, is refused or is too large: no blob, no temporary file."""
    with pytest.raises(ZeroDivisionError):
        async with store.receive(100) as incoming:
            await incoming.write(b"half")
            raise ZeroDivisionError
    with pytest.raises(TooLarge):
        async with store.receive(100) as incoming:
            await incoming.write(b"x" * 101)
    assert [address async for address in store.addresses()] == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_an_unknown_digest_is_missing(store: BlobStore):
    """Reading, streaming and opening say so in the same way."""
    with pytest.raises(BlobMissing):
        await store.read(UNIT, "0" * 64)
    with pytest.raises(BlobMissing):
        async with store.local(UNIT, "0" * 64):
            pass


async def test_a_flipped_byte_is_found_by_the_scrub(tmp_path: Path):
    """Each blob is hashed again; the report names the one that changed."""
    store = open_blob_store(tmp_path.as_uri())
    await keep(store, b"sound")
    digest = await keep(store, b"damaged")
    path = tmp_path / UNIT / digest[:2] / digest
    path.chmod(0o600)
    path.write_bytes(b"dAmaged")
    report = await store.scrub()
    assert (report.read, report.damaged) == (2, [f"{UNIT}/{digest}"])


def test_an_address_of_another_kind_is_refused():
    """Only directories and S3."""
    with pytest.raises(ValueError, match="DANGAN_BLOBS_URL"):
        open_blob_store("ftp://x/y")
