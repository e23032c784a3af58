"""`python -m tests.faults.patched PATCH,PATCH SEED <uvicorn's arguments>`: a served process with patches applied.

The patches come before uvicorn imports the service, so that what the service imports by name is patched too.
"""

from __future__ import annotations

import sys

import uvicorn

from tests.faults.patches import PATCHES

UVICORN = ["-m", "uvicorn"]


def patched(command: list[str], patches: tuple[str, ...], seed: int) -> list[str]:
    """The command of a served process, with these patches."""
    at = command.index(UVICORN[1])
    return [*command[:at], "tests.faults.patched", ",".join(patches), str(seed), *command[at + 1 :]]


def main() -> None:
    """Apply the patches that are named, then be uvicorn."""
    names, seed, *rest = sys.argv[1:]
    for name in names.split(","):
        PATCHES[name](int(seed))
    uvicorn.main(args=rest)


if __name__ == "__main__":
    main()
