"""Where the embedded profile keeps its data.

`.dangan/` in the tree; or, where root runs and `nobody` cannot enter the tree, one directory outside, named
after the tree's path. Everything below it can be deleted with it; `make clean` does.
"""

import hashlib
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded.faults import CannotStart
from deploy.embedded.reach import can_enter, give_to, unprivileged

TREE = Path(__file__).resolve().parents[2]
OUTSIDE = Path("/var/lib/dangan/data")
SERVICES = ("transfer", "audit", "catalog", "access", "identity")


@dataclass(frozen=True)
class Layout:
    """The folders of one system, and the user that owns what engines and services write."""

    root: Path
    uid: int | None

    @property
    def outside(self) -> bool:
        """Whether the data lie outside the tree."""
        return not self.root.is_relative_to(TREE)

    def where(self) -> str:
        """One line that names the directory, where it lies outside the tree; else nothing."""
        return f"数据目录 data: {self.root} (outside the tree; `make clean` removes it)" if self.outside else ""

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def nats(self) -> Path:
        """NATS's configuration and JetStream's files."""
        return self.root / "nats"

    @property
    def keys(self) -> Path:
        """One file a purpose, made by the chassis."""
        return self.root / "keys"

    @property
    def blobs(self) -> Path:
        """Page files, by digest."""
        return self.root / "blobs"

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.root / "logs"

    @property
    def run_state(self) -> Path:
        """What runs now: processes, ports, addresses."""
        return self.root / "run.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor while it lives."""
        return self.root / "lock"

    def make(self) -> None:
        """Create the folders; engines and services own what they write."""
        try:
            self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.root.chmod(0o711)
            for folder in (self.keys, self.blobs):
                folder.mkdir(mode=0o700, exist_ok=True)
                give_to(folder, self.uid)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as fault:
            raise CannotStart(
                f"the data directory {self.root} cannot be made ({fault.strerror})",
                "free disk space or correct the rights, or choose another place with `dangan up --data DIR`",
            ) from fault


def find_layout(data: Path | None = None, tree: Path = TREE) -> Layout:
    """The layout for this tree: `data` if given (or DANGAN_DATA), else `.dangan/`, else outside."""
    uid = unprivileged()
    named = data or (Path(os.environ["DANGAN_DATA"]) if os.environ.get("DANGAN_DATA") else None)
    if named is not None:
        root = named.resolve()
        existing = next(part for part in (root, *root.parents) if part.exists())
        if existing != root and not can_enter(existing, uid):
            raise CannotStart(
                f"nobody (65534), as whom PostgreSQL must run under root, cannot enter {existing}",
                f"chmod o+x {existing} and the folders above, or choose another --data",
            )
        return Layout(root, uid)
    if can_enter(tree, uid):
        return Layout(tree / ".dangan", uid)
    return Layout(outside_root(tree), uid)


def outside_root(tree: Path) -> Path:
    """The directory outside that is this tree's, named after the tree's path."""
    return OUTSIDE / hashlib.sha256(str(tree.resolve()).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Passwords:
    """The secrets of one system's engines; made at the first start, kept 0600, never printed."""

    postgres: str = field(repr=False)
    nats_admin: str = field(repr=False)
    nats_system: str = field(repr=False)
    database: dict[str, str] = field(repr=False)
    nats: dict[str, str] = field(repr=False)

    def digest(self) -> str:
        """Tells whether the passwords are those that the database was provisioned with."""
        return hashlib.sha256(json.dumps(self.__dict__, sort_keys=True).encode()).hexdigest()


def passwords(layout: Layout) -> Passwords:
    """Read the engines' passwords, or make them where no data exist yet."""
    file = layout.root / "passwords.json"
    if file.exists():
        return Passwords(**json.loads(file.read_text()))
    if (layout.postgres / "PG_VERSION").exists():
        raise CannotStart(
            f"{file} is gone, but the database beside it is there",
            "bring the file back from a backup, or start anew with `make clean run` (this deletes the data)",
        )
    fresh = new_passwords()
    part = file.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(fresh.__dict__, indent=1))
    part.rename(file)
    return fresh


def new_passwords() -> Passwords:
    """192-bit passwords for the administrators and for each service's two logins."""
    return Passwords(
        postgres=secrets.token_urlsafe(24),
        nats_admin=secrets.token_urlsafe(24),
        nats_system=secrets.token_urlsafe(24),
        database={name: secrets.token_urlsafe(24) for name in SERVICES},
        nats={name: secrets.token_urlsafe(24) for name in SERVICES},
    )


if __name__ == "__main__":  # `make run` says where the data will be before it installs anything
    if where := find_layout().where():
        print(where)
