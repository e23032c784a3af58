"""`dangan`: one command line for those who run the system. Each command's module is imported when it is used.

A new command is one line in COMMANDS: its name → module and attribute, which is a function or a typer.Typer.
"""

from __future__ import annotations

import importlib
import sys

import typer

from cli.console import fail

COMMANDS = {
    "up": "cli.up:up",
    "down": "cli.down:down",
    "status": "cli.status:status",
    "demo": "cli.demo:app",
    "sample": "cli.sample.load:app",
    "verify": "cli.verify:verify",
    "backup": "cli.backup:backup",
    "restore": "cli.restore:restore",
    "events": "cli.events:app",
    "clock": "cli.clock:app",
    "blobs": "cli.blobs:app",
    "keys": "cli.keys:app",
    "schemes": "cli.schemes:app",
    "campaigns": "cli.campaigns:app",
}


def build(names: list[str]) -> typer.Typer:
    """The application with these commands; the others are not imported."""
    app = typer.Typer(
        name="dangan",
        help="干部人事档案 · cadre personnel files, from a hand-in to an approved view.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # one command alone would otherwise lose its name
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        target = getattr(importlib.import_module(module), attribute)
        if isinstance(target, typer.Typer):
            app.add_typer(target, name=name)
        else:
            app.command(name)(target)
    return app


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 failed, 2 usage, then as listed in the command's help."""
    from deploy.embedded.faults import CannotStart

    asked = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    app = build([asked] if asked in COMMANDS else list(COMMANDS))
    try:
        app()
    except CannotStart as fault:
        fail(fault.what, fault.cure)


if __name__ == "__main__":
    main()
