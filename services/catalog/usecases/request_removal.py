"""An archivist asks that a filed material be taken out (剔除), or that a removed one come back."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import ValidationFailed
from contracts.values.ids import new_id
from services.catalog.domain.removal import Removal, RemovalKind, check_state, reason_fault
from services.catalog.rules import CatalogRules
from services.catalog.store import removals
from services.catalog.usecases.hold_filed import hold_standing


@dataclass(frozen=True)
class RequestRemoval:
    """Why: a code of the scheme's for a removal; what the archivist adds."""

    material_id: str
    seen_version: int
    kind: RemovalKind
    reason: str
    note: str | None = None


async def request_removal(cmd: RequestRemoval, *, uow: UnitOfWork, rules: CatalogRules) -> str:
    """Let it wait for the leader; the request's id. Nothing changes until it is approved."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier, standing = await hold_standing(uow, cmd.material_id, cmd.seen_version)
        check_state(cmd.kind, standing.state)
        if cmd.kind == "remove" and (fault := reason_fault(cmd.reason, rules.schemes[dossier.scheme_id])):
            raise ValidationFailed(errors=[fault])
        removal = Removal(
            removal_id=new_id("rmv"),
            unit_id=dossier.unit_id,
            dossier_id=dossier.dossier_id,
            material_id=cmd.material_id,
            kind=cmd.kind,
            reason=cmd.reason,
            note=cmd.note,
            owner_role=rules.removal.approver_role,
            requested_by=uow.caller.account_id,
            requested_at=uow.now,
            due_at=rules.removal.due_at(uow.now),
            former_place=f"{standing.code}-{standing.item_no}" if standing.code else None,
        )
        await removals.add(uow, removal)
        state = {"material_id": cmd.material_id, "kind": cmd.kind, "reason": cmd.reason}
        uow.record("removal.requested", removal.removal_id, removal.version, state, changed=("state",))
        await uow.remember(removal.removal_id)
        return removal.removal_id
