"""`dangan blobs`: look after the page files."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from chassis.blobs import ScrubReport, open_blob_store
from cli.console import FAILED, fail, say
from deploy.embedded.layout import find_layout

app = typer.Typer(help="Look after the page files.", no_args_is_help=True)


@app.callback()
def blobs() -> None:
    """Page files lie in a content-addressed store."""


@app.command()
def scrub(
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
) -> None:
    """Hash every page file again and name the damaged ones, system up or down. Example: dangan blobs scrub"""
    address = os.environ.get("DANGAN_BLOBS_URL") or find_layout(data).blobs.as_uri()
    report = asyncio.run(_scrub(address))
    for damaged in report.damaged:
        print(damaged)
    if report.damaged:
        fail(
            f"{len(report.damaged)} of {report.read} page files are damaged",
            "bring them back from a backup of the blob directory",
            FAILED,
        )
    say(f"{report.read} page files read, none damaged")


async def _scrub(address: str) -> ScrubReport:
    return await open_blob_store(address, read_only=True).scrub()
