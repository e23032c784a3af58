"""Order a batch over filed materials, or rehearse it: another category, another title."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from chassis.deps import Deps
from chassis.identity import Roots
from chassis.operations import Ended, Order, OrderItem
from chassis.operations import reading as operations
from chassis.operations.worker import problem_of
from chassis.unit_of_work import UnitOfWork
from contracts.operations import Operation
from contracts.problems import (
    FieldFault,
    NotFound,
    Refusal,
    StateConflict,
    ValidationFailed,
    VersionStale,
)
from services.catalog.store import batches
from services.catalog.store.batches import Touched
from services.catalog.usecases.do_batch import KINDS

Mode = Literal["each", "all_or_nothing"]


@dataclass(frozen=True)
class BatchItem:
    """One material as the archivist saw it (`seen_version`), and how it shall be. `pointer`: where it was given."""

    material_id: str
    seen_version: int
    category: str | None = None
    title: str | None = None
    ref: str | None = None
    pointer: str = ""


@dataclass(frozen=True)
class Batch:
    """What to do with these materials of any dossiers in the caller's units."""

    kind: Literal["refile", "retitle"]
    mode: Mode
    items: Sequence[BatchItem]
    reason: str | None


@dataclass(frozen=True)
class Checked:
    """An item before it is done: what it would do, or (as an item keeps it) why it would be refused."""

    position: int
    ref: str | None
    result: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Ordered:
    """The operation, None after a rehearsal; and what was found of each item."""

    operation: Operation | None
    items: Sequence[Checked]


class _Rehearsed(Exception):
    """The end of a rehearsal: nothing of it stays."""


async def order_batch(batch: Batch, *, uow: UnitOfWork, deps: Deps) -> Ordered:
    """Keep the order; it is done in the background. With `all_or_nothing` a fault of one item refuses the whole."""
    async with uow:
        if earlier := await uow.replay_of():
            return Ordered(await operations.get(uow.raw(), earlier, deps.operations.prefix), ())
        touched = await batches.list_touched(uow, [item.material_id for item in batch.items])
        checked = [_checked(position, item, touched) for position, item in enumerate(batch.items)]
        faults = [one for one in checked if one.problem]
        if batch.mode == "all_or_nothing" and faults:
            raise ValidationFailed(errors=[_fault(one, batch.items[one.position].pointer) for one in faults])
        if not touched:
            raise ValidationFailed(errors=[FieldFault(batch.items[0].pointer.rpartition("/")[0], "unknown-reference")])
        kind = deps.operations.kinds.of(f"materials.{batch.kind}")
        items = [OrderItem(_input(batch, item, touched), item.ref) for item in batch.items]
        units = frozenset(one.unit_id for one in touched.values())
        operation = await deps.operations.accept(uow, Order(kind, batch.mode, items, units))
        await uow.remember(operation.id, status=202)
    deps.operations.wake()
    return Ordered(operation, checked)


async def rehearse_batch(batch: Batch, *, roots: Roots, uow: UnitOfWork, deps: Deps) -> Ordered:
    """Do all of it, dossier by dossier, and take it back before anybody sees it: the same checks, the same results."""
    async with uow:
        touched = await batches.list_touched(uow, [item.material_id for item in batch.items])
    found = {position: _checked(position, item, touched) for position, item in enumerate(batch.items)}
    by_dossier: dict[str, list[int]] = {}
    for position, one in found.items():
        if one.problem is None:
            by_dossier.setdefault(touched[batch.items[position].material_id].dossier_id, []).append(position)
    kind = KINDS[batch.kind](deps.rules)
    for positions in by_dossier.values():
        given = [_input(batch, batch.items[position], touched) for position in positions]
        with suppress(_Rehearsed):
            async with deps.unit_of_work(uow.caller, roots) as rehearsal:
                ended = await kind.apply_all(given, rehearsal)
                found |= {at: _found(found[at], one) for at, one in zip(positions, ended, strict=True)}
                raise _Rehearsed
    return Ordered(None, [found[position] for position in sorted(found)])


def _found(one: Checked, ended: Ended) -> Checked:
    if isinstance(ended, Refusal):
        return Checked(one.position, one.ref, problem=problem_of(ended))
    return Checked(one.position, one.ref, result=ended.result)


def _checked(position: int, item: BatchItem, touched: Mapping[str, Touched]) -> Checked:
    """What can be told without doing anything: it is there, filed, and as the archivist saw it."""
    now = touched.get(item.material_id)
    refusal: Refusal | None = None
    if now is None:
        refusal = NotFound()
    elif now.state != "filed":
        refusal = StateConflict(state=now.state)
    elif now.version != item.seen_version:
        refusal = VersionStale(version=now.version, changed=["—"])
    return Checked(position, item.ref, problem=problem_of(refusal) if refusal else None)


def _fault(one: Checked, pointer: str) -> FieldFault:
    code = {"not-found": "unknown-reference", "version-stale": "version-stale"}
    problem = one.problem or {}
    return FieldFault(pointer, code.get(problem["code"], "state-conflict"), problem["params"])


def _input(batch: Batch, item: BatchItem, touched: Mapping[str, Touched]) -> dict[str, Any]:
    """An item as the operation keeps it. `seen` is how it stood when the order came: by then somebody else may have
    changed it, while numbers (and with them versions) move with the batch itself."""
    now = touched.get(item.material_id)
    as_seen = now is not None and now.version == item.seen_version
    return {
        "material_id": item.material_id,
        "category": item.category,
        "title": item.title,
        "reason": batch.reason,
        "seen": {"title": now.title, "code": now.code, "change": now.last_change} if now and as_seen else None,
    }
