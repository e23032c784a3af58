"""`dangan restore`: a backup into an empty data directory."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import fail, say

if TYPE_CHECKING:
    from deploy.backup.compare import Compared

INTERRUPTED = 130


def restore(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The directory that `dangan backup` wrote.")],
    data: Annotated[
        Path | None, typer.Option(help="Empty data directory to restore into; default .dangan/ in the tree.")
    ] = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help="File with the passphrase; else DANGAN_BACKUP_PASSPHRASE, else it is asked for."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only check the backup, every page file included.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The comparison as JSON instead of a table.")] = False,
) -> None:
    """Restore a backup and compare it with its manifest; nothing is put in place unless all of it is the same.

    Exit codes: 0 restored, 2 no passphrase, 3 wrong passphrase, 4 no finished backup, 5 the directory is not empty or
    the backup is of another release, 6 the backup is damaged, 7 the object store is away, 130 interrupted.
    Page files go where DANGAN_BLOBS_URL says, else into the data directory.
    Example: dangan restore /mnt/backup/dangan --data /srv/dangan --passphrase-file /root/dangan-passphrase
    """
    from cli.passphrase import passphrase
    from deploy.backup.faults import Refused
    from deploy.backup.restore import Order, check_all, check_empty
    from deploy.backup.restore import restore as bring_back
    from deploy.embedded.layout import find_layout

    try:
        layout = find_layout(data)
        if not dry_run:
            check_empty(layout)
        store = os.environ.get("DANGAN_BLOBS_URL", "")
        order = Order(directory.resolve(), layout, passphrase(passphrase_file, twice=False), say, store)
        if dry_run:
            checked = asyncio.run(check_all(order))
            say(f"备份完好 the backup as of {checked.taken_at} is whole: {checked.blobs.count} page files")
            return
        restored = asyncio.run(bring_back(order))
    except Refused as fault:
        fail(fault.what, fault.cure, fault.code)
    except KeyboardInterrupt:
        fail("已中断 interrupted; 没有留下任何东西 nothing was put in place", "重新运行 run it again", INTERRUPTED)
    if as_json:
        lines = [{**asdict(line), "same": line.same} for line in restored.lines]
        told = {"taken_at": restored.manifest.taken_at, "data": str(layout.root), "compared": lines}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _draw(restored.lines)
    say(f"已恢复 restored as of {restored.manifest.taken_at}; 之后的工作不在其中 what was done later is not in it")
    say(f"启动 start it with: dangan up --data {layout.root}")


def _draw(lines: list[Compared]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "备份 backup", "恢复 restored", "", title="核对 compared", title_justify="left")
    for line in lines:
        table.add_row(line.what, _short(line.backup), _short(line.restored), "✓" if line.same else "✗")
    Console().print(table)


def _short(value: str) -> str:
    """A digest as its first sixteen characters."""
    return f"{value[:16]}…" if len(value) == 64 else value
