"""`dangan keys`: what to do about a key that is lost for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chassis.keys import KeyRing, purpose_of
from cli.console import CONFLICT, USAGE, fail, say
from deploy.embedded.layout import find_layout

app = typer.Typer(help="Keys that are lost.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Keys lie in the data directory's `keys/`; a backup holds them, sealed."""


@app.command("give-up")
def give_up(
    kid: Annotated[str, typer.Argument(metavar="KEY", help="The id that the refused start names.")],
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Let the system start without a lost key, once no backup is left: what it sealed can never be read again.

    The next `dangan up` makes another. Nothing is deleted: should the key turn up, its file can still be put back.
    Exit codes: 0 noted, 1 not confirmed, 2 no id of a key, 5 the key is there.
    Example: dangan keys give-up field-encryption-1a2b3c4d
    """
    layout = find_layout(data)
    purpose = purpose_of(kid)
    if purpose is None:
        fail(f"{kid!r} 不是密钥编号 is no id of a key", "take the one that `dangan up` names", USAGE)
    ring = KeyRing(layout.keys)
    if (present := ring.find(purpose)) is not None and present.kid == kid:
        fail(f"密钥 {kid} 没有丢失 is not lost", "start with `dangan up`", CONFLICT)
    if not yes:
        loss = "其加密内容将永远无法读取 what it sealed can never be read again"
        typer.confirm(f"{kid}: {loss}. Go on", abort=True, err=True)
    layout.make()
    ring.give_up(kid, None if layout.uid is None else (layout.uid, layout.uid))
    say(f"已放弃 {kid} given up → dangan up")
