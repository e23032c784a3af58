"""A leader approves a removal or a restoration, or rejects it."""

from dataclasses import dataclass, replace
from typing import Literal

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from services.catalog.domain.removal import Removal, check_state
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import Standing, from_snapshot
from services.catalog.rules import CatalogRules
from services.catalog.store import material_changes, removals, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_dossier
from services.catalog.usecases.posts import require_post


@dataclass(frozen=True)
class DecideRemoval:
    """`note` says why it is rejected."""

    removal_id: str
    seen_version: int
    outcome: Literal["approve", "reject"]
    note: str | None = None


async def decide_removal(cmd: DecideRemoval, *, uow: UnitOfWork, rules: CatalogRules) -> Removal:
    """Decide once, and not one's own request. What was approved is done in the same transaction."""
    async with uow:
        if await uow.replay_of():
            return await removals.get(uow, cmd.removal_id)
        asked = await removals.get(uow, cmd.removal_id)
        await require_post(uow, asked.owner_role, asked.unit_id)
        # The dossier first, as every change does.
        dossier = await hold_dossier(uow, asked.dossier_id)
        asked = await removals.get(uow, cmd.removal_id, lock=True)
        await check_version(uow, cmd.removal_id, asked.version, cmd.seen_version)
        if cmd.outcome == "reject" and cmd.note is None:
            raise ValidationFailed(errors=[FieldFault("/note", "required")])
        state = "approved" if cmd.outcome == "approve" else "rejected"
        decided = asked.decided(state, uow.caller.account_id, uow.now, cmd.note)
        if cmd.outcome == "approve":
            decided = await _done(uow, dossier, rules, decided)
        await removals.save(uow, decided)
        told = {"material_id": decided.material_id, "kind": decided.kind, "change_id": decided.change_id}
        uow.record(f"removal.{state}", decided.removal_id, decided.version, told, changed=("state",))
        await uow.remember(decided.removal_id)
        return decided


async def _done(uow: UnitOfWork, dossier: LockedDossier, rules: CatalogRules, removal: Removal) -> Removal:
    scheme = rules.schemes[dossier.scheme_id]
    now = (await standings.load(uow, dossier.dossier_id, [removal.material_id]))[removal.material_id]
    check_state(removal.kind, now.state)
    await _check_unchanged(uow, now, removal)
    if removal.kind == "restore":
        return replace(removal, change_id=await _restore(uow, dossier, scheme, now, removal))
    change = DeskChange("removed", [now.out("removed")], removal.note, removal.reason)
    return replace(
        removal,
        change_id=await change_materials(uow, dossier, scheme, change),
        former_place=f"{now.code}-{now.item_no}",
        keep_until=rules.removal.keep_until(uow.today),
    )


async def _check_unchanged(uow: UnitOfWork, now: Standing, removal: Removal) -> None:
    """What is approved is the material that was asked about, not what was joined to it or cut from it since."""
    if now.last_change is None:
        return
    last = await material_changes.get(uow.raw(), now.last_change)
    if last.made_at > removal.requested_at:
        raise StateConflict(state="changed since")


async def _restore(uow: UnitOfWork, dossier: LockedDossier, scheme: Scheme, now: Standing, removal: Removal) -> str:
    """As it was when it was taken out, under the sequence that it had: among its like it stands where it stood."""
    taken_out = await material_changes.get(uow.raw(), await removals.last_change(uow, now.material_id))
    before = taken_out.before[now.material_id]
    if before is None:
        raise ValueError("a removed material stood somewhere")
    return await change_materials(
        uow, dossier, scheme, DeskChange("restored", [from_snapshot(before, now)], removal.note)
    )
