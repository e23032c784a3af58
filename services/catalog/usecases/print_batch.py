"""Print the catalogues of a unit: ordered at once, drawn one by one in the background, fetched as one file."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.documents import draw_print
from chassis.glyphs import GlyphMissing
from chassis.jobs import Job
from chassis.operations import Applied, Order, OrderItem
from chassis.operations.store import KEPT_DAYS
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents import CatalogueDocument, CatalogueForm
from contracts.operations import OPEN, Operation
from contracts.problems import DependencyDown, FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.digest import digest_of
from contracts.values.ids import new_id, to_uuid
from services.catalog.papers.bundle import member_name, merge_pdfs, zipped
from services.catalog.papers.catalogue import catalogue_document
from services.catalog.store import catalogue, catalogue_state, print_files
from services.catalog.store.catalogue import Catalogue
from services.catalog.store.print_files import PrintFile, Wanted
from services.catalog.usecases.draw_ahead import AHEAD, DrawingAhead
from services.catalog.usecases.recuse import refuse_related

MOST = 5000
"""Dossiers of one order; a county's largest unit has fewer."""
MOST_IN_ONE_PDF = 500
"""Dossiers in one PDF: their pages are in memory at once. More are fetched as a ZIP."""
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class OrderPrints:
    """Whose catalogues: these dossiers, or the open ones of a unit (of all units in scope), or the stale ones."""

    form: CatalogueForm
    dossier_ids: Sequence[str] = ()
    unit_id: str | None = None
    stale: bool = False


class CataloguePrints:
    """One item is one dossier. To undo a print is to throw its file away; to undo that is to print again."""

    name = "catalogues.print"
    counted_as = "dossiers"
    permission = "catalogue:read"

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._drawings = DrawingAhead(lambda document: deps.run_cpu(draw_print, document, deps.settings.fonts_dir))

    async def apply(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        """Draw the catalogue as it is now and keep it; its view is recorded in the same transaction.

        A character that no font has is refused with the person's name, and the order goes on with the next.
        """
        deps, dossier_id, form = self._deps, item["dossier_id"], item["form"]
        found = await catalogue.get(uow, dossier_id)
        await refuse_related(uow, found.person_id)
        document = self._document(found, form, uow)
        self._drawings.begin(dossier_id, document)
        await self._begin_next(item, uow)
        try:
            pdf = await self._drawings.take(dossier_id, document)
        except GlyphMissing as missing:
            raise missing.refusal() from None
        digest = digest_of(pdf)
        async with deps.blobs.receive(_LARGEST) as incoming:
            await incoming.write(pdf)
            await incoming.finish()
            await incoming.keep(found.unit_id)
        await print_files.add(uow, item["batch_id"], Wanted(dossier_id, found.unit_id), digest, len(pdf))
        uow.record("catalogue.printed", dossier_id, found.version, {"engine": ENGINE, "form": form, "medium": "pdf"})
        if form == "current":
            await catalogue_state.mark_printed(uow, dossier_id, found.version)
        shown = {"dossier_id": dossier_id, "digest": digest, "bytes": len(pdf)}
        keys = {"batch_id": str(to_uuid(item["batch_id"])), "dossier_key": str(to_uuid(dossier_id))}
        return Applied(f"dossiers/{dossier_id}", {**shown, **keys}, {**item, "printed": True})

    def _document(self, found: Catalogue, form: CatalogueForm, uow: UnitOfWork) -> CatalogueDocument:
        return catalogue_document(found, self._deps.rules.schemes[found.scheme], form, uow.today)

    async def _begin_next(self, item: Mapping[str, Any], uow: UnitOfWork) -> None:
        """Start drawing what comes next in the order; what it may be refused for is asked in its own turn."""
        for dossier_id in item.get("ahead", ()):
            if not self._drawings.has(dossier_id):
                with contextlib.suppress(NotFound):
                    found = await catalogue.get(uow, dossier_id)
                    self._drawings.begin(dossier_id, self._document(found, item["form"], uow))

    async def undo(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        """Throw the file away, or print again what was thrown away."""
        given = {name: value for name, value in item.items() if name not in ("printed", "ahead")}
        if "printed" not in item:
            return await self.apply(given, uow)
        if await print_files.remove(uow, item["batch_id"], item["dossier_id"]):
            uow.record("print.discarded", item["dossier_id"], 1, given)
        return Applied(f"dossiers/{item['dossier_id']}", {"discarded": True}, given)


async def order_prints(cmd: OrderPrints, *, uow: UnitOfWork, deps: Deps) -> str:
    """Accept the order and answer its operation's id; no dossier is printed twice in it.

    ValidationFailed when a dossier is not in the caller's units, when nothing is to be printed, and over `MOST`.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        wanted = await _wanted(cmd, uow)
        kind = deps.operations.kinds.of(CataloguePrints.name)
        batch_id = new_id("req")
        ids = [one.dossier_id for one in wanted]
        common = {"form": cmd.form, "batch_id": batch_id}
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
    if operation.kind != CataloguePrints.name or operation.made_by != uow.caller.account_id:
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
