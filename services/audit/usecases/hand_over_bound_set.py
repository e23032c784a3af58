"""A compiled set goes on: printed, handed to the archive by receipt, stored; or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.deps import Deps
from chassis.documents import sign_document
from chassis.printing import ENGINE
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from chassis.web import check_version
from contracts.documents.base import Party, document_number
from contracts.documents.bound_set import BoundSetReceiptDocument, ReceivedPerson
from contracts.problems import FieldFault, NotFound, Recusal, ValidationFailed
from services.audit.domain.bound_set import (
    BoundMove,
    BoundState,
    bound_moved,
    check_current,
    check_filed,
    check_receiver,
)
from services.audit.domain.progress import Move, Progress, moved
from services.audit.store import bound_sets, campaign_dossiers, campaigns, on_paper, unit_names
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_bound import BoundSet
from services.audit.usecases.recuse import caller_related


@dataclass(frozen=True)
class OnBoundSet:
    """Which set, and the version that the caller saw."""

    bound_set_id: str
    seen_version: int


@dataclass(frozen=True)
class HandOver:
    """Who gave and who received the paper, as the receipt names them, and when."""

    on: OnBoundSet
    given_by: str
    received_by: str
    handed_over_on: date


async def view_bound_set(bound_set_id: str, *, uow: UnitOfWork) -> BoundSet:
    """One set; never one in which the caller or a relative stands."""
    async with uow:
        row = await bound_sets.get(uow, bound_set_id)
        await _refuse_own(uow, row.id)
        return row


async def _refuse_own(uow: UnitOfWork, bound_set_id: str) -> None:
    async with uow.as_service():  # a dossier may have moved to another unit since it was compiled
        members = await bound_sets.members_of(uow, bound_set_id)
    if {one.person_id for one in members} & await caller_related(uow):
        raise Recusal()


async def read_bound_set(bound_set_id: str, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, the same bytes each time; the look is recorded. NotFound until it is compiled."""
    row = await view_bound_set(bound_set_id, uow=uow)
    if row.digest is None:
        raise NotFound()
    content = await deps.blobs.read(row.unit_id, row.digest)
    async with uow:
        uow.record("bound_set.viewed", row.id, row.version, {"digest": row.digest})
    return content


async def _held(on: OnBoundSet, uow: UnitOfWork) -> BoundSet:
    row = await bound_sets.get(uow, on.bound_set_id, lock=True)
    await _refuse_own(uow, row.id)
    await check_version(uow, row.id, row.version, on.seen_version)
    return row


async def move_bound_set(on: OnBoundSet, move: BoundMove, *, place: str | None = None, uow: UnitOfWork) -> BoundSet:
    """Print, store (with its `place`) or discard. StateConflict where there is no such move from here."""
    async with uow:
        if await uow.replay_of():
            return await bound_sets.get(uow, on.bound_set_id)
        row = await _held(on, uow)
        state = bound_moved(BoundState(row.state), move)
        values = {"state": state.value} | ({"place": place} if place is not None else {})
        row = await bound_sets.save(uow, row, **values)
        if state is BoundState.DISCARDED:
            await bound_sets.release(uow, row.id)
        uow.record(f"bound_set.{state.value}", row.id, row.version, values, changed=tuple(values))
        await uow.remember(row.id)
    return row


async def hand_over_bound_set(cmd: HandOver, *, uow: UnitOfWork, deps: Deps) -> BoundSet:
    """The archive has it: a numbered, signed receipt, and every dossier in it is bound. All of it or nothing.

    ValidationFailed names dossiers that are not filed any more, or were determined anew; SamePersonTwice for whoever
    had it compiled.
    """
    async with uow:
        if await uow.replay_of():
            return await bound_sets.get(uow, cmd.on.bound_set_id)
        await bound_sets.get(uow, cmd.on.bound_set_id)
        async with uow.as_service():  # one may be kept by another unit by now; its forms are in the set nevertheless
            dossiers = await bound_sets.dossiers_of(uow, cmd.on.bound_set_id, lock=True)
        row = await _held(cmd.on, uow)
        state = bound_moved(BoundState(row.state), BoundMove.HAND_OVER)
        check_receiver(row.compiled_by, uow.caller.account_id)
        if cmd.handed_over_on > uow.today:
            raise ValidationFailed(errors=[FieldFault("/handed_over_on", "date-in-future")])
        await _check_dossiers(dossiers, row.id, uow)
        document = await _receipt(cmd, row, uow)
        token = sign_document(document, deps.keys.private_jwk("receipt"))
        kept = {"state": state.value, "number": document.number, "handed_over_by": uow.caller.account_id}
        row = await bound_sets.save(uow, row, **kept, jws=token)
        uow.record("bound_set.handed_over", row.id, row.version, {**kept, "jws": token}, changed=("state", "number"))
        await _bind([one.id for one in dossiers], row.id, uow)
        await uow.remember(row.id)
    return row


async def _check_dossiers(dossiers: Sequence[CampaignDossier], bound_set_id: str, uow: UnitOfWork) -> None:
    check_filed({one.id: Progress(one.state) for one in dossiers}, "/bound_set")
    async with uow.as_service():
        members = await bound_sets.members_of(uow, bound_set_id)
    check_current([one.campaign_dossier_id for one in members if not one.live], "/bound_set")


async def _bind(campaign_dossier_ids: list[str], bound_set_id: str, uow: UnitOfWork) -> None:
    after = moved(Progress.FILED, Move.BIND)
    async with uow.as_service():
        versions = await campaign_dossiers.put_states(uow, campaign_dossier_ids, after, only=Progress.FILED)
    for campaign_dossier_id, version in sorted(versions.items()):
        told = {"state": after.value, "bound_set_id": bound_set_id}
        uow.record("campaign_dossier.bound", campaign_dossier_id, version, told, changed=("state",))


async def _receipt(cmd: HandOver, row: BoundSet, uow: UnitOfWork) -> BoundSetReceiptDocument:
    async with uow.as_service():
        campaign = await campaigns.get(uow, row.campaign_id)
        found = await on_paper.read(uow, campaign, await bound_sets.dossiers_of(uow, row.id))
        members = await bound_sets.members_of(uow, row.id)
    names = await unit_names.names_of(uow, [row.unit_id])
    whose = {one.dossier.id: one for one in found}
    at = uow.now.astimezone(SHANGHAI).replace(microsecond=0)
    number = await uow.next_number("bound_set_receipt", row.unit_id, at.year)
    return BoundSetReceiptDocument(
        engine=ENGINE,
        issued_at=at,
        number=document_number(f"{await unit_names.code_of(uow, row.unit_id)}册收", at.year, number),
        bound_set_id=row.id,
        issuer=Party(unit_id=row.unit_id, name=names[row.unit_id]),
        campaign=campaign.name,
        handed_over_on=cmd.handed_over_on,
        given_by=cmd.given_by,
        received_by=cmd.received_by,
        page_count=row.pages or 0,
        digest=row.digest or "",
        persons=[
            ReceivedPerson(
                position=one.position,
                name=whose[one.campaign_dossier_id].person_name,
                dossier_no=whose[one.campaign_dossier_id].dossier_no,
                page_count=one.page_count or 0,
            )
            for one in members
        ],
    )
