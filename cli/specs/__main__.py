"""`python -m cli.specs` writes the generated contracts and drawings; with `--check` it only says which are stale."""

import json
import sys
from pathlib import Path
from typing import Any, Final

import contracts
from cli.specs import states
from cli.specs.asyncapi import asyncapi
from cli.specs.openapi import documents, merge

HOME: Final = Path(contracts.__file__).parent


def generated() -> dict[Path, str]:
    """Each generated file and what should stand in it."""
    parts = documents()
    files: dict[str, Any] = {f"openapi/{name}.json": part for name, part in parts.items()}
    files["openapi/dangan.json"] = merge(parts)
    files["asyncapi/dangan.json"] = asyncapi()
    return {**{HOME / name: _text(content) for name, content in files.items()}, states.GUIDE: states.guide()}


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def stale(files: dict[Path, str]) -> list[Path]:
    """Files that are missing or hold something else, and files that nothing generates any more."""
    differing = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    kept = [path for folder in ("openapi", "asyncapi") for path in (HOME / folder).glob("*.json")]
    return sorted([*differing, *(path for path in kept if path not in files)])


def main(arguments: list[str]) -> int:
    """0: done or current; 1: stale."""
    files = generated()
    found = stale(files)
    if "--check" in arguments:
        for path in found:
            sys.stderr.write(f"{path.relative_to(HOME.parent)} is stale: run `make contracts` and commit the result\n")
        return 1 if found else 0
    for path in found:
        if path in files:
            path.parent.mkdir(exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
        sys.stdout.write(f"{path.relative_to(HOME.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
