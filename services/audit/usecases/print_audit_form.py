"""Print a form of a special audit: 认定表, 确认表, 情况登记表; each print is a view, recorded before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from chassis.deps import Deps
from chassis.print_files import FormMedium, draw_file
from chassis.printing import ENGINE
from chassis.unit_of_work import UnitOfWork
from contracts.documents import AuditRegisterRow, PrintDocument
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from services.audit.domain.progress import Progress
from services.audit.papers import audit_forms, audit_words
from services.audit.papers.audit_files import audit_register_docx, confirmation_form_docx, determination_form_docx
from services.audit.papers.audit_register_file import audit_register_xlsx
from services.audit.store import campaign_dossiers, campaigns, on_paper
from services.audit.store.on_paper import OnPaper
from services.audit.store.tables import Campaign
from services.audit.usecases.recuse import caller_related, refuse_related

AuditForm = Literal["determination-form", "confirmation-form", "audit-register"]
MOST_IN_A_REGISTER = 2000
"""Persons in one file: the audit of a whole county had 1513 (seed 000). What has more is printed unit by unit."""
_AT_ONCE = 200


@dataclass(frozen=True)
class _Kind:
    """How a form is made, as which file, and in which states of a dossier there is something to print."""

    document: Callable[[OnPaper, date], PrintDocument]
    docx: Callable[[Any], bytes]
    states: frozenset[Progress]


_KINDS: Mapping[AuditForm, _Kind] = {
    "determination-form": _Kind(audit_forms.determination_form, determination_form_docx, audit_words.DECIDED),
    "confirmation-form": _Kind(audit_forms.confirmation_form, confirmation_form_docx, audit_words.DECIDED),
    "audit-register": _Kind(
        audit_forms.audit_register_form, audit_register_docx, frozenset(Progress) - audit_words.UNSETTLED
    ),
}


@dataclass(frozen=True)
class PrintAuditForm:
    """Which form of which dossier in a campaign, as what."""

    campaign_dossier_id: str
    form: AuditForm
    medium: FormMedium = "pdf"


async def print_audit_form(cmd: PrintAuditForm, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker between two transactions.

    NotFound outside the caller's units; Recusal; StateConflict before there is anything to print: 认定表 and 确认表 say
    what the meeting determined, the register what a second reviewer has taken up. GlyphMissing names the character.
    """
    kind = _KINDS[cmd.form]
    async with uow:
        document, dossier_id, version = await _document(cmd, kind, uow)
    content = await draw_file(document, cmd.medium, kind.docx, deps)
    async with uow:
        uow.record("form.printed", dossier_id, version, {"engine": ENGINE, "form": cmd.form, "medium": cmd.medium})
    return content


async def _document(cmd: PrintAuditForm, kind: _Kind, uow: UnitOfWork) -> tuple[PrintDocument, str, int]:
    dossier = await campaign_dossiers.get(uow, cmd.campaign_dossier_id)
    await refuse_related(uow, dossier.person_id)
    if Progress(dossier.state) not in kind.states:
        raise StateConflict(state=dossier.state)
    async with uow.as_service():  # the campaign may be that of a unit further up
        campaign = await campaigns.get(uow, dossier.campaign_id)
    (found,) = await on_paper.read(uow, campaign, [dossier])
    if not found.person_name:
        raise NotFound()  # the person has not been heard of: a form without a name is nobody's
    return kind.document(found, uow.today), dossier.id, dossier.version


async def print_audit_register(campaign_id: str, unit_id: str | None, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The register of a campaign as a spreadsheet, of one unit or of all in the caller's scope, without the caller's
    own row and relatives'. Of a dossier that no second reviewer has taken up it shows whose it is and nothing else.

    ValidationFailed where there are more persons than one file holds.
    """
    async with uow:
        campaign = await campaigns.get(uow, campaign_id)
        rows, dossier_ids = await _rows(uow, campaign, unit_id)
        register = audit_forms.audit_register(campaign.name, rows, uow.today)
    content = await deps.run_cpu(audit_register_xlsx, register)
    async with uow:
        told = {"form": "audit-register", "medium": "xlsx", "campaign_dossier_ids": dossier_ids}
        uow.record("form.printed", campaign.id, campaign.version, told)
    return content


async def _rows(uow: UnitOfWork, campaign: Campaign, unit_id: str | None) -> tuple[list[AuditRegisterRow], list[str]]:
    dossiers = await campaign_dossiers.page_of(
        uow,
        campaign.id,
        queue="easy_first",
        after=None,
        limit=MOST_IN_A_REGISTER + 1,
        unit_id=unit_id,
        hidden_persons=await caller_related(uow),
    )
    if len(dossiers) > MOST_IN_A_REGISTER:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "too-many", {"max": MOST_IN_A_REGISTER})])
    rows: list[AuditRegisterRow] = []
    for begin in range(0, len(dossiers), _AT_ONCE):
        found = await on_paper.read(uow, campaign, dossiers[begin : begin + _AT_ONCE])
        rows += [audit_forms.register_row(one) for one in found]
    return rows, [dossier.id for dossier in dossiers]
