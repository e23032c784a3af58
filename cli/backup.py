"""`dangan backup`: database, page files and keys into a directory, while the system runs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from cli.console import fail, say

INTERRUPTED = 130


def backup(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Backups of this system; best on another disk.")],
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help="File with the passphrase; else DANGAN_BACKUP_PASSPHRASE, else it is asked for."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The manifest as JSON on stdout.")] = False,
) -> None:
    """Back up the system, running or stopped. The keys are sealed with a passphrase: without it nothing is restored.

    DIR holds one finished backup; it is replaced when the next one has finished. Page files that are there already
    are not copied again. Broken off, it is simply run again. Page files are read from where DANGAN_BLOBS_URL says.
    Exit codes: 0 done, 2 no passphrase, 3 weak passphrase, 4 no data, 5 DIR is not ours or in use, 7 try later,
    8 done, but the system itself has lost page files (named on stdout), 130 interrupted.
    Example: dangan backup /mnt/backup/dangan --passphrase-file /root/dangan-passphrase
    """
    from cli.passphrase import passphrase
    from deploy.backup.faults import PARTLY, Refused
    from deploy.backup.take import Order, take
    from deploy.embedded.layout import find_layout

    try:
        order = Order(
            layout=find_layout(data),
            directory=directory.resolve(),
            passphrase=passphrase(passphrase_file, twice=True),
            say=say,
            deployment=os.environ.get("DANGAN_DEPLOYMENT", "local"),
            blobs_url=os.environ.get("DANGAN_BLOBS_URL", ""),
        )
        taken = asyncio.run(take(order))
    except Refused as fault:
        fail(fault.what, fault.cure, fault.code)
    except KeyboardInterrupt:
        fail("已中断 interrupted; 原有备份仍在 the earlier backup is as it was", "重新运行 run it again", INTERRUPTED)
    manifest = taken.manifest
    if as_json:
        print((directory / "manifest.json").read_text(encoding="utf-8"))
    say(
        f"备份完成 backed up as of {manifest.taken_at}: {sum(head.rows for head in manifest.census.journal.values())} "
        f"journal rows, {manifest.blobs.count} page files ({taken.fresh} new), keys sealed"
    )
    say(f"恢复 restore with: dangan restore {directory} --data NEW_DIRECTORY")
    if taken.missing or taken.damaged:
        for address in sorted({*taken.missing, *taken.damaged}):
            print(address)
        fail(
            f"{len(taken.missing)} 缺失 page files missing, {len(taken.damaged)} 损坏 damaged in the system itself",
            "其余已备份 all else is backed up; bring these back from an older backup",
            PARTLY,
        )
