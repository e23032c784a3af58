"""A loaded system that is backed up while departments hand in and archivists look: what the backup tests stand on."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cli import acts
from cli.accounts import sample_accounts
from cli.client import Caller, Client
from cli.sample.generate import generate
from cli.sample.loader import load_sample
from cli.sample.model import Sample
from cli.story import STORY, Stage
from deploy.backup.take import Order, Taken, take
from deploy.embedded.layout import Layout, find_layout
from deploy.embedded.supervisor import Options, Supervisor
from tests.support.county import CADRES, ROWS, SUBJECT, paper
from tests.support.engine import Engine

PASSPHRASE = "seven grey herons over the reservoir"
PATIENCE = 180.0  # seconds


def folder_for_nobody(engine: Engine, name: str) -> Path:
    """A folder of this run that PostgreSQL's user can enter where root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=engine.folder))
    folder.chmod(0o711)
    return folder


@contextlib.asynccontextmanager
async def up(layout: Layout) -> AsyncGenerator[Supervisor, None]:
    """`dangan up`, in this process."""
    supervisor = Supervisor(layout, Options(), lambda line: None)
    await supervisor.start()
    try:
        yield supervisor
    finally:
        await supervisor.stop()


@dataclass
class Users:
    """People who use a system through its gateway, and what they were told."""

    client: Client
    sample: Sample
    delivered: list[str] = field(default_factory=list)
    """Submissions whose delivery was acknowledged, in this order."""
    views: int = 0

    def signed_in(self, account: str) -> Caller:
        """A sample account."""
        return sample_accounts().signed_in(self.client, account)

    async def play_story(self) -> None:
        """The steps of `dangan demo`; each checks its own outcome."""
        stage = Stage(people=self.signed_in, sample=self.sample, keys=self.client.published_keys)
        for step in STORY:
            assert await step.act(stage)

    async def hand_in(self, stopped: asyncio.Event) -> None:
        """One submission after another, which the machine's green files."""
        submitter = self.signed_in("submitter")
        name = next(person.name for person in self.sample.persons if person.person_no == SUBJECT)
        subject = {"person_no": SUBJECT, "name": name}
        while not stopped.is_set():
            made = await acts.hand_in(submitter, subject, [paper("样例材料：年度考核登记表", 2)])
            self.delivered.append(made["id"])

    async def look(self, stopped: asyncio.Event, dossier_id: str) -> None:
        """An archivist opens a catalogue again and again; each view stands in the journal."""
        archivist = self.signed_in("archivist")
        while not stopped.is_set():
            await archivist.get(f"/v1/dossiers/{dossier_id}/catalogue")
            self.views += 1


@contextlib.asynccontextmanager
async def users_of(supervisor: Supervisor) -> AsyncIterator[Users]:
    """Users of a running system, with the small county that its data come from."""
    whole = generate(cadres=CADRES, imaged=0)
    short = tuple(replace(dossier, materials=dossier.materials[:ROWS]) for dossier in whole.dossiers)
    async with Client(supervisor.state.gateway_url, patience=PATIENCE) as client:
        yield Users(client, replace(whole, dossiers=short))


@dataclass(frozen=True)
class BackedUp:
    """A stopped system and the backup that was made while it was busy."""

    layout: Layout
    directory: Path
    before: frozenset[str]
    """Submissions whose delivery was acknowledged before the backup began."""
    during: int
    """How many were handed in while it ran."""
    first: Taken
    second: Taken


def order(layout: Layout, directory: Path, passphrase: str = PASSPHRASE) -> Order:
    """An order for a backup that says nothing."""
    return Order(layout, directory, passphrase, lambda line: None)


async def back_up_while_busy(engine: Engine) -> BackedUp:
    """Load a county, let people work, back up twice meanwhile, stop."""
    layout = find_layout(folder_for_nobody(engine, "busy") / "data")
    directory = folder_for_nobody(engine, "backups") / "dangan"
    async with up(layout) as supervisor, users_of(supervisor) as users:
        loaded = await load_sample(
            users.sample, admin=users.signed_in("system-admin"), archivist=users.signed_in("archivist")
        )
        stopped = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(users.hand_in(stopped))
            group.create_task(users.look(stopped, next(iter(loaded.dossiers.values()))))
            try:
                async with asyncio.timeout(PATIENCE):
                    while len(users.delivered) < 6 or users.views < 6:
                        await asyncio.sleep(0.05)
                before = frozenset(users.delivered)
                first = await take(order(layout, directory))
                during = len(users.delivered) - len(before)
                second = await take(order(layout, directory))
            finally:
                stopped.set()
    return BackedUp(layout, directory, before, during, first, second)
