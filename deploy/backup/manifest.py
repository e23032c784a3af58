"""The manifest: what a finished backup holds. It is written last; a backup without one is cut off."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.backup.census import Census
from deploy.backup.faults import CONFLICT, INVALID, NOT_FOUND, Refused
from deploy.backup.files import FileMark, mark_of, write_whole
from deploy.backup.sealed import mark

NAME = "manifest.json"
FORMAT = 1
_TAKE_ANOTHER = "请用另一份备份 take another backup"


@dataclass(frozen=True)
class BlobMarks:
    """The page files of a backup: how many, their bytes, and how many in use were not there to be copied."""

    count: int
    size: int
    missing: int


@dataclass(frozen=True)
class Manifest:
    """One finished backup. Paths are relative to the directory; `taken_at` is the moment that it shows."""

    run: str
    taken_at: str
    release: str
    deployment: str
    system: str
    postgres: str
    machine: str
    restore_point: str
    census: Census
    files: dict[str, FileMark]
    blobs: BlobMarks
    format: int = FORMAT

    def write(self, directory: Path, key: bytes) -> None:
        """Make this the backup that the directory holds."""
        told = asdict(self)
        text = json.dumps({**told, "seal": mark(key, told)}, ensure_ascii=False, indent=1)
        write_whole(directory / NAME, text.encode())

    def check_seal(self, directory: Path, key: bytes) -> None:
        """Refused when somebody without the passphrase has changed the manifest, and so perhaps the files."""
        told = json.loads((directory / NAME).read_text(encoding="utf-8"))
        seal = str(told.pop("seal", ""))
        if not hmac.compare_digest(seal.encode(), mark(key, told).encode()):
            raise Refused(
                f"{NAME} 被改动过 {NAME} is not the one that was written with this passphrase", _TAKE_ANOTHER, INVALID
            )

    def check_files(self, directory: Path) -> None:
        """Refused when one of the files named here is not there, cut off, or another."""
        for name, wanted in self.files.items():
            path = directory / name
            if not path.is_file():
                raise Refused(f"缺少文件 {name} is missing", _TAKE_ANOTHER, INVALID)
            size = path.stat().st_size
            if size != wanted.size:
                raise Refused(
                    f"文件不完整 {name} has {size} bytes instead of {wanted.size}: it was cut off or changed",
                    _TAKE_ANOTHER,
                    INVALID,
                )
            if mark_of(path) != wanted:
                raise Refused(f"文件已损坏 {name} has another digest than when it was written", _TAKE_ANOTHER, INVALID)


def read_manifest(directory: Path) -> Manifest:
    """The backup in a directory; refused where none has been finished, or a later release wrote it."""
    path = directory / NAME
    if not directory.is_dir():
        raise Refused(f"没有目录 there is no directory {directory}", "请检查路径 correct the path", NOT_FOUND)
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused(
            f"{directory} 里没有完成的备份 holds no finished backup: {NAME} is written last and is missing",
            "重新备份，或换一个目录 back up again, or name another directory",
            NOT_FOUND,
        ) from None
    except ValueError:
        raise Refused(f"{path} 不完整 is cut off or changed", _TAKE_ANOTHER, INVALID) from None
    if isinstance(told, dict) and isinstance(told.get("format"), int) and told["format"] > FORMAT:
        raise Refused(
            f"备份由更新的版本做成 this backup was made by a later release ({told.get('release')})",
            "请用那个版本恢复 restore it with that release",
            CONFLICT,
        )
    try:
        return _read(told)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Refused(f"{path} 不是备份清单 is not a manifest of ours", _TAKE_ANOTHER, INVALID) from fault


def _read(told: dict[str, Any]) -> Manifest:
    members = {name: told[name] for name in Manifest.__dataclass_fields__}
    members["census"] = Census.read(told["census"])
    members["files"] = {str(name): FileMark(**found) for name, found in told["files"].items()}
    members["blobs"] = BlobMarks(**told["blobs"])
    for name in members["files"]:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(name)
    return Manifest(**members)
