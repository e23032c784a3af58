"""Record the report on a certificate, and let the appraisal that waited for it go on or end."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.deps import Deps
from chassis.tickets import BlobTicket, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.case import Case
from services.audit.domain.recusal import Relation, admit
from services.audit.domain.verification import Result
from services.audit.store import appraisals, heard, verification_reports
from services.audit.store.tables_appraisal import VerificationReportRow
from services.audit.usecases.discredit_claims import discredit_claims
from services.audit.usecases.next_step import next_step
from services.audit.usecases.recuse import caller_relation, refuse_related

_TICKET = "/blob_ticket"
_IMAGES = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class RecordVerification:
    """What the report says, and the ticket of its scan. `not_related` is the person's declaration, asked for where
    kin are not known well enough."""

    material_id: str
    issuer: str
    number: str
    issued_on: PartialDate
    result: Result
    ticket: str
    not_related: bool | None


@dataclass(frozen=True)
class _Subject:
    """The certificate: under appraisal (`case`), or filed."""

    dossier_id: str
    unit_id: str
    person_id: str
    case: Case | None


async def record_verification(cmd: RecordVerification, *, uow: UnitOfWork, deps: Deps) -> VerificationReportRow:
    """The report as it is kept.

    For a material under appraisal it must be what the appraisal waits for (StateConflict otherwise, as for the later
    of two at once); a filed one may be reported on at any time. NotFound outside the caller's units; Recusal;
    ValidationFailed when the ticket does not bind or the report is of a day to come.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await verification_reports.get(uow, earlier)
        subject = await _subject(uow, cmd.material_id)
        relation = await caller_relation(uow, subject.person_id)
        admit(relation, cmd.not_related)
        ticket = _checked(cmd, uow, deps)
        row = _row(cmd, subject, ticket, relation, uow)
        if subject.case is not None:
            case = subject.case.reported(cmd.result, uow.caller.account_id, uow.now)
            await appraisals.save(uow, case)
            state = {"state": case.appraisal.state.value, "report_id": row.id, "result": cmd.result}
            uow.record("appraisal.verified", case.id, case.version, state, changed=("state", "verification"))
            await next_step(uow, case, deps.rules.appraisal)
        await verification_reports.add(uow, row)
        if cmd.result == "refused" and subject.case is None:
            # Claims stand on filed materials alone.
            await discredit_claims(uow, cmd.material_id, subject.dossier_id)
        await uow.use_blob(ticket.unit_id, [ticket.digest], row.id)
        told = row.model_dump(mode="json", include={"material_id", "appraisal_id", "result", "scan", "relation"})
        uow.record("verification_report.recorded", row.id, 1, told)
        await uow.remember(row.id)
    return row


async def _subject(uow: UnitOfWork, material_id: str) -> _Subject:
    """A filed material before its appraisal: once filed, the appraisal has ended and is only history."""
    filed = await heard.find_material(uow, material_id)
    if filed is not None and filed.removed:
        raise StateConflict(state="removed")
    if filed is not None:
        return _Subject(filed.dossier_id, filed.unit_id, filed.person_id, None)
    found = await appraisals.find_of_material(uow, material_id)
    if found is None:
        raise NotFound()
    case = await appraisals.get(uow, found, lock=True)
    material = case.material
    return _Subject(material.dossier_id, material.dossier_unit_id, material.person_id, case)


def _checked(cmd: RecordVerification, uow: UnitOfWork, deps: Deps) -> BlobTicket:
    faults: list[FieldFault] = []
    if cmd.issued_on.after(uow.today) is Ternary.YES:
        faults.append(FieldFault("/issued_on", "date-in-future"))
    try:
        ticket = deps.tickets.check(cmd.ticket, uploader=uow.caller.account_id, now=uow.now)
    except TicketInvalid:
        ticket = None
    if ticket is None or ticket.unit_id not in uow.units or ticket.media_type not in _IMAGES:
        faults.append(FieldFault(_TICKET, "ticket-invalid"))
    if faults or ticket is None:
        raise ValidationFailed(errors=faults)
    return ticket


def _row(
    cmd: RecordVerification, subject: _Subject, ticket: BlobTicket, relation: Relation, uow: UnitOfWork
) -> VerificationReportRow:
    return VerificationReportRow(
        id=new_id("vrp"),
        unit_id=subject.unit_id,
        version=1,
        material_id=cmd.material_id,
        dossier_id=subject.dossier_id,
        person_id=subject.person_id,
        appraisal_id=subject.case.id if subject.case else None,
        issuer=cmd.issuer,
        number=cmd.number,
        issued_on=cmd.issued_on.model_dump(mode="json"),
        result=cmd.result,
        scan_unit_id=ticket.unit_id,
        scan=ticket.model_dump(include={"digest", "media_type", "bytes", "width", "height"}),
        relation=relation.value,
        declared_not_related=cmd.not_related,
        recorded_by=uow.caller.account_id,
        recorded_at=uow.now,
    )


async def view_scan(report_id: str, *, uow: UnitOfWork) -> VerificationReportRow:
    """Admit one look at a report's scan; its journal row is committed when this returns, before any byte is sent."""
    async with uow:
        row = await verification_reports.get(uow, report_id)
        await refuse_related(uow, row.person_id)
        viewed = {"report_id": row.id, "dossier_id": row.dossier_id}
        uow.record("verification_report.viewed", row.id, row.version, viewed)
    return row
