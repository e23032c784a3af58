"""Does operations: one item a transaction (or all in one), after a kill exactly where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from chassis.inbox import is_passing
from chassis.jobs import Job
from chassis.operations import reading, store
from chassis.operations.kinds import Applied, Ended, Kind, KindOfMany, OperationKinds, Order, OrderItem
from chassis.operations.store import Claimed, LeaseLost, Waiting
from chassis.tasks import end
from chassis.telemetry import Trace, log, place_of
from chassis.unit_of_work import UnitOfWork
from contracts.operations import OPEN, Operation
from contracts.problems import INTERNAL_ERROR, Refusal, StateConflict

if TYPE_CHECKING:
    from chassis.deps import Deps

LANES: Final = 2
"""Operations that one process works on at once: a short one need not wait for a long one."""
POLL_SECONDS: Final = 2.0
"""Orders of this process are begun at once; this is for those that another one took and did not end."""
RENEW_SECONDS: Final = store.LEASE_SECONDS / 3
MANY: Final = 100_000


class _Cancelled(Exception):
    """A stop was asked for before everything was done: nothing of it stays."""


class _Unforeseen(Exception):
    """An item met what nobody foresaw; the operation goes on without it."""


class Operations:
    """The operations of one service: takes orders, and does them in the background."""

    def __init__(self, deps: Deps, kinds: OperationKinds) -> None:
        self._deps = deps
        self.kinds = kinds
        self.prefix = kinds.prefix
        self._woken = asyncio.Event()

    # What use cases call

    async def accept(self, uow: UnitOfWork, order: Order) -> Operation:
        """Keep an order in the caller's open transaction; it is begun after the commit."""
        operation = await store.add(uow, order, self.prefix)
        uow.record("operation.queued", operation.id, operation.version, operation, changed=("state",))
        return operation

    def wake(self) -> None:
        """Something was accepted: look now."""
        self._woken.set()

    async def cancel(self, uow: UnitOfWork, operation_id: str) -> Operation:
        """Ask for a stop after the item in hand. StateConflict when it has ended."""
        operation, _ = await store.lock(uow, operation_id, self.prefix)
        if operation.state not in OPEN:
            raise StateConflict(state=operation.state)
        if operation.cancel_asked:
            return operation
        operation = await store.ask_cancel(uow, operation_id, self.prefix)
        uow.record("operation.cancel_asked", operation.id, operation.version, operation, changed=("cancel_asked",))
        return operation

    async def undo(self, uow: UnitOfWork, operation_id: str) -> Operation:
        """Order that all that an operation did is taken back, the last item first. StateConflict: nothing to undo."""
        operation, units = await store.lock(uow, operation_id, self.prefix)
        items = await reading.list_undoable(uow.raw(), operation_id)
        if operation.state in OPEN or not items:
            raise StateConflict(state=operation.state)
        if await reading.is_being_undone(uow.raw(), operation_id):
            raise StateConflict(state="being undone")
        kind = self.kinds.of(operation.kind)
        ordered = [OrderItem(undo, ref, position) for position, ref, undo in items]
        return await self.accept(uow, Order(kind, "each", ordered, frozenset(units), undoes=operation_id))

    # The background

    async def run(self) -> None:
        """Work until cancelled."""
        lanes = [asyncio.create_task(self._lane()) for _ in range(LANES)]
        try:
            await asyncio.gather(*lanes)
        finally:
            await end(lanes)

    async def _lane(self) -> None:
        while True:
            worked = False
            try:
                worked = await self.work_once()
            except LeaseLost:
                log.warning("operation_taken_over")
            except Exception as error:
                log.warning("operation_interrupted", error=type(error).__name__, place=place_of(error))
            if not worked:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._woken.wait()
                self._woken.clear()

    async def work_once(self) -> bool:
        """Do one operation to its end; whether there was one."""
        async with self._deps.as_service() as uow:
            claimed = await store.claim(uow, self.prefix)
        if claimed is None:
            return False
        async with self._lease_kept(claimed):
            if claimed.operation.mode == "each":
                while await self._take_one(claimed):
                    pass
            else:
                await self._take_all(claimed)
            await self._finish(claimed)
        return True

    @asynccontextmanager
    async def _lease_kept(self, claimed: Claimed) -> AsyncGenerator[None, None]:
        """Renew the lease meanwhile. Who loses it is told by the next statement of its own."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(RENEW_SECONDS)
                with suppress(OSError):  # an item's own statement tells what is wrong with the database
                    async with self._deps.as_service() as uow:
                        await store.keep_lease(uow, claimed)

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            await end([task])

    def _uow(self, claimed: Claimed, kind: Kind) -> UnitOfWork:
        trace = Trace.begin(claimed.request_id)
        return self._deps.unit_of_work(claimed.caller, claimed.caller.roots(kind.permission), trace=trace)

    async def _take_one(self, claimed: Claimed) -> bool:
        """Do the next item, with those that are taken back together with it, in a transaction of its own; False when
        none is left to do."""
        kind = self.kinds.of(claimed.operation.kind)
        held: Sequence[Waiting] = ()
        try:
            async with self._uow(claimed, kind) as uow:
                async with uow.as_service():
                    held = await _hold_next(kind, claimed, uow)
                if not held:
                    return False
                ended: Sequence[Ended]
                if isinstance(kind, KindOfMany) and len(held) > 1:
                    ended = await _act_together(kind, claimed, held, uow)
                else:
                    ended = [await _act(kind, claimed, held[0], uow)]
                async with uow.as_service():
                    await _settle(uow, claimed, held, ended)
        except (Refusal, _Unforeseen) as fault:
            await self._fail(claimed, held, fault)
        return True

    async def _take_all(self, claimed: Claimed) -> None:
        """Do all items in one transaction, or none of them."""
        kind = self.kinds.of(claimed.operation.kind)
        in_hand: Sequence[Waiting] = ()
        try:
            async with self._uow(claimed, kind) as uow:
                async with uow.as_service():
                    held = await store.lock_waiting(uow, claimed, MANY)
                in_hand = held[:1]
                together: Sequence[Ended] = ()
                if isinstance(kind, KindOfMany) and held:
                    together = await _act_together(kind, claimed, held, uow)
                done: list[tuple[Waiting, Applied]] = []
                for at, waiting in enumerate(held):
                    in_hand = [waiting]
                    ended = together[at] if together else await _act(kind, claimed, waiting, uow)
                    done.append((waiting, _done(ended)))
                async with uow.as_service():
                    if await store.hold(uow, claimed):
                        raise _Cancelled
                    await store.settle_done(uow, claimed, done)
        except _Cancelled:
            return
        except (Refusal, _Unforeseen) as fault:
            await self._fail(claimed, in_hand, fault)

    async def _fail(self, claimed: Claimed, held: Sequence[Waiting], fault: Refusal | _Unforeseen) -> None:
        if not held:
            raise fault
        problem = problem_of(fault)
        async with self._deps.as_service() as uow:
            await store.settle_failed(uow, claimed, [(waiting.position, problem) for waiting in held])

    async def _finish(self, claimed: Claimed) -> None:
        async with self._deps.as_service() as uow:
            operation = await store.finish(uow, claimed, self.prefix)
            uow.record("operation.finished", operation.id, operation.version, operation, changed=("state",))
            uow.tell(self.kinds.finished(operation, claimed.units), version=operation.version)


async def _hold_next(kind: Kind, claimed: Claimed, uow: UnitOfWork) -> Sequence[Waiting]:
    """The next item, held; when it is taken back together with others, all of them."""
    held = await store.lock_waiting(uow, claimed, 1)
    if not held or not claimed.operation.undoes or not isinstance(kind, KindOfMany):
        return held
    shared = kind.undone_with(held[0].input)
    return held if shared is None else await store.lock_waiting(uow, claimed, MANY, shared)


async def _act(kind: Kind, claimed: Claimed, waiting: Waiting, uow: UnitOfWork) -> Applied:
    act = kind.undo if claimed.operation.undoes else kind.apply
    with _unforeseen_told():
        return await act(waiting.input, uow)


async def _act_together(
    kind: KindOfMany, claimed: Claimed, held: Sequence[Waiting], uow: UnitOfWork
) -> Sequence[Ended]:
    act = kind.undo_all if claimed.operation.undoes else kind.apply_all
    with _unforeseen_told():
        return await act([waiting.input for waiting in held], uow)


@contextmanager
def _unforeseen_told() -> Generator[None, None, None]:
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        if is_passing(error):
            raise
        log.error("unforeseen", error=type(error).__name__, place=place_of(error))
        raise _Unforeseen from error


def _done(ended: Ended) -> Applied:
    if isinstance(ended, Refusal):
        raise ended
    return ended


async def _settle(uow: UnitOfWork, claimed: Claimed, held: Sequence[Waiting], ended: Sequence[Ended]) -> None:
    """Write what items did and why others were refused, in the transaction that did it."""
    pairs = list(zip(held, ended, strict=True))
    if done := [(waiting, one) for waiting, one in pairs if not isinstance(one, Refusal)]:
        await store.settle_done(uow, claimed, done)
    if refused := [(waiting.position, problem_of(one)) for waiting, one in pairs if isinstance(one, Refusal)]:
        await store.settle_failed(uow, claimed, refused)


def problem_of(fault: BaseException) -> Mapping[str, Any]:
    """A refusal as an item keeps it: code, parameters, faults; its texts are made when it is read."""
    if not isinstance(fault, Refusal):
        return {"code": INTERNAL_ERROR.code, "params": {}, "errors": []}
    errors = [{"pointer": one.pointer, "code": one.code, "params": dict(one.params or {})} for one in fault.errors]
    return {"code": fault.problem.code, "params": fault.params, "errors": errors}


async def _forget(deps: Deps) -> None:
    """Delete operations past their time, a hundred at a time."""
    while True:
        async with deps.as_service() as uow:
            if await store.forget(uow) == 0:
                return


FORGET = Job("forget_operations", 24 * 3600, _forget, first_after_seconds=900)
"""For every service with operations: what they hold must not be kept for ever."""
