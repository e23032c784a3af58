"""A backup under load, restored on an empty directory: the same counts, digests and journals, and the story runs on."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli import acts
from cli.passphrase import VARIABLE
from deploy.backup.faults import CONFLICT, FAILED, INVALID, NOT_ALLOWED, NOT_FOUND, Refused
from deploy.backup.last import last_backup
from deploy.backup.manifest import NAME, read_manifest
from deploy.backup.restore import Order as RestoreOrder
from deploy.backup.restore import check, check_all, restore
from deploy.backup.take import take
from deploy.embedded.layout import TREE, find_layout
from deploy.embedded.run_state import lock_holder
from tests.deploy.backup.busy import (
    PASSPHRASE,
    BackedUp,
    back_up_while_busy,
    folder_for_nobody,
    order,
    up,
    users_of,
)
from tests.support.engine import Engine
from tests.support.waiting import until

HANDED_ON = 120.0  # seconds


@pytest.fixture(scope="module")
async def backed_up(engine: Engine) -> BackedUp:
    """One busy system and its backup, for all tests of this module; each works on a copy."""
    return await back_up_while_busy(engine)


def back(directory: Path, data: Path, passphrase: str = PASSPHRASE) -> RestoreOrder:
    """An order for a restore that says nothing."""
    return RestoreOrder(directory, find_layout(data), passphrase, lambda line: None)


async def test_the_restored_system_is_the_same_and_goes_on(backed_up: BackedUp, engine: Engine):
    """Counts, digests and journal heads are equal; what was acknowledged before the backup ends well; the story runs.

    The broker's files are not in the backup: what it alone had at that moment has to be told again.
    """
    assert backed_up.during > 0, "people worked while the backup ran"
    data = folder_for_nobody(engine, "restored") / "data"
    restored = await restore(back(backed_up.directory, data))
    assert [line.what for line in restored.lines if not line.same] == []
    heads = restored.manifest.census.journal
    assert set(heads) == {"transfer", "audit", "catalog", "access", "identity"}
    assert heads["catalog"].rows > 100
    assert restored.manifest.blobs.count > 0
    assert restored.manifest.blobs.missing == 0
    layout = find_layout(data)
    assert last_backup(layout) is not None
    async with up(layout) as supervisor, users_of(supervisor) as users:
        submitter = users.signed_in("submitter")
        async with asyncio.timeout(HANDED_ON):
            await asyncio.gather(*(acts.until_closed(submitter, one) for one in backed_up.before))
        await users.play_story()


def test_page_files_that_are_there_are_not_copied_again(backed_up: BackedUp):
    """The second backup copied what was handed in since, and took the place of the first."""
    assert backed_up.first.fresh == backed_up.first.manifest.blobs.count
    grown = backed_up.second.manifest.blobs.count - backed_up.first.manifest.blobs.count
    assert backed_up.second.fresh == grown
    runs = [run.name for run in (backed_up.directory / "runs").iterdir()]
    assert runs == [backed_up.second.manifest.run]
    assert read_manifest(backed_up.directory).run == backed_up.second.manifest.run


def test_a_backup_holds_no_secret_in_the_open(backed_up: BackedUp):
    """Neither a key nor an engine's password stands in any file outside the database's own."""
    secrets = list(json.loads((backed_up.layout.root / "passwords.json").read_text())["database"].values())
    for file in backed_up.layout.keys.glob("*.json"):
        key = json.loads(file.read_text())
        secrets.append(key.get("d") or key["k"])
    run = backed_up.directory / "runs" / backed_up.second.manifest.run
    for file in (backed_up.directory / NAME, run / "secrets.sealed", run / "blobs.list", run / "backup_manifest"):
        content = file.read_text()
        assert not [secret for secret in secrets if secret in content]


def a_copy(backed_up: BackedUp, tmp_path: Path) -> Path:
    """The backup, to be damaged."""
    return Path(shutil.copytree(backed_up.directory, tmp_path / "damaged"))


def cut(file: Path) -> None:
    """Half of it, as a full disk or a pulled plug leaves it."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def flip(file: Path) -> None:
    """One bit of it."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


async def test_a_damaged_backup_is_refused_and_nothing_is_restored(backed_up: BackedUp, engine: Engine, tmp_path: Path):
    """Each file in turn removed, cut off, or changed by a bit."""
    damaged, data = a_copy(backed_up, tmp_path), folder_for_nobody(engine, "refused") / "data"
    blob = next((damaged / "blobs").glob("unt_*/??/*"))
    page = str(blob.relative_to(damaged))
    for name in [*read_manifest(damaged).files, NAME, page]:
        for damage in (Path.unlink, cut, flip):
            file = damaged / name
            sound = file.read_bytes()
            damage(file)
            # A page file is looked at last, when the database has been recovered: once is enough for that.
            look = check_all if name == page and damage is not flip else restore
            with pytest.raises(Refused) as refused:
                await look(back(damaged, data))
            absent = (name, damage) == (NAME, Path.unlink)
            assert refused.value.code == (NOT_FOUND if absent else INVALID), (name, damage, str(refused.value))
            assert "\n" not in str(refused.value)
            assert list(data.parent.iterdir()) == [], (name, damage)
            file.write_bytes(sound)


async def test_another_passphrase_opens_nothing(backed_up: BackedUp, engine: Engine):
    data = folder_for_nobody(engine, "refused") / "data"
    with pytest.raises(Refused, match="passphrase") as refused:
        await restore(back(backed_up.directory, data, "seven grey herons over the reservoiR"))
    assert refused.value.code == NOT_ALLOWED
    assert list(data.parent.iterdir()) == []


async def test_a_manifest_that_somebody_else_wrote_is_refused(backed_up: BackedUp, engine: Engine, tmp_path: Path):
    """Whoever changes a file and its digest cannot make the seal without the passphrase."""
    damaged, data = a_copy(backed_up, tmp_path), folder_for_nobody(engine, "refused") / "data"
    told = json.loads((damaged / NAME).read_text())
    told["census"]["journal"]["catalog"]["rows"] -= 1
    (damaged / NAME).write_text(json.dumps(told))
    with pytest.raises(Refused, match=NAME) as refused:
        await restore(back(damaged, data))
    assert refused.value.code == INVALID
    assert list(data.parent.iterdir()) == []


async def test_a_directory_with_anything_in_it_is_not_restored_into(backed_up: BackedUp):
    with pytest.raises(Refused, match="not empty") as refused:
        await restore(back(backed_up.directory, backed_up.layout.root))
    assert refused.value.code == CONFLICT


async def test_a_stopped_system_is_backed_up_too(backed_up: BackedUp, engine: Engine):
    """Its PostgreSQL runs for as long as that takes; the state is the one in which it was stopped."""
    directory = folder_for_nobody(engine, "backups") / "stopped"
    taken = await take(order(backed_up.layout, directory))
    heads, earlier = taken.manifest.census.journal, backed_up.second.manifest.census.journal
    assert heads["catalog"].rows >= earlier["catalog"].rows
    data = folder_for_nobody(engine, "restored") / "data"
    restored = await restore(back(directory, data))
    assert [line.what for line in restored.lines if not line.same] == []


async def test_a_killed_backup_leaves_the_earlier_one_and_the_next_goes_on(
    backed_up: BackedUp, engine: Engine, tmp_path: Path
):
    """`kill -9` while it copies the database: nothing of it counts, nothing of it stays, no process is left."""
    directory = a_copy(backed_up, tmp_path)
    earlier = read_manifest(directory).run
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "backup", str(directory), "--data", str(backed_up.layout.root)],
        cwd=TREE,
        env={**os.environ, VARIABLE: PASSPHRASE},
        stderr=subprocess.DEVNULL,
    )
    await until(lambda: list(directory.glob("runs/*/base.tar.gz")) != [directory / "runs" / earlier / "base.tar.gz"])
    process.kill()
    process.wait()
    await until(lambda: lock_holder(backed_up.layout) is None)
    assert len(list((directory / "runs").iterdir())) == 2
    manifest, _ = await check(back(directory, folder_for_nobody(engine, "checked") / "data"))
    assert manifest.run == earlier
    taken = await take(order(backed_up.layout, directory))
    assert taken.fresh == taken.manifest.blobs.count - manifest.blobs.count
    assert [run.name for run in (directory / "runs").iterdir()] == [taken.manifest.run]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
async def test_a_full_disk_is_one_line_and_leaves_the_earlier_backup(
    backed_up: BackedUp, engine: Engine, tmp_path: Path
):
    """On a disk with room for one backup, a second finds none; what it wrote goes, and the first still restores."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = sum(file.stat().st_size for file in backed_up.directory.rglob("*") if file.is_file())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size + (3 << 20)}", "tmpfs", disk], check=True)
    try:
        shutil.copytree(backed_up.directory, disk, dirs_exist_ok=True)
        with pytest.raises(Refused, match="no room left") as refused:
            await take(order(backed_up.layout, disk))
        assert refused.value.code == FAILED
        assert [run.name for run in (disk / "runs").iterdir()] == [read_manifest(disk).run]
        await check(back(disk, folder_for_nobody(engine, "checked") / "data"))
    finally:
        subprocess.run(["umount", disk], check=True)


async def test_the_directory_of_another_system_is_refused(backed_up: BackedUp, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "dangan-backup.json").write_text(json.dumps({"system": "1"}))
    with pytest.raises(Refused, match="another system") as refused:
        await take(order(backed_up.layout, other))
    assert refused.value.code == CONFLICT
    assert read_manifest(backed_up.directory).run == backed_up.second.manifest.run
