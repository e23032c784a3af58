"""What is proved so far: bench/proof.json. It holds for one state of the code only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDERS = ("contracts", "chassis", "services", "gateway", "cli", "deploy", "tests")
KINDS = frozenset({".py", ".toml", ".sql", ".csv", ".json", ".typ", ".txt"})


@dataclass(frozen=True)
class Done:
    """How one step ended; `told` is the last line that it wrote."""

    ok: bool
    seconds: float
    told: str


@dataclass
class State:
    """Steps that ended, by id, with the seed and the code that they hold for."""

    code: str
    seed: int
    steps: dict[str, Done] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Replace the file at once, so that a run that is killed leaves the last whole state."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)


def read_state(path: Path, code: str) -> State | None:
    """The state of an earlier call; None where there is none, or where the code has changed since."""
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if told["code"] != code:
        return None
    return State(code, told["seed"], {name: Done(**done) for name, done in told["steps"].items()})


def digest_of_code(tree: Path) -> str:
    """Changes whenever a file changes on which a proof may depend."""
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for file in sorted(path for path in (tree / folder).rglob("*") if path.suffix in KINDS):
            digest.update(str(file.relative_to(tree)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
