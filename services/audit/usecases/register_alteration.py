"""Register an alteration on a filed paper, confirm it by the organisation's word, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.tickets import BlobTicket, BlobTickets, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.events import AlterationConfirmed
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.audit.domain.alteration import ConsequenceKind
from services.audit.domain.recusal import admit
from services.audit.store import alterations, heard
from services.audit.store.tables import HeardMaterial
from services.audit.store.tables_alteration import AlterationRow, ConsequenceRow
from services.audit.usecases.recuse import caller_relation, refuse_related
from services.audit.usecases.settle_clearances import Gate, reconsider

RECORD_TITLE = "档案材料涂改情况登记表"
_IMAGES = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class RegisterAlteration:
    """What was found on which paper, and where. `members` are those that may be changed until it is confirmed."""

    material_id: str
    page_id: str | None
    fact: str
    members: Mapping[str, Any]
    not_related: bool | None


@dataclass(frozen=True)
class ConfirmAlteration:
    """The organisation's word: who decided, when and by which document, and the signed record's scanned pages."""

    finding_id: str
    seen_version: int
    decided_by: str
    decided_on: date
    document_no: str | None
    tickets: Sequence[str]


@dataclass(frozen=True)
class RecordConsequence:
    """What followed from a confirmed falsification, and who decided it."""

    finding_id: str
    kind: ConsequenceKind
    decided_by: str
    decided_on: date
    document_no: str | None


async def register_alteration(cmd: RegisterAlteration, *, uow: UnitOfWork, gate: Gate) -> AlterationRow:
    """The finding, numbered in its dossier; standing clearances of its person are suspended at once.

    NotFound outside the caller's units; StateConflict for a paper that was taken out; ValidationFailed for a page of
    another paper and members that contradict each other; Recusal.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await alterations.get(uow, earlier)
        material = await heard.find_material(uow, cmd.material_id)
        if material is None:
            raise NotFound()
        if material.removed:
            raise StateConflict(state="removed")
        relation = await caller_relation(uow, material.person_id)
        admit(relation, cmd.not_related)
        await uow.lock(material.dossier_id)
        row = AlterationRow.model_validate(
            {
                **_of_paper(material),
                **dict.fromkeys(("read_before", "falsified_object", "remark", "confirmed_by", "confirmed_at")),
                "decided_by": None,
                **dict.fromkeys(("decided_on", "document_no", "record_material_id", "blob_unit_id", "pages")),
                **cmd.members,
                "id": new_id("alt"),
                "version": 1,
                "no": await alterations.next_no(uow, material.dossier_id),
                "fact": cmd.fact,
                "page_id": cmd.page_id,
                "state": "recorded",
                "relation": relation.value,
                "declared_not_related": cmd.not_related,
                "recorded_by": uow.caller.account_id,
                "recorded_at": uow.now,
            }
        )
        faults = alterations.finding_of(row).faults()
        if cmd.page_id is not None and cmd.page_id not in {page["page_id"] for page in material.pages}:
            faults.append(FieldFault("/page_id", "unknown-reference"))
        if faults:
            raise ValidationFailed(errors=faults)
        await alterations.add(uow, row)
        told = {"material_id": row.material_id, "fact": row.fact, "verdict": row.verdict, "relation": row.relation}
        uow.record("alteration.recorded", row.id, 1, told)
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(row.id)
    return row


async def change_alteration(
    finding_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork
) -> AlterationRow:
    """The finding with other members, until it is confirmed. The journal names them, and holds nothing of the paper."""
    async with uow:
        row = await alterations.get(uow, finding_id, lock=True)
        await refuse_related(uow, row.person_id)
        await check_version(uow, row.id, row.version, seen_version)
        before = alterations.finding_of(row)
        after = before.changed(changes)
        if after is before:
            return row
        differs = sorted(name for name in changes if getattr(before, name) != getattr(after, name))
        uow.record("alteration.changed", row.id, after.version, {"verdict": after.verdict.value}, changed=differs)
        return await alterations.save(uow, row, after, {})


async def confirm_alteration(
    cmd: ConfirmAlteration, *, uow: UnitOfWork, tickets: BlobTickets, gate: Gate
) -> AlterationRow:
    """The finding as confirmed; the signed record is told of, and the catalog files it. The gate is asked anew.

    SamePersonTwice for whoever recorded it; StateConflict once it is confirmed; VersionStale for the later of two.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await alterations.get(uow, earlier)
        row = await alterations.get(uow, cmd.finding_id, lock=True)
        await refuse_related(uow, row.person_id)
        await check_version(uow, row.id, row.version, cmd.seen_version)
        after = alterations.finding_of(row).confirmed(uow.caller.account_id)
        scans = _checked(cmd, uow, tickets)
        pages = [_page(ticket) for ticket in scans]
        decided = {"decided_by": cmd.decided_by, "decided_on": cmd.decided_on, "document_no": cmd.document_no}
        record = {
            "confirmed_by": uow.caller.account_id,
            "confirmed_at": uow.now.isoformat(),
            "record_material_id": new_id("mat"),
            "blob_unit_id": scans[0].unit_id,
            "pages": [page.model_dump(mode="json") for page in pages],
        }
        confirmed = await alterations.save(uow, row, after, {**decided, **record, "confirmed_at": uow.now})
        await uow.use_blob(scans[0].unit_id, [page.digest for page in pages], row.id)
        uow.record("alteration.confirmed", row.id, after.version, record, changed=("state", *decided))
        uow.tell(_told(confirmed, pages), version=after.version)
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(row.id)
    return confirmed


async def record_consequence(cmd: RecordConsequence, *, uow: UnitOfWork, gate: Gate) -> ConsequenceRow:
    """What followed, kept beside its finding; the gate is asked anew.

    StateConflict unless that is a confirmed falsification.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await alterations.get_consequence(uow, earlier)
        row = await alterations.get(uow, cmd.finding_id, lock=True)
        await refuse_related(uow, row.person_id)
        alterations.finding_of(row).check_consequence()
        _refuse_future(cmd.decided_on, uow)
        made = ConsequenceRow(
            id=new_id("fcq"),
            unit_id=row.unit_id,
            finding_id=row.id,
            kind=cmd.kind,
            decided_by=cmd.decided_by,
            decided_on=cmd.decided_on,
            document_no=cmd.document_no,
            recorded_by=uow.caller.account_id,
            recorded_at=uow.now,
        )
        await alterations.add(uow, made)
        uow.record("falsification_consequence.recorded", made.id, 1, {"finding_id": row.id, "kind": made.kind})
        await reconsider(uow, [row.person_id], gate)
        await uow.remember(made.id)
    return made


def _of_paper(material: HeardMaterial) -> dict[str, Any]:
    return {
        "unit_id": material.unit_id,
        "dossier_id": material.dossier_id,
        "person_id": material.person_id,
        "material_id": material.material_id,
        "material_title": material.title,
        "material_formed_on": material.formed_on,
    }


def _checked(cmd: ConfirmAlteration, uow: UnitOfWork, tickets: BlobTickets) -> list[BlobTicket]:
    """The scans of the signed record: pictures of this caller, all under one unit of theirs."""
    _refuse_future(cmd.decided_on, uow)
    read: list[BlobTicket] = []
    faults: list[FieldFault] = []
    for position, text in enumerate(cmd.tickets):
        try:
            ticket = tickets.check(text, uploader=uow.caller.account_id, now=uow.now)
        except TicketInvalid:
            ticket = None
        if ticket is None or ticket.media_type not in _IMAGES or ticket.unit_id not in uow.units:
            faults.append(FieldFault(f"/blob_tickets/{position}", "ticket-invalid"))
        elif read and ticket.unit_id != read[0].unit_id:
            faults.append(FieldFault(f"/blob_tickets/{position}", "contradiction", {"other": "/blob_tickets/0"}))
        else:
            read.append(ticket)
    if faults:
        raise ValidationFailed(errors=faults)
    return read


def _refuse_future(decided_on: date, uow: UnitOfWork) -> None:
    if decided_on > uow.today:
        raise ValidationFailed(errors=[FieldFault("/decided_on", "date-in-future")])


def _page(ticket: BlobTicket) -> PageRef:
    told = ticket.model_dump(include={"digest", "media_type", "bytes", "width", "height"})
    return PageRef.model_validate({**told, "page_id": new_id("pag")})


def _told(row: AlterationRow, pages: Sequence[PageRef]) -> AlterationConfirmed:
    return AlterationConfirmed.model_validate(
        {
            "finding_id": row.id,
            "dossier_id": row.dossier_id,
            "person_id": row.person_id,
            "unit_id": row.unit_id,
            "fact": row.fact,
            "verdict": row.verdict,
            "altered_material_id": row.material_id,
            "material_id": row.record_material_id,
            "title": RECORD_TITLE,
            "formed_on": PartialDate(value=str(row.decided_on)),
            "blob_unit_id": row.blob_unit_id,
            "pages": list(pages),
        }
    )
