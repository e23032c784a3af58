"""Print a form about a person, or what goes round the dossier; each print is a view, recorded before it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.documents import draw_print
from chassis.print_files import FormMedium
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents import PrintDocument
from contracts.problems import DependencyDown, FieldFault, ValidationFailed
from services.catalog.domain.facts import Facts
from services.catalog.papers import person_files, person_forms
from services.catalog.papers.audit_appointment import audit_appointment_form
from services.catalog.papers.missing_materials import missing_materials, missing_materials_docx
from services.catalog.papers.person_forms import Proposal, Sheet
from services.catalog.papers.portrait import portrait
from services.catalog.papers.removed_materials import removed_materials
from services.catalog.papers.sheet import sheet_of
from services.catalog.papers.volume_prints import Bound, Marked, covers, spine_labels
from services.catalog.rules import CatalogRules
from services.catalog.store import gaps, print_facts, volumes
from services.catalog.store.facts import current_facts
from services.catalog.store.print_facts import Owner
from services.catalog.usecases.recuse import refuse_related

FormKind = Literal[
    "spine-label",
    "cover",
    "removed-materials",
    "missing-materials",
    "post-changes",
    "appointment-form",
    "audit-appointment-form",
    "resume-form",
    "basic-information",
]

_FILES: Mapping[str, Callable[[Any, Mapping[str, bytes]], bytes]] = {
    "appointment-form": person_files.appointment_docx,
    "audit-appointment-form": person_files.appointment_docx,
    "resume-form": person_files.resume_docx,
    "basic-information": person_files.basic_information_docx,
    "post-changes": person_files.post_changes_docx,
    "missing-materials": missing_materials_docx,
}
"""Forms that offices edit on; the others are printed and no more."""
_WITH_PHOTO = ("appointment-form", "audit-appointment-form", "resume-form", "basic-information")


@dataclass(frozen=True)
class PrintForm:
    """Which form of whose dossier, as what. Ages count on `on`, today unless another day is given."""

    dossier_id: str
    kind: FormKind
    medium: FormMedium = "pdf"
    on: date | None = None
    proposal: Proposal = field(default_factory=Proposal)


@dataclass(frozen=True)
class Prepared:
    """A form ready to be drawn, and whose it is."""

    owner: Owner
    facts: Facts
    document: PrintDocument

    def record(self, cmd: PrintForm, uow: UnitOfWork) -> None:
        """Write the view into the journal, before anything is shown."""
        state = {"engine": ENGINE, "form": cmd.kind, "medium": cmd.medium}
        uow.record("form.printed", self.owner.dossier_id, self.owner.version, state)


async def print_form(cmd: PrintForm, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker between two transactions.

    ValidationFailed for a form that is not made as DOCX; DependencyDown when the photograph cannot be had now;
    GlyphMissing names the person and the character that no shipped font has. Then nothing was printed.
    """
    if cmd.medium == "docx" and cmd.kind not in _FILES:
        raise ValidationFailed(errors=[FieldFault("/medium", "not-allowed-value", {"allowed": "pdf"})])
    async with uow:
        prepared = await prepare_form(cmd, uow, deps.rules)
    content = await draw_form(cmd, prepared, deps)
    async with uow:
        prepared.record(cmd, uow)
    return content


async def prepare_form(cmd: PrintForm, uow: UnitOfWork, rules: CatalogRules) -> Prepared:
    """The document of now; NotFound outside the caller's units, Recusal for one's own and relatives'."""
    owner = await print_facts.get_owner(uow, cmd.dossier_id)
    await refuse_related(uow, owner.person_id)
    facts = await current_facts(uow, owner.person_id)
    return Prepared(owner, facts, await _document(cmd, owner, facts, uow, rules))


async def draw_form(cmd: PrintForm, prepared: Prepared, deps: Deps) -> bytes:
    """The file, drawn in a worker."""
    images = await _images(cmd, prepared.facts, deps)
    if cmd.medium == "docx":
        return await deps.run_cpu(_FILES[cmd.kind], prepared.document, images)
    return await deps.run_cpu(draw_print, prepared.document, deps.settings.fonts_dir, images)


async def _document(cmd: PrintForm, owner: Owner, facts: Facts, uow: UnitOfWork, rules: CatalogRules) -> PrintDocument:
    scheme = rules.schemes[owner.scheme]
    if cmd.kind == "removed-materials":
        removed = await print_facts.list_removed(uow, owner.dossier_id)
        return removed_materials(owner, removed, scheme, uow.today)
    if cmd.kind == "missing-materials":
        missing = await gaps.list_of(uow, owner.dossier_id, ("open",))
        return missing_materials(owner, missing, rules.gaps, scheme, uow.today)
    geometry = sheet_of(scheme.printing.page)
    if cmd.kind in ("spine-label", "cover"):
        shown = await volumes.list_of_dossier(uow.raw(), owner.dossier_id)
        marks = [Marked(one.volume.kind, one.volume.no, one.volume.thickness_mm) for one in shown]
        native_place = facts.text("native_place") or owner.native_place
        bound = Bound(geometry, owner.dossier_no, owner.name, native_place, marks, uow.today)
        return (covers if cmd.kind == "cover" else spine_labels)(bound, rules.prints)
    sheet = Sheet(
        geometry=geometry,
        dossier_no=owner.dossier_no,
        person_no=owner.person_no,
        name=owner.name,
        today=uow.today,
        on=cmd.on or uow.today,
        sources=await print_facts.material_names(uow, person_forms.material_ids(facts)),
        has_photo=facts.one("photo") is not None,
    )
    if cmd.kind == "appointment-form":
        return person_forms.appointment_form(sheet, facts, cmd.proposal, rules.prints)
    if cmd.kind == "audit-appointment-form":
        return audit_appointment_form(sheet, facts, rules.prints)
    if cmd.kind == "post-changes":
        return person_forms.post_changes(sheet, facts)
    make = person_forms.resume_form if cmd.kind == "resume-form" else person_forms.basic_information
    return make(sheet, facts, rules.prints)


async def _images(cmd: PrintForm, facts: Facts, deps: Deps) -> dict[str, bytes]:
    photo = facts.one("photo")
    if photo is None or cmd.kind not in _WITH_PHOTO:
        return {}
    try:
        content = await deps.blobs.read(photo.value["blob_unit_id"], photo.value["digest"])
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    return {"photo": await deps.run_cpu(portrait, content)}
