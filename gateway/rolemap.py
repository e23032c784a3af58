"""The role mapping in force: read strictly, read again when its file changes, kept when the new one is wrong."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final

from chassis.rules import RuleFileInvalid, load_rules
from chassis.telemetry import log
from gateway.domain.rolemap import RoleMap

LOOK_SECONDS: Final = 1.0

Record = Callable[[str], Awaitable[None]]
"""Writes down the digest of a mapping that has just come into force."""


class RoleMapFile:
    """`rolemap.toml` and the mapping last read from it."""

    def __init__(self, path: Path, issuers: Iterable[str]) -> None:
        self.path = path
        self._issuers = frozenset(issuers)
        self._seen = self._stamp()
        self.current, self.digest = self._read()
        self.fault: RuleFileInvalid | None = None

    @property
    def paths(self) -> frozenset[str]:
        """Unit paths that the rules name."""
        return frozenset(rule.unit for rule in self.current.rule if rule.unit != "*")

    def reload(self) -> bool:
        """Read the file again if it changed; whether another mapping is in force now.

        A wrong file changes nothing: whoever held a role keeps it, and the fault is logged with its line.
        """
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            current, digest = self._read()
        except (RuleFileInvalid, OSError, UnicodeDecodeError) as fault:
            self.fault = fault if isinstance(fault, RuleFileInvalid) else None
            log.error("rolemap_refused", file=str(self.path), reason=str(fault))
            return False
        self.fault = None
        if digest == self.digest:
            return False
        self.current, self.digest = current, digest
        log.info("rolemap_taken", digest=digest, rules=len(current.rule))
        return True

    async def keep_watching(self, changed: Callable[[], None], record: Record) -> None:
        """Look at the file every second until cancelled. `changed` is called at once; `record` again and again
        until it went through, because a change must stand in the journal also when the database is away."""
        recorded = self.digest
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.reload():
                changed()
            if self.digest != recorded:
                digest = self.digest
                try:
                    await record(digest)
                    recorded = digest
                except Exception as fault:
                    log.warning("rolemap_not_recorded", error=type(fault).__name__)

    def _stamp(self) -> tuple[int, int, int] | None:
        with contextlib.suppress(OSError):
            found = self.path.stat()
            return found.st_mtime_ns, found.st_size, found.st_ino
        return None

    def _read(self) -> tuple[RoleMap, str]:
        role_map, digest = load_rules(self.path, RoleMap)
        for number, rule in enumerate(role_map.rule):
            if rule.issuer not in self._issuers:
                raise RuleFileInvalid(
                    self.path,
                    _line_of_rule(self.path, number),
                    f"rule.{number}.issuer",
                    f"no issuer is configured under the name {rule.issuer!r}",
                    f"Use one of: {', '.join(sorted(self._issuers))}.",
                )
        return role_map, digest


def _line_of_rule(path: Path, number: int) -> int | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    heads = [line for line, text in enumerate(lines, 1) if text.strip() == "[[rule]]"]
    return heads[number] if number < len(heads) else None
