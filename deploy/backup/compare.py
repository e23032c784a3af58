"""Is what was restored what was backed up? Row by row of a table that a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.backup.census import Census


@dataclass(frozen=True)
class Compared:
    """One line: what, how it was in the backup, how it is now."""

    what: str
    backup: str
    restored: str

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.backup == self.restored


def compared(backup: Census, restored: Census) -> list[Compared]:
    """For each service the head of its journal, and the rows of its tables; each table that differs by its name."""
    lines: list[Compared] = []
    for service, head in backup.journal.items():
        found = restored.journal.get(service)
        lines.append(Compared(f"{service} 日志 journal rows", str(head.rows), str(found.rows if found else 0)))
        lines.append(Compared(f"{service} 日志 journal SHA-256", head.sha256, found.sha256 if found else ""))
    for schema, tables in backup.rows.items():
        now = restored.rows.get(schema, {})
        lines.append(Compared(f"{schema} 行 rows", str(sum(tables.values())), str(sum(now.values()))))
        lines += [
            Compared(f"{schema}.{table}", str(tables.get(table, "-")), str(now.get(table, "-")))
            for table in sorted(tables.keys() | now.keys())
            if tables.get(table) != now.get(table)
        ]
    return lines
