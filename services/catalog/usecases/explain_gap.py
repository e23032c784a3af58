"""Say by which paper a gap is explained (短缺说明), or of which kind of body and stage the person is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from services.catalog.domain.gaps import GapRules, Piece, Profile
from services.catalog.store import dossiers, gaps, materials, reviews
from services.catalog.store.gaps import Gap, KeptProfile
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.review_dossier import review_now


async def explain_gap(
    gap_id: str,
    seen_version: int,
    material_id: str,
    years: Sequence[int] | None,
    *,
    uow: UnitOfWork,
    deps: Deps,
) -> Gap:
    """A filed material of the same dossier explains these years of a gap, or all of it; the gap as it is then."""
    async with uow:
        if await uow.replay_of():
            return await gaps.get(uow, gap_id)
        gap = await gaps.get(uow, gap_id)
        # The dossier first, as every change of it does.
        dossier = await dossiers.get(uow, gap.dossier_id, lock=True)
        gap = await gaps.get(uow, gap_id)
        await check_version(uow, gap_id, gap.version, seen_version)
        if gap.state != "open":
            raise StateConflict(state=gap.state)
        await refuse_related(uow, dossier.person_id)
        await _check_material(uow, gap, material_id)
        pieces = _pieces(gap, years)
        if not await gaps.explain(uow, gap, material_id, pieces):
            raise ValidationFailed(errors=[FieldFault("/material_id", "duplicate")])
        told = {"material_id": material_id, "pieces": [piece.as_json() for piece in pieces]}
        uow.record("gap.explained", gap_id, gap.version, told, changed=("explanations",))
        await reviews.mark(uow, gap.dossier_id)
        await uow.remember(gap_id)
    await review_now(deps, gap.dossier_id)
    async with deps.as_service() as service:
        return await gaps.get(service, gap_id)


async def _check_material(uow: UnitOfWork, gap: Gap, material_id: str) -> None:
    try:
        material = await materials.get(uow.raw(), material_id)
    except NotFound:
        raise ValidationFailed(errors=[FieldFault("/material_id", "unknown-reference")]) from None
    if material.dossier_id != gap.dossier_id or material.state != "filed":
        raise ValidationFailed(errors=[FieldFault("/material_id", "unknown-reference")])


def _pieces(gap: Gap, years: Sequence[int] | None) -> list[Piece]:
    if years is None:
        return list(gap.missing)
    missing = {piece.year for piece in gap.missing}
    faults = [
        FieldFault(
            f"/years/{position}", "not-allowed-value", {"allowed": ", ".join(map(str, sorted(filter(None, missing))))}
        )
        for position, year in enumerate(years)
        if year not in missing
    ]
    if faults:
        raise ValidationFailed(errors=faults)
    return [piece for piece in gap.missing if piece.year in set(years)]


async def change_gap_profile(
    dossier_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork, deps: Deps
) -> KeptProfile:
    """Write what is required of this dossier by kind of body, stage and events; its gaps follow at once."""
    known: GapRules = deps.rules.gaps
    async with uow:
        dossier = await dossiers.get(uow, dossier_id, lock=True)
        await refuse_related(uow, dossier.person_id)
        kept = await gaps.get_profile(uow, dossier_id, known)
        await check_version(uow, f"{dossier_id}/gap-profile", kept.version, seen_version)
        profile = replace(kept.profile, **changes)
        _check_profile(profile, known)
        if profile == kept.profile:
            return kept
        kept = KeptProfile(profile, kept.version + 1)
        await gaps.save_profile(uow, dossier_id, dossier.unit_id, kept)
        told = {"body_kind": profile.body_kind, "stage": profile.stage, "service_until": profile.service_until}
        uow.record("gap_profile.changed", f"{dossier_id}/gap-profile", kept.version, told, changed=sorted(changes))
        await reviews.mark(uow, dossier_id)
    await review_now(deps, dossier_id)
    return kept


def _check_profile(profile: Profile, rules: GapRules) -> None:
    faults: list[FieldFault] = []
    for pointer, value, allowed in (
        ("/body_kind", profile.body_kind, rules.bodies),
        ("/stage", profile.stage, rules.stages),
        *((f"/events/{at}/kind", event.kind, rules.events) for at, event in enumerate(profile.events)),
    ):
        if value not in allowed:
            faults.append(FieldFault(pointer, "not-allowed-value", {"allowed": ", ".join(allowed)}))
    if faults:
        raise ValidationFailed(errors=faults)
