"""`make clean`: delete the data of this tree. Standard library only, because the environment may be gone."""

import contextlib
import shutil
import sys

from deploy.embedded.engines import COPIES
from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import OUTSIDE, TREE, find_layout, outside_root
from deploy.embedded.run_state import lock_holder


def clean() -> None:
    """Delete `.dangan/`, the directory outside, and the engine copies once no tree's data use them."""
    layout = find_layout()
    if lock_holder(layout):
        raise CannotStart(f"the system runs on {layout.root}", "stop it with `dangan down` first")
    for folder in (TREE / ".dangan", outside_root(TREE)):
        if folder.exists():
            shutil.rmtree(folder)
            print(f"removed {folder}")
    if COPIES.exists() and not any(OUTSIDE.glob("*")):
        shutil.rmtree(COPIES)
        print(f"removed {COPIES}")
        with contextlib.suppress(OSError):  # another tree may have begun meanwhile
            OUTSIDE.rmdir()
            OUTSIDE.parent.rmdir()


if __name__ == "__main__":
    try:
        clean()
    except CannotStart as fault:
        sys.exit(f"make clean: {fault}")
