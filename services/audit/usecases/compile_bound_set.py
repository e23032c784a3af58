"""Have a unit's forms bound: ask for the set, and compile those that are asked for, in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.glyphs import GlyphMissing
from chassis.telemetry import log
from chassis.unit_of_work import UnitOfWork
from contracts.documents import PrintDocument
from contracts.problems import FieldFault, Recusal, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.bound_set import (
    MOST_IN_A_SET,
    BoundMove,
    BoundState,
    bound_moved,
    check_filed,
    check_size,
)
from services.audit.domain.determination import Status
from services.audit.domain.progress import Progress
from services.audit.papers import audit_forms
from services.audit.papers.bound_set import APPOINTMENT_TITLE, NOT_FILED, Bound, Person, bind, draw_person
from services.audit.store import bound_sets, campaigns, on_paper, unit_names
from services.audit.store.bound_sets import Placed
from services.audit.store.on_paper import OnPaper
from services.audit.store.tables import HeardMaterial
from services.audit.store.tables_bound import BoundSet, BoundSetMember
from services.audit.usecases.recuse import caller_related


@dataclass(frozen=True)
class CompileBoundSet:
    """Which unit's dossiers of a campaign; `campaign_dossier_ids` empty: all of them that are in no set yet."""

    campaign_id: str
    unit_id: str
    campaign_dossier_ids: tuple[str, ...] = ()


async def compile_bound_set(cmd: CompileBoundSet, *, uow: UnitOfWork) -> BoundSet:
    """Ask for the set. Of two at once one has the dossiers, the other finds none left.

    ValidationFailed names dossiers that are not filed yet, and for none or too many; Recusal for one's own.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await bound_sets.get(uow, earlier)
        campaign = await campaigns.get(uow, cmd.campaign_id)
        await uow.lock(f"bound sets {campaign.id} {cmd.unit_id}")
        found = await bound_sets.dossiers_to_bind(
            uow, campaign.id, cmd.unit_id, cmd.campaign_dossier_ids, MOST_IN_A_SET + 1
        )
        pointer = "/campaign_dossier_ids" if cmd.campaign_dossier_ids else "/unit_id"
        check_size([one.id for one in found], pointer)
        if strangers := set(cmd.campaign_dossier_ids).difference(one.id for one in found):
            at = cmd.campaign_dossier_ids.index(min(strangers))
            raise ValidationFailed(errors=[FieldFault(f"{pointer}/{at}", "unknown-reference")])
        if {one.person_id for one in found} & await caller_related(uow):
            raise Recusal()
        check_filed({one.id: Progress(one.state) for one in found}, pointer)
        row = BoundSet(
            id=new_id("bds"),
            unit_id=cmd.unit_id,
            version=1,
            campaign_id=campaign.id,
            state=BoundState.COMPILING.value,
            compiled_by=uow.caller.account_id,
            asked_at=uow.now,
            done=0,
            total=len(found),
        )
        members = [
            BoundSetMember(
                bound_set_id=row.id,
                position=position,
                unit_id=one.unit_id,
                campaign_dossier_id=one.id,
                person_id=one.person_id,
                live=True,
            )
            for position, one in enumerate(found, start=1)
        ]
        await bound_sets.add(uow, row, members)
        told = {"state": row.state, "campaign_dossier_ids": [one.id for one in found]}
        uow.record("bound_set.asked", row.id, row.version, told, changed=("state",))
        await uow.remember(row.id)
    return row


async def compile_waiting(deps: Deps) -> None:
    """The job: compile each set that is asked for. One that is interrupted is tried again next time, and holds no other
    one up."""
    async with deps.as_service() as uow:
        waiting = await bound_sets.waiting(uow)
    for row in waiting:
        try:
            await _compile(row, deps)
        except GlyphMissing as missing:
            await _fail(row, f"{missing.name}：{missing.char}", deps)
        except Exception as error:
            log.warning("bound_set_interrupted", bound_set=row.id, error=type(error).__name__)


async def _compile(row: BoundSet, deps: Deps) -> None:
    async with deps.as_service() as uow:
        campaign = await campaigns.get(uow, row.campaign_id)
        dossiers = await bound_sets.dossiers_of(uow, row.id)
        found = await on_paper.read(uow, campaign, dossiers)
        forms = await bound_sets.filed_forms(uow, [one.dossier_id for one in dossiers], APPOINTMENT_TITLE)
        unit = (await unit_names.names_of(uow, [row.unit_id]))[row.unit_id]
        today = uow.today
    if nameless := [one.dossier.id for one in found if not one.person_name]:
        await _fail(row, ", ".join(nameless), deps)
        return
    persons: list[Person] = []
    with tempfile.TemporaryDirectory(prefix="bound-set-") as folder:
        parts: list[Path] = []
        for position, one in enumerate(found, start=1):
            form = forms.get(one.dossier.dossier_id)
            persons.append(Person(position, one.person_name, one.dossier_no, "" if form else NOT_FILED))
            documents = _documents(one, today)
            try:
                scans = await _scans(form, deps)
            except BlobMissing:  # for good: a scan is there before its paper is filed
                await _fail(row, f"{one.person_name}：缺扫描件", deps)
                return
            parts.append(Path(folder) / f"{position}.pdf")
            await deps.run_cpu(draw_person, documents, scans, deps.settings.fonts_dir, parts[-1])
            async with deps.as_service() as progress:
                await bound_sets.put_done(progress, row.id, position)
        content, bound = await deps.run_cpu(bind, unit, campaign.name, persons, parts, today, deps.settings.fonts_dir)
    await _finish(row, content, bound, deps)


def _documents(one: OnPaper, today: date) -> Sequence[PrintDocument]:
    """情况登记表 first; 认定表 where something was determined, else 确认表."""
    consistent = all(fact.status == Status.CONSISTENT.value for fact in one.facts.values())
    form = audit_forms.confirmation_form if consistent else audit_forms.determination_form
    return [audit_forms.audit_register_form(one, today), form(one, today)]


async def _scans(form: HeardMaterial | None, deps: Deps) -> list[bytes]:
    if form is None:
        return []
    return [await deps.blobs.read(form.blob_unit_id, page["digest"]) for page in form.pages]


async def _finish(row: BoundSet, content: bytes, bound: Bound, deps: Deps) -> None:
    digest = await deps.blobs.put(row.unit_id, content)
    async with deps.as_service() as uow:
        now = await bound_sets.get(uow, row.id, lock=True)
        state = bound_moved(BoundState(now.state), BoundMove.FINISH)
        kept = {"state": state.value, "digest": digest, "bytes": len(content), "pages": bound.pages}
        done = await bound_sets.save(uow, now, done=now.total, **kept)
        places = [
            Placed(position, first, count)
            for position, (first, count) in enumerate(zip(bound.begins, bound.counts, strict=True), start=1)
        ]
        await bound_sets.put_places(uow, row.id, places)
        await uow.use_blob(row.unit_id, [digest], row.id)
        uow.record("bound_set.compiled", done.id, done.version, kept, changed=("state", "digest", "pages"))


async def _fail(row: BoundSet, problem: str, deps: Deps) -> None:
    async with deps.as_service() as uow:
        now = await bound_sets.get(uow, row.id, lock=True)
        state = bound_moved(BoundState(now.state), BoundMove.FAIL)
        failed = await bound_sets.save(uow, now, state=state.value, problem=problem)
        await bound_sets.release(uow, row.id)
        uow.record("bound_set.failed", failed.id, failed.version, {"state": state.value}, changed=("state",))
