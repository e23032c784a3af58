"""The kinds of print that an order can be for: one item is one dossier."""

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.deps import Deps
from chassis.documents import draw_print
from chassis.glyphs import GlyphMissing
from chassis.operations import Applied
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents import CatalogueForm
from contracts.problems import NotFound
from contracts.values.ids import to_uuid
from services.catalog.papers.catalogue import catalogue_document
from services.catalog.papers.person_forms import Proposal
from services.catalog.store import catalogue, catalogue_state, print_files
from services.catalog.store.print_files import Wanted
from services.catalog.usecases.draw_ahead import DrawingAhead, Reading
from services.catalog.usecases.print_form import PrintForm, draw_form, prepare_form
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class _Drawn:
    pdf: bytes
    unit_id: str


class _Prints(ABC):
    """Draws one dossier's print and keeps its file; its view is recorded in the same transaction.

    A character that no font has is refused with the person's name, and the order goes on with the next. To undo
    a print is to throw its file away; to undo that is to print again.
    """

    name: str
    counted_as = "dossiers"
    permission: str

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    @abstractmethod
    async def draw(self, item: Mapping[str, Any], uow: UnitOfWork) -> _Drawn:
        """The print as it is now, recorded."""

    async def apply(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        """Draw it and keep it."""
        deps, dossier_id = self._deps, item["dossier_id"]
        try:
            drawn = await self.draw(item, uow)
        except GlyphMissing as missing:
            raise missing.refusal() from None
        digest, size = await deps.blobs.put(drawn.unit_id, drawn.pdf), len(drawn.pdf)
        await print_files.add(uow, item["batch_id"], Wanted(dossier_id, drawn.unit_id), digest, size)
        shown = {"dossier_id": dossier_id, "digest": digest, "bytes": size}
        keys = {"batch_id": str(to_uuid(item["batch_id"])), "dossier_key": str(to_uuid(dossier_id))}
        return Applied(f"dossiers/{dossier_id}", {**shown, **keys}, {**item, "printed": True})

    async def undo(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied:
        """Throw the file away, or print again what was thrown away."""
        given = {name: value for name, value in item.items() if name not in ("printed", "ahead")}
        if "printed" not in item:
            return await self.apply(given, uow)
        if await print_files.remove(uow, item["batch_id"], item["dossier_id"]):
            uow.record("print.discarded", item["dossier_id"], 1, given)
        return Applied(f"dossiers/{item['dossier_id']}", {"discarded": True}, given)


class CataloguePrints(_Prints):
    """Catalogues in the columns `form`; those of the current form take their dossiers off the reprint queue."""

    name = "catalogues.print"
    permission = "catalogue:read"

    def __init__(self, deps: Deps) -> None:
        super().__init__(deps)
        self._drawings = DrawingAhead(lambda document: deps.run_cpu(draw_print, document, deps.settings.fonts_dir))

    async def draw(self, item: Mapping[str, Any], uow: UnitOfWork) -> _Drawn:
        dossier_id, form = item["dossier_id"], item["form"]
        reading = await self._present(dossier_id, form, uow)
        found = reading.found
        await refuse_related(uow, found.person_id)
        self._drawings.begin(_key(dossier_id, form, uow), reading)
        await self._begin_next(item, uow)
        pdf = await self._drawings.take(_key(dossier_id, form, uow), reading)
        uow.record("catalogue.printed", dossier_id, found.version, {"engine": ENGINE, "form": form, "medium": "pdf"})
        if form == "current":
            await catalogue_state.mark_printed(uow, dossier_id, found.version)
        return _Drawn(pdf, found.unit_id)

    async def _present(self, dossier_id: str, form: CatalogueForm, uow: UnitOfWork) -> Reading:
        """The catalogue of now: what was read ahead, if nothing has changed since."""
        ahead = self._drawings.reading(_key(dossier_id, form, uow))
        if ahead and await catalogue.is_present(uow, ahead.found):
            return ahead
        return await self._read(dossier_id, form, uow)

    async def _read(self, dossier_id: str, form: CatalogueForm, uow: UnitOfWork) -> Reading:
        found = await catalogue.get(uow, dossier_id)
        return Reading(found, catalogue_document(found, self._deps.rules.schemes[found.scheme], form, uow.today))

    async def _begin_next(self, item: Mapping[str, Any], uow: UnitOfWork) -> None:
        """Start drawing what comes next in the order; what it may be refused for is asked in its own turn."""
        form: CatalogueForm = item["form"]
        for dossier_id in item.get("ahead", ()):
            key = _key(dossier_id, form, uow)
            if not self._drawings.reading(key):
                with contextlib.suppress(NotFound):
                    self._drawings.begin(key, await self._read(dossier_id, form, uow))


def _key(dossier_id: str, form: CatalogueForm, uow: UnitOfWork) -> str:
    """What a drawing is of, its dossier's state apart: a print is of its day."""
    return f"{dossier_id}/{form}/{uow.today}"


class FormPrints(_Prints):
    """The form, label or cover that `form` names."""

    name = "forms.print"
    permission = "person:read"

    async def draw(self, item: Mapping[str, Any], uow: UnitOfWork) -> _Drawn:
        cmd = PrintForm(item["dossier_id"], item["form"], on=_day(item.get("on")), proposal=_proposal(item))
        prepared = await prepare_form(cmd, uow, self._deps.rules)
        pdf = await draw_form(cmd, prepared, self._deps)
        prepared.record(cmd, uow)
        return _Drawn(pdf, prepared.owner.unit_id)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _proposal(item: Mapping[str, Any]) -> Proposal:
    told = dict(item.get("proposal", {}))
    return Proposal(**{**told, "filled_on": _day(told.get("filled_on"))})
