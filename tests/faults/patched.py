"""`python -m tests.faults.patched PATCH,PATCH SEED MODULE:FACTORY FD`: a served process with patches applied.

The patches come before the service is imported, so that what the service imports by name is patched too.
"""

from __future__ import annotations

import sys

from deploy.embedded import serve
from deploy.embedded.services import SERVE
from tests.faults.patches import PATCHES


def patched(command: list[str], patches: tuple[str, ...], seed: int) -> list[str]:
    """The command of a served process, with these patches."""
    at = command.index(SERVE)
    return [*command[:at], "tests.faults.patched", ",".join(patches), str(seed), *command[at + 1 :]]


def main() -> None:
    """Apply the patches that are named, then serve."""
    names, seed, *rest = sys.argv[1:]
    for name in names.split(","):
        PATCHES[name](int(seed))
    serve.main(rest)


if __name__ == "__main__":
    main()
