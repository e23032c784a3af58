"""Can this release restore that backup?"""

from __future__ import annotations

import platform
import re

from deploy.backup.faults import CONFLICT, Refused
from deploy.backup.manifest import Manifest
from deploy.embedded.engines import pinned
from deploy.migrations.migrate import versions_of

_REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"$', re.MULTILINE)


def known_migrations(schema: str) -> set[str]:
    """Revisions of a schema that this release knows."""
    found = [_REVISION.search(file.read_text(encoding="utf-8")) for file in versions_of(schema).glob("*.py")]
    return {revision[1] for revision in found if revision}


def check_release(manifest: Manifest) -> None:
    """Refuse a backup of a later release, or of another PostgreSQL. An older one is migrated by `dangan up`."""
    for schema, revision in manifest.census.migrations.items():
        if revision not in known_migrations(schema):
            raise Refused(
                f"备份由更新的版本做成 this backup was made by a later release ({manifest.release}: {revision})",
                "请用那个版本恢复 restore it with that release",
                CONFLICT,
            )
    ours, theirs = str(pinned()["postgres"]["version"]).split(".")[0], manifest.postgres.split(".")[0]
    if ours != theirs:
        raise Refused(
            f"备份来自 PostgreSQL {theirs} this backup is of PostgreSQL {theirs}, this release brings {ours}",
            "请用做备份的版本恢复 restore it with the release that made it",
            CONFLICT,
        )
    if manifest.machine != platform.machine():
        raise Refused(
            f"备份来自 {manifest.machine} 机器 this backup is of a machine of another kind ({manifest.machine})",
            "请在同类机器上恢复 restore it on one of its kind: the files of the database are not the same",
            CONFLICT,
        )
