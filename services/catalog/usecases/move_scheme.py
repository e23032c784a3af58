"""Move a dossier to another scheme: first seen material by material, then done at once, and taken back as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from services.catalog.domain.filing import place_fault
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.scheme_move import SchemePlan, Undecided, plan_move, reordered
from services.catalog.domain.standing import Standing
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, scheme_moves, standings
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.material_changes import MaterialChange
from services.catalog.store.scheme_moves import SchemeMove
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_dossier
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class MoveScheme:
    """To which scheme; `decisions` are pairs of material and place, in the order in which they were sent."""

    dossier_id: str
    seen_version: int
    scheme_id: str
    decisions: Sequence[tuple[str, str]]
    reason: str


@dataclass(frozen=True)
class PlannedScheme:
    """A move as it would be: the dossier's version and present scheme with it."""

    version: int
    from_scheme: str
    plan: SchemePlan


async def preview_scheme_move(
    dossier_id: str, scheme_id: str, *, uow: UnitOfWork, rules: CatalogRules
) -> PlannedScheme:
    """The move of every material, and what would have to be decided: nothing, to the scheme that it has. A view."""
    async with uow:
        dossier = await dossiers.get(uow, dossier_id)
        await refuse_related(uow, dossier.person_id)
        new = _known_scheme(scheme_id, rules)
        filed = await _filed(uow, dossier_id)
        plan = plan_move(filed, rules.schemes[dossier.scheme], new, {})
        state = {"scheme": scheme_id, "materials": [standing.material_id for standing in filed]}
        uow.record("dossier.scheme_previewed", dossier_id, dossier.version, state)
        return PlannedScheme(dossier.version, dossier.scheme, plan)


async def move_scheme(
    cmd: MoveScheme, *, validate_only: bool, uow: UnitOfWork, rules: CatalogRules
) -> str | PlannedScheme:
    """Move it with all its materials in one transaction: the change, by which it can be taken back.

    Nothing is filed meanwhile: whoever files waits for the dossier's row, and then files by the new scheme. What is
    only tried answers the plan.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier = await hold_dossier(uow, cmd.dossier_id, cmd.seen_version)
        new = _known_scheme(cmd.scheme_id, rules)
        if new.id == dossier.scheme_id:
            raise StateConflict(state=new.id)
        filed = await _filed(uow, cmd.dossier_id)
        decisions = _checked(cmd.decisions, filed, new)
        plan = plan_move(filed, rules.schemes[dossier.scheme_id], new, decisions)
        if plan.undecided:
            raise ValidationFailed(errors=[_missing(one) for one in plan.undecided])
        if validate_only:
            return PlannedScheme(dossier.version, dossier.scheme_id, plan)
        change = DeskChange("scheme_changed", plan.standings(), cmd.reason)
        change_id = await change_materials(uow, dossier, new, change)
        await _give_scheme(uow, dossier, SchemeMove(change_id, dossier.scheme_id, cmd.scheme_id))
        await uow.remember(change_id)
        return change_id


@dataclass(frozen=True)
class Return:
    """A scheme to go back to, and what the change did not touch and yet goes along: what is ordered another way
    there, and what was annexed since to a form that goes back."""

    move: SchemeMove
    scheme: Scheme
    also: Sequence[Standing]


async def scheme_to_return_to(
    uow: UnitOfWork, dossier: LockedDossier, change: MaterialChange, rules: CatalogRules
) -> Return | None:
    """What undoing a change means for the scheme; None when it meant nothing. StateConflict when it was moved since."""
    move = await scheme_moves.find(uow.raw(), change.change_id)
    if move is None:
        return None
    if dossier.scheme_id != move.to_scheme or move.from_scheme not in rules.schemes:
        raise StateConflict(state="changed since")
    old, back = rules.schemes[move.to_scheme], rules.schemes[move.from_scheme]
    since = [one for one in await _filed(uow, dossier.dossier_id) if one.material_id not in change.before]
    led = _led_back(since, change)
    there = {one.material_id for one in led}
    also = [*led, *reordered([one for one in since if one.material_id not in there], old, back)]
    return Return(SchemeMove(change.change_id, move.to_scheme, move.from_scheme), back, also)


def _led_back(since: Sequence[Standing], change: MaterialChange) -> list[Standing]:
    """What was annexed after the move to a form that goes back: it follows the form (classification rules, 3)."""
    led: list[Standing] = []
    for annex in since:
        told = change.before.get(annex.annex_of or "")
        if told is None or told["code"] is None or told["code"] == annex.code:
            continue
        back = annex.moved(told["code"], told["basis"])
        led.append(replace(back, annex_of=annex.annex_of))
    return led


async def return_scheme(uow: UnitOfWork, dossier: LockedDossier, back: Return, undone: str) -> None:
    """Give the dossier its former scheme again, by the change that put its materials back."""
    await _give_scheme(uow, dossier, SchemeMove(undone, back.move.from_scheme, back.move.to_scheme))


async def _give_scheme(uow: UnitOfWork, dossier: LockedDossier, move: SchemeMove) -> None:
    await scheme_moves.make(uow, dossier, move)
    now = await dossiers.get(uow, dossier.dossier_id)
    state = {"from": move.from_scheme, "to": move.to_scheme, "change_id": move.change_id}
    uow.record("dossier.scheme_changed", dossier.dossier_id, now.version, state, changed=("scheme",))
    for task_id, version in await scheme_moves.touch_waiting(uow, dossier.dossier_id):
        uow.record("task.scheme_changed", task_id, version, {"scheme": move.to_scheme}, changed=("candidates",))


async def _filed(uow: UnitOfWork, dossier_id: str) -> list[Standing]:
    ids = await scheme_moves.list_filed(uow.raw(), dossier_id)
    found = await standings.load(uow, dossier_id, ids)
    return [found[material_id] for material_id in ids]


def _missing(undecided: Undecided) -> FieldFault:
    return FieldFault("/decisions", "decision-missing", {"material": undecided.standing.material_id})


def _known_scheme(wanted: str, rules: CatalogRules) -> Scheme:
    if wanted not in rules.schemes:
        allowed = {"allowed": ", ".join(sorted(rules.schemes))}
        raise ValidationFailed(errors=[FieldFault("/scheme", "not-allowed-value", allowed)])
    return rules.schemes[wanted]


def _checked(decisions: Sequence[tuple[str, str]], filed: Sequence[Standing], new: Scheme) -> Mapping[str, str]:
    known = {standing.material_id for standing in filed}
    faults: list[FieldFault] = []
    seen: dict[str, str] = {}
    for position, (material_id, place) in enumerate(decisions):
        pointer = f"/decisions/{position}"
        if material_id not in known:
            faults.append(FieldFault(f"{pointer}/material_id", "unknown-reference"))
        elif material_id in seen:
            faults.append(FieldFault(f"{pointer}/material_id", "duplicate"))
        if fault := place_fault(place, new, f"{pointer}/category"):
            faults.append(fault)
        seen[material_id] = place
    if faults:
        raise ValidationFailed(errors=faults)
    return seen
