"""Print a unit's dossiers in one order: done one by one in the background, fetched as one file."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.identity import Caller
from chassis.jobs import Job
from chassis.operations import Kind, Order, OrderItem, reading
from chassis.operations.store import KEPT_DAYS
from chassis.unit_of_work import UnitOfWork
from contracts.operations import OPEN
from contracts.problems import DependencyDown, FieldFault, NotFound, RoleMissing, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.papers.bundle import member_name, merge_pdfs, zipped
from services.catalog.papers.person_forms import Proposal
from services.catalog.store import print_files
from services.catalog.store.print_files import PrintFile, Wanted
from services.catalog.usecases.draw_ahead import AHEAD
from services.catalog.usecases.print_kinds import CataloguePrints, FormPrints
from services.catalog.usecases.print_order import (
    MOST_SHOWN,
    OrderPrints,
    Preview,
    find_wanted,
    previewed,
    proposals_of,
)
from services.catalog.usecases.recuse import refuse_related_to_any

MOST_IN_ONE_PDF = 500
"""Dossiers in one PDF: their pages are in memory at once. More are fetched as a ZIP."""


async def order_prints(cmd: OrderPrints, *, uow: UnitOfWork, deps: Deps) -> str:
    """Accept the order and answer its operation's id; no dossier is printed twice in it.

    RoleMissing when it shows a person's facts and the caller may not read them; ValidationFailed when a dossier is
    not in the caller's units, when nothing is to be printed, when there are too many, and when a person lacks the
    proposal that the form needs: then nothing was ordered.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        kind, wanted, proposals = await _judged(cmd, uow, deps)
        operation = await deps.operations.accept(
            uow, Order(kind, "each", _items(cmd, wanted, proposals), frozenset(one.unit_id for one in wanted))
        )
        await uow.remember(operation.id, 202)
    deps.operations.wake()
    return operation.id


async def preview_prints(cmd: OrderPrints, *, uow: UnitOfWork, deps: Deps) -> Preview:
    """What the order would print; refused as the order would be, and nothing is ordered."""
    async with uow:
        _, wanted, proposals = await _judged(cmd, uow, deps)
        shown = wanted[:MOST_SHOWN]
        named = await print_files.names_of(uow, [one.dossier_id for one in shown])
    return Preview(cmd.kind, len(wanted), [previewed(one, named, proposals) for one in shown])


async def _judged(
    cmd: OrderPrints, uow: UnitOfWork, deps: Deps
) -> tuple[Kind, Sequence[Wanted], Mapping[str, Proposal]]:
    kind = deps.operations.kinds.of((CataloguePrints if cmd.kind == "catalogue" else FormPrints).name)
    if not uow.caller.roots(kind.permission):
        raise RoleMissing(permission=kind.permission)
    wanted = await find_wanted(cmd, uow)
    return kind, wanted, await proposals_of(cmd, wanted, uow)


def _items(cmd: OrderPrints, wanted: Sequence[Wanted], proposals: Mapping[str, Proposal]) -> list[OrderItem]:
    common: dict[str, Any] = {"form": cmd.form if cmd.kind == "catalogue" else cmd.kind, "batch_id": new_id("req")}
    if cmd.on is not None:
        common["on"] = cmd.on
    ids = [one.dossier_id for one in wanted]
    return [
        OrderItem(
            {
                "dossier_id": one,
                "ahead": ids[at + 1 : at + 1 + AHEAD],
                **({"proposal": asdict(proposals[one])} if proposals else {}),
                **common,
            },
            ref=one,
        )
        for at, one in enumerate(ids)
    ]


async def fetch_prints(operation_id: str, *, as_one_pdf: bool, caller: Caller, deps: Deps) -> AsyncIterator[bytes]:
    """The file of a finished order, in the order of its items; recorded before its first byte.

    Whoever may print each of these dossiers fetches it, not only who gave the order. NotFound for another's units
    and for an order that left no print; Recusal when one of the persons is the caller or related; StateConflict
    while it runs; ValidationFailed for more than `MOST_IN_ONE_PDF` in one PDF.
    """
    kind = await _kind_of(operation_id, caller, deps)
    roots = caller.roots(kind.permission)
    async with deps.unit_of_work(caller, roots) as uow:
        operation = await reading.get(uow.raw(), operation_id, deps.operations.prefix)
        if operation.state in OPEN:
            raise StateConflict(state=operation.state)
        files = await print_files.list_of_operation(uow.raw(), operation_id)
        if not files:
            raise NotFound()
        await refuse_related_to_any(uow, [file.person_id for file in files])
        if as_one_pdf and len(files) > MOST_IN_ONE_PDF:
            raise ValidationFailed(errors=[FieldFault("/medium", "not-allowed-value", {"allowed": "zip"})])
    chunks = _as_pdf(files, deps) if as_one_pdf else zipped(_members(files, deps))
    first = await anext(chunks, b"")
    async with deps.unit_of_work(caller, roots) as uow:
        uow.record("prints.fetched", operation_id, operation.version, {"digests": [one.digest for one in files]})
    return _resumed(first, chunks)


async def _kind_of(operation_id: str, caller: Caller, deps: Deps) -> Kind:
    """The kind of an order of prints in the caller's units; what is no such order is not found."""
    async with deps.unit_of_work(caller, caller.roots(CataloguePrints.permission)) as uow:
        operation = await reading.get(uow.raw(), operation_id, deps.operations.prefix)
    if operation.kind not in (CataloguePrints.name, FormPrints.name):
        raise NotFound()
    return deps.operations.kinds.of(operation.kind)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


async def _members(files: Sequence[PrintFile], deps: Deps) -> AsyncIterator[tuple[str, bytes]]:
    for position, file in enumerate(files, start=1):
        yield member_name(position, file.dossier_no), await _read(file, deps)


async def _read(file: PrintFile, deps: Deps) -> bytes:
    try:
        return await deps.blobs.read(file.blob_unit_id, file.digest)
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None


async def _as_pdf(files: Sequence[PrintFile], deps: Deps) -> AsyncIterator[bytes]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dangan-prints-")))
        parts: list[tuple[str, Path]] = []
        for file in files:
            path = await stack.enter_async_context(deps.blobs.local(file.blob_unit_id, file.digest))
            parts.append((f"{file.name}（{file.dossier_no}）", path))
        target = folder / "prints.pdf"
        await deps.run_cpu(merge_pdfs, parts, target)
        with target.open("rb") as merged:
            while chunk := merged.read(1 << 18):
                yield chunk


async def _forget(deps: Deps) -> None:
    """Throw away what orders have left longer than operations are kept."""
    while True:
        async with deps.as_service() as uow:
            if await print_files.remove_past(uow, uow.now - timedelta(days=KEPT_DAYS)) == 0:
                return


FORGET_PRINTS = Job("forget_prints", 24 * 3600, _forget, first_after_seconds=960)
"""A print is of its day: another is drawn at any time."""
