"""Print a unit's dossiers in one order: done one by one in the background, fetched as one file."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.jobs import Job
from chassis.operations import Order, OrderItem
from chassis.operations.store import KEPT_DAYS
from chassis.unit_of_work import UnitOfWork
from contracts.documents import CatalogueForm
from contracts.operations import OPEN, Operation
from contracts.problems import DependencyDown, FieldFault, NotFound, RoleMissing, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.papers.bundle import member_name, merge_pdfs, zipped
from services.catalog.store import print_files
from services.catalog.store.print_files import PrintFile, Wanted
from services.catalog.usecases.draw_ahead import AHEAD
from services.catalog.usecases.print_form import FormKind
from services.catalog.usecases.print_kinds import CataloguePrints, FormPrints

MOST = 5000
"""Dossiers of one order; a county's largest unit has fewer."""
MOST_IN_ONE_PDF = 500
"""Dossiers in one PDF: their pages are in memory at once. More are fetched as a ZIP."""

PrintKind = Literal["catalogue"] | FormKind


@dataclass(frozen=True)
class OrderPrints:
    """What, and of whom: these dossiers, the open ones of a unit (of all units in scope), or the stale ones.

    `form` are the columns of a catalogue.
    """

    kind: PrintKind = "catalogue"
    form: CatalogueForm = "current"
    dossier_ids: Sequence[str] = ()
    unit_id: str | None = None
    stale: bool = False


async def order_prints(cmd: OrderPrints, *, uow: UnitOfWork, deps: Deps) -> str:
    """Accept the order and answer its operation's id; no dossier is printed twice in it.

    RoleMissing when it shows a person's facts and the caller may not read them; ValidationFailed when a dossier is
    not in the caller's units, when nothing is to be printed, and over `MOST`.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        wanted = await _wanted(cmd, uow)
        kind = deps.operations.kinds.of((CataloguePrints if cmd.kind == "catalogue" else FormPrints).name)
        if not uow.caller.roots(kind.permission):
            raise RoleMissing()
        batch_id = new_id("req")
        ids = [one.dossier_id for one in wanted]
        common = {"form": cmd.form if cmd.kind == "catalogue" else cmd.kind, "batch_id": batch_id}
        items = [
            OrderItem({"dossier_id": one, "ahead": ids[at + 1 : at + 1 + AHEAD], **common}, ref=one)
            for at, one in enumerate(ids)
        ]
        order = Order(kind, "each", items, frozenset(one.unit_id for one in wanted))
        operation = await deps.operations.accept(uow, order)
        await uow.remember(operation.id, 202)
    deps.operations.wake()
    return operation.id


async def _wanted(cmd: OrderPrints, uow: UnitOfWork) -> list[Wanted]:
    if cmd.dossier_ids:
        found = await print_files.list_named(uow, list(dict.fromkeys(cmd.dossier_ids)))
        known = {one.dossier_id for one in found}
        missing = [at for at, dossier_id in enumerate(cmd.dossier_ids) if dossier_id not in known]
        if missing:
            raise ValidationFailed(errors=[FieldFault(f"/dossier_ids/{at}", "unknown-reference") for at in missing])
        return found
    found = await print_files.list_of_units(uow, cmd.unit_id, stale=cmd.stale, limit=MOST + 1)
    if len(found) > MOST:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "too-many", {"max": MOST})])
    if not found:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "nothing-to-print")])
    return found


async def fetch_prints(operation: Operation, *, as_one_pdf: bool, uow: UnitOfWork, deps: Deps) -> AsyncIterator[bytes]:
    """The file of a finished order, in the order of its items; recorded before its first byte.

    Only who gave the order fetches it: whether a person is related was asked of that account. StateConflict
    while it runs, NotFound when it left no print, ValidationFailed for more than `MOST_IN_ONE_PDF` in one PDF.
    """
    if operation.kind not in (CataloguePrints.name, FormPrints.name) or operation.made_by != uow.caller.account_id:
        raise NotFound()
    if operation.state in OPEN:
        raise StateConflict(state=operation.state)
    async with uow:
        files = await print_files.list_of_operation(uow.raw(), operation.id)
        if not files:
            raise NotFound()
        if as_one_pdf and len(files) > MOST_IN_ONE_PDF:
            raise ValidationFailed(errors=[FieldFault("/medium", "not-allowed-value", {"allowed": "zip"})])
    chunks = _as_pdf(files, deps) if as_one_pdf else zipped(_members(files, deps))
    first = await anext(chunks, b"")
    async with uow:
        uow.record("prints.fetched", operation.id, operation.version, {"digests": [one.digest for one in files]})
    return _resumed(first, chunks)


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
