"""Print a dossier's catalogue in the official columns, or hand it out as a file to edit on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chassis.deps import Deps
from chassis.documents import draw_print
from chassis.print_files import Medium
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents import CatalogueDocument, CatalogueForm
from services.catalog.papers.catalogue import catalogue_document
from services.catalog.papers.catalogue_files import catalogue_docx, catalogue_xlsx
from services.catalog.rules import CatalogRules
from services.catalog.store import catalogue, catalogue_state
from services.catalog.usecases.recuse import refuse_related

_FILES: Mapping[Medium, Callable[[CatalogueDocument], bytes]] = {"xlsx": catalogue_xlsx, "docx": catalogue_docx}


@dataclass(frozen=True)
class PrintCatalogue:
    """Which dossier's, in which columns, as what."""

    dossier_id: str
    form: CatalogueForm = "current"
    medium: Medium = "pdf"


async def print_catalogue(cmd: PrintCatalogue, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker between two transactions; its view is recorded before anything is shown.

    A PDF of the current form is the print that the reprint queue waits for; the older form and the files to
    edit on leave the catalogue as stale as it was. GlyphMissing names the person, the text and the character
    that no shipped font has; then nothing was printed, and the journal says nothing.
    """
    rules: CatalogRules = deps.rules
    async with uow:
        found = await catalogue.get(uow, cmd.dossier_id)
        await refuse_related(uow, found.person_id)
        document = catalogue_document(found, rules.schemes[found.scheme], cmd.form, uow.today)
    if cmd.medium == "pdf":
        content = await deps.run_cpu(draw_print, document, deps.settings.fonts_dir)
    else:
        content = await deps.run_cpu(_FILES[cmd.medium], document)
    async with uow:
        state = {"engine": ENGINE, "form": cmd.form, "medium": cmd.medium}
        uow.record("catalogue.printed", cmd.dossier_id, found.version, state)
        if cmd.form == "current" and cmd.medium == "pdf":
            await catalogue_state.mark_printed(uow, cmd.dossier_id, found.version)
    return content
