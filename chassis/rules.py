"""Rules as data: TOML beside the service that reads it, read strictly; a fault names file, line, key and cure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)


class RuleModel(BaseModel):
    """Base of everything read from a rule file: an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleFault(ValueError):
    """What a check over several keys finds wrong: where, why, and what to do. A validator raises it."""

    def __init__(self, keys: Sequence[str | int], reason: str, cure: str) -> None:
        super().__init__(reason)
        self.keys, self.reason, self.cure = tuple(keys), reason, cure


class RuleFileInvalid(Exception):
    """A rule file that the service will not start with."""

    def __init__(self, file: Path, line: int | None, key: str, reason: str, cure: str) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{place}: {key}: {reason}. {cure}")
        self.file, self.line, self.key, self.reason, self.cure = file, line, key, reason, cure


def load_rules(path: Path, model: type[ModelT]) -> tuple[ModelT, str]:
    """Read a rule file into `model`; the file's SHA-256 comes with it, to be kept with what it decided."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise RuleFileInvalid(path, None, "file", reason, "Put the file back, with rights to read it.") from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise RuleFileInvalid(path, line, "encoding", "not UTF-8", "Save the file as UTF-8.") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else None
        raise RuleFileInvalid(path, line, "TOML", str(error), "Correct the spelling of the file.") from None
    try:
        return model.model_validate(table), hashlib.sha256(raw).hexdigest()
    except ValidationError as error:
        raise _invalid(path, text, error) from None


def _invalid(path: Path, text: str, error: ValidationError) -> RuleFileInvalid:
    first = error.errors(include_url=False)[0]
    keys = [part for part in first["loc"] if part != "__root__"]
    reason, cure = first["msg"], _cure(first["type"])
    fault = first.get("ctx", {}).get("error")
    if isinstance(fault, RuleFault):
        keys, reason, cure = [*keys, *fault.keys], fault.reason, fault.cure
    name = ".".join(map(str, keys)) or "(whole file)"
    return RuleFileInvalid(path, _line_of(text, keys), name, reason, cure)


def _cure(kind: str) -> str:
    cures = {
        "extra_forbidden": "Remove the key, or correct its spelling.",
        "missing": "Add the key.",
    }
    return cures.get(kind, "Correct the value.")


def _line_of(text: str, keys: list[Any]) -> int | None:
    """Line of the key that a path leads to: follow table headers, counting entries of arrays of tables."""
    lines = text.splitlines()
    position = 0
    path: list[str] = []
    found: int | None = None
    for key in keys:
        if isinstance(key, int):
            header = re.compile(rf"^\s*\[\[\s*{re.escape('.'.join(path))}\s*\]\]")
            heads = [number for number, line in enumerate(lines) if header.match(line)]
            if key < len(heads):
                position, found = heads[key], heads[key] + 1
            continue
        path.append(str(key))
        pattern = re.compile(
            rf"^\s*(\[+\s*([\w.\"-]+\.)?\"?{re.escape(str(key))}\"?\s*\]+|\"?{re.escape(str(key))}\"?\s*=)"
        )
        for number in range(position, len(lines)):
            if pattern.match(lines[number]):
                position, found = number, number + 1
                break
    return found
