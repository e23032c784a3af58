"""When this system was last backed up: a small file in the data directory, for `dangan up` and `dangan status`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from deploy.backup.files import write_whole
from deploy.embedded.layout import Layout

WARN_AFTER = timedelta(days=7)
_NAME = "backup.json"


@dataclass(frozen=True)
class LastBackup:
    """The moment that the last finished backup shows (ISO 8601, UTC), and where it went."""

    taken_at: str
    directory: str

    def age(self, now: datetime) -> timedelta:
        """How much would be lost if only this backup were left."""
        return now - datetime.fromisoformat(self.taken_at)


def remember(layout: Layout, last: LastBackup) -> None:
    """Note a finished backup."""
    write_whole(layout.root / _NAME, json.dumps(asdict(last), indent=1, ensure_ascii=False).encode())


def last_backup(layout: Layout) -> LastBackup | None:
    """The last finished backup; None when there never was one, or the note cannot be read."""
    try:
        return LastBackup(**json.loads((layout.root / _NAME).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def warning(layout: Layout, now: datetime) -> str | None:
    """One line when the last backup is older than seven days, or there is none after seven days of data."""
    last = last_backup(layout)
    if last is not None:
        if last.age(now) <= WARN_AFTER:
            return None
        days = last.age(now).days
        return f"上次备份在 {days} 天前 the last backup is {days} days old → dangan backup {last.directory}"
    made = layout.root / "passwords.json"  # written by the first start, never again
    if not made.exists() or now - datetime.fromtimestamp(made.stat().st_mtime, UTC) <= WARN_AFTER:
        return None
    return "还没有备份 these data have never been backed up → dangan backup DIR"
