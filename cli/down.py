"""`dangan down`: stop the system that runs on a data directory."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.console import fail, say
from deploy.embedded.layout import find_layout
from deploy.embedded.run_state import lock_holder

_PATIENCE = 60.0  # seconds; PostgreSQL writes a last checkpoint


def down(
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
) -> None:
    """Stop what `dangan up` started, in order. Example: dangan down"""
    layout = find_layout(data)
    supervisor = lock_holder(layout)
    if supervisor is None:
        say(f"没有运行 nothing runs on {layout.root}")
        return
    os.kill(supervisor, signal.SIGTERM)
    end = time.monotonic() + _PATIENCE
    while lock_holder(layout):
        if time.monotonic() > end:
            fail(f"process {supervisor} has not stopped", f"read the logs in {layout.logs}")
        time.sleep(0.05)
    say("已停止 stopped")
