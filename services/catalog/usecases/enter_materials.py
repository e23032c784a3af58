"""An archivist enters rows of an existing paper catalogue: up to two hundred, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.tickets import BlobTicket, BlobTickets, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.catalog.domain.classification import suggest_category
from services.catalog.domain.explanation import candidates_for
from services.catalog.domain.filing import BY_ARCHIVIST, place_fault
from services.catalog.domain.material import Material, Origin
from services.catalog.domain.scheme import Fact
from services.catalog.domain.titles import catalogue_title
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, materials
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.page_files import page_of
from services.catalog.usecases.place_materials import Filing, place_materials
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class EnteredRow:
    """One row as the paper has it. Without `category` the title's rule decides, with the facts asserted."""

    title: str
    category: str | None
    formed_on: PartialDate | None
    page_count: int
    remark: str | None = None
    facts: frozenset[Fact] = frozenset()
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True)
class EnterMaterials:
    """Rows for one dossier, in the order of the paper. An old catalogue may have no subclasses: each such row is a
    finding to work off."""

    dossier_id: str
    rows: Sequence[EnteredRow]
    old_catalogue: bool = False


async def enter_materials(
    cmd: EnterMaterials, *, uow: UnitOfWork, rules: CatalogRules, tickets: BlobTickets
) -> list[Material]:
    """File all rows in one transaction; every fault of every row is answered together."""
    async with uow:
        if earlier := await uow.replay_of():
            return await materials.list_entry(uow.raw(), earlier)
        dossier = await dossiers.find_locked(uow, cmd.dossier_id)
        if dossier is None:
            raise NotFound()
        if dossier.state == "closed":
            raise StateConflict(state=dossier.state)
        await refuse_related(uow, dossier.person_id)
        filings = _Entry(uow, dossier, rules, tickets, undivided=cmd.old_catalogue).filings(cmd.rows)
        await materials.add(uow, [filing.material for filing in filings])
        filed = await place_materials(uow, dossier, rules.schemes[dossier.scheme_id], filings)
        await uow.remember(filed[0].material_id)
        return filed


class _Entry:
    """Makes filings of rows, and collects what is wrong with them."""

    def __init__(
        self,
        uow: UnitOfWork,
        dossier: LockedDossier,
        rules: CatalogRules,
        tickets: BlobTickets,
        *,
        undivided: bool,
    ) -> None:
        self._undivided = undivided
        self._uow = uow
        self._units = frozenset(uow.units)
        self._dossier = dossier
        self._scheme = rules.schemes[dossier.scheme_id]
        self._titles = rules.titles
        self._tickets = tickets
        self._faults: list[FieldFault] = []

    def filings(self, rows: Sequence[EnteredRow]) -> list[Filing]:
        """One filing a row; ValidationFailed with all faults. The first material's id names the entry."""
        ids = [new_id("mat") for _ in rows]
        made = [self._filing(ids, position, row) for position, row in enumerate(rows)]
        if self._faults:
            raise ValidationFailed(errors=self._faults)
        return made

    def _filing(self, ids: Sequence[str], position: int, row: EnteredRow) -> Filing:
        pointer = f"/materials/{position}"
        code, basis = self._category(row, pointer)
        if row.formed_on and row.formed_on.after(self._uow.today) is Ternary.YES:
            self._faults.append(FieldFault(f"{pointer}/formed_on", "date-impossible"))
        found = self._pages(row, pointer)
        material = Material(
            material_id=ids[position],
            unit_id=self._dossier.unit_id,
            dossier_id=self._dossier.dossier_id,
            named_dossier_id=self._dossier.dossier_id,
            title=catalogue_title(row.title, self._titles),
            original_title=row.title,
            formed_on=row.formed_on,
            page_count=row.page_count,
            blob_unit_id=found[0].unit_id if found else self._dossier.unit_id,
            pages=tuple(page_of(ticket) for ticket in found),
            origin=Origin(entry_id=ids[0]),
            remark=row.remark,
        )
        return Filing(material, code, basis)

    def _category(self, row: EnteredRow, pointer: str) -> tuple[str, str]:
        if row.category is not None:
            if fault := place_fault(row.category, self._scheme, f"{pointer}/category", undivided=self._undivided):
                self._faults.append(fault)
            return row.category, BY_ARCHIVIST
        title = catalogue_title(row.title, self._titles)
        suggestion = suggest_category(title, self._scheme, row.facts)
        if suggestion and suggestion.places:
            return suggestion.category, suggestion.basis
        # The archivist has the paper in hand: nothing is queued, the row is asked for its category.
        near = [one.suggestion.category for one in candidates_for(title, self._scheme, row.facts)]
        self._faults.append(FieldFault(f"{pointer}/category", "required", {"candidates": near} if near else None))
        return "", BY_ARCHIVIST

    def _pages(self, row: EnteredRow, pointer: str) -> list[BlobTicket]:
        found: list[BlobTicket] = []
        for position, text in enumerate(row.tickets):
            try:
                ticket = self._tickets.check(text, uploader=self._uow.caller.account_id, now=self._uow.now)
            except TicketInvalid:
                ticket = None
            # A material's files lie under one unit, which must be one of the archivist's.
            same_unit = ticket is not None and (not found or ticket.unit_id == found[0].unit_id)
            if ticket is None or not same_unit or ticket.unit_id not in self._units:
                self._faults.append(FieldFault(f"{pointer}/pages/{position}", "ticket-invalid"))
            else:
                found.append(ticket)
        if row.tickets and len(row.tickets) != row.page_count:
            self._faults.append(FieldFault(f"{pointer}/pages", "contradiction", {"other": "page_count"}))
        return found
