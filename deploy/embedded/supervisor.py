"""Runs the embedded system: engines, steward, four services and the gateway, and keeps them running."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

import asyncpg

from chassis.tasks import end
from deploy.embedded import child, engines, ports
from deploy.embedded.faults import CannotStart
from deploy.embedded.guard import Guard
from deploy.embedded.layout import Layout, Passwords, passwords
from deploy.embedded.nats import Nats
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.postgres import Postgres
from deploy.embedded.provision import Target, provision
from deploy.embedded.run_state import ProcessState, RunState, born, end_left_overs, hold_lock, read_state
from deploy.embedded.runtime import find_runtime
from deploy.embedded.served import Served
from deploy.embedded.services import GATEWAY, SERVED, Plan
from deploy.embedded.steward import Access, Steward

_READY_PATIENCE = 90.0  # seconds until all served processes answer


@dataclass(frozen=True)
class Options:
    """What the caller may choose."""

    port: int = 0
    """The gateway's port; 0: the one of the last run if it is free, else any."""
    profile: str = "embedded"
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """One running system: `start`, wait for `stopping`, then `stop`."""

    def __init__(self, layout: Layout, options: Options, say: Callable[[str], None]) -> None:
        self.layout = layout
        self.options = options
        self.say = say
        self.stopping = asyncio.Event()
        self.postgres: Postgres | None = None
        self.nats: Nats | None = None
        self.served: dict[str, Served] = {}
        self._lock: IO[str] | None = None
        self._sockets: dict[str, socket.socket] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._guard: Guard | None = None
        self.state: RunState

    async def start(self) -> None:
        """Everything up and healthy, or CannotStart with nothing left running."""
        self.layout.make()
        self._lock = hold_lock(self.layout)
        try:
            last = read_state(self.layout)
            for name in end_left_overs(self.layout):
                self.say(f"{name} was left over from a run that was killed; it has ended")
            secrets = passwords(self.layout)
            self._bind(last)
            postgres, nats = await self._start_engines(secrets)
            self._start_steward(postgres, nats, secrets)
            self._start_served(postgres, nats, secrets)
            await self._until_ready()
        except BaseException as fault:
            await self.stop()
            if (said := _as_line(fault, self.layout)) is not None:
                raise said from fault
            raise
        self.state.ready = True
        self._guard = Guard([postgres, nats, *self.served.values()], self.say, self._remember)
        self._remember()
        self._go_on(self._guard.run())

    def _bind(self, last: RunState | None) -> None:
        used = last.processes[GATEWAY].port if last and GATEWAY in last.processes else 0
        for name in SERVED:
            self._sockets[name] = (
                self._gateway_socket(self.options.port or used) if name == GATEWAY else ports.listening_socket()
            )
        urls = {name: f"http://{LOOPBACK}:{sock.getsockname()[1]}" for name, sock in self._sockets.items()}
        self.state = RunState(
            supervisor=os.getpid(),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            gateway_url=urls[GATEWAY],
            profile=self.options.profile,
            service_urls=urls,
        )

    def _gateway_socket(self, port: int) -> socket.socket:
        try:
            return ports.listening_socket(port)
        except OSError as fault:
            if not self.options.port:
                return ports.listening_socket()
            raise CannotStart(
                f"port {port} cannot be had on {LOOPBACK} ({fault.strerror})",
                "end the process that holds it, or choose another with `dangan up --port N`",
            ) from fault

    async def _start_engines(self, secrets: Passwords) -> tuple[Postgres, Nats]:
        layout, uid = self.layout, self.layout.uid
        database_port, nats_port, monitor_port = (ports.free_port() for _ in range(3))
        postgres = Postgres(
            engines.postgres_bin(uid), layout.postgres, database_port, layout.logs / "postgres.log", uid
        )
        nats = Nats(engines.nats_bin(uid), layout.nats, nats_port, monitor_port, layout.logs / "nats.log", uid)
        self.postgres, self.nats = postgres, nats
        postgres.initialise(secrets.postgres)
        nats.configure(secrets.nats_admin, secrets.nats_system, secrets.nats)
        await asyncio.gather(postgres.start(), nats.start())
        self._remember()
        if await provision(Target(postgres, secrets)):
            self.say("数据库已升级 the database has been brought to the newest migrations")
        await self._check_keys(Target(postgres, secrets))
        return postgres, nats

    async def _check_keys(self, target: Target) -> None:
        from deploy.embedded.lost_keys import keys_for  # late: the engines start meanwhile

        database = await asyncpg.connect(target.admin_url())
        try:
            await keys_for(database, self.layout)
        finally:
            await database.close()

    def _start_steward(self, postgres: Postgres, nats: Nats, secrets: Passwords) -> None:
        access = Access(
            nats_url=nats.url,
            nats_password=secrets.nats_admin,
            monitor_url=nats.monitor_url,
            database_url=Target(postgres, secrets).admin_url(),
        )
        self._go_on(Steward(access, self.say).run())

    def _start_served(self, postgres: Postgres, nats: Nats, secrets: Passwords) -> None:
        runtime = find_runtime(self.layout)
        if runtime.remark:
            self.say(runtime.remark)
        plan = Plan(
            layout=self.layout,
            runtime=runtime,
            passwords=secrets,
            database_port=postgres.port,
            nats_url=nats.url,
            urls=self.state.service_urls,
            profile=self.options.profile,
            commands=self.options.commands,
            environment=self.options.environment,
        )
        for name, sock in self._sockets.items():
            self.served[name] = Served(name, sock, self.layout.logs / f"{name}.log", plan)
            self.served[name].spawn()
        self._remember()

    async def _until_ready(self) -> None:
        end = time.monotonic() + _READY_PATIENCE
        for served in self.served.values():
            while not await served.ready():
                if served.alive() and time.monotonic() < end and not self.stopping.is_set():
                    continue
                raise CannotStart(
                    f"{served.name} does not get ready: {child.last_words(served.log) or 'no reason told'}",
                    f"read {served.log}",
                )

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something until the stop; should it fail, the whole system stops and says why."""

        def ended(task: "asyncio.Task[None]") -> None:
            self._tasks.discard(task)
            if not task.cancelled() and (fault := task.exception()) is not None:
                self.say(f"正在停止 stopping: {_reason(fault)}")
                self.stopping.set()

        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)

    def _remember(self) -> None:
        running = [(served.name, served.process, served.port) for served in self.served.values()]
        running += [(engine.name, engine.process, engine.port) for engine in (self.postgres, self.nats) if engine]
        for name, process, port in running:
            if process is not None:
                restarts = self._guard.restarts(name) if self._guard else 0
                self.state.processes[name] = ProcessState(process.pid, born(process.pid), port, restarts)
        self.state.write(self.layout)

    def force(self) -> None:
        """Kill everything at once: the second Ctrl-C."""
        for ward in (*self.served.values(), self.nats):
            if ward is not None and ward.process is not None and ward.alive():
                ward.process.kill()
        if self.postgres is not None and self.postgres.process is not None and self.postgres.alive():
            self.postgres.process.send_signal(signal.SIGQUIT)  # the server's "immediate" shutdown

    async def stop(self) -> None:
        """End everything in order: gateway, services, NATS, PostgreSQL."""
        await end(self._tasks)
        services = [served for name, served in self.served.items() if name != GATEWAY]
        gateway = [self.served[GATEWAY]] if GATEWAY in self.served else []
        engines_up = [[engine] for engine in (self.nats, self.postgres) if engine is not None]
        for group in (gateway, services, *engines_up):
            # In threads, so that a second Ctrl-C is still heard.
            await asyncio.gather(*(asyncio.to_thread(ward.stop) for ward in group))
        for sock in self._sockets.values():
            sock.close()
        if self._lock is not None:
            self._lock.close()


def _as_line(fault: BaseException, layout: Layout) -> CannotStart | None:
    """What the disk or the database said, as one line with a cure; None for what only a developer can cure."""
    if isinstance(fault, OSError):
        where = fault.filename or layout.root
        return CannotStart(f"{where}: {fault.strerror or fault}", "free disk space there, or correct the rights")
    if isinstance(fault, asyncpg.InvalidPasswordError):
        return CannotStart(
            f"{layout.root / 'passwords.json'} does not fit the database beside it",
            "bring the file of this database back from a backup",
        )
    if isinstance(fault, asyncpg.DiskFullError):
        return CannotStart(f"PostgreSQL has no room left in {layout.postgres}", "free disk space there")
    return None


def _reason(fault: BaseException) -> str:
    """The first plain fault in a group of them."""
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return str(fault) or type(fault).__name__
