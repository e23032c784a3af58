"""A reviewer is found to be the subject or a relative after their sheet was given out, handed in or read.

Reviewers are neither (security model; recusal). Until the office has approved, both sheets of such a pair count no
more and the dossier is given to two others; once its determinations are in force, the superior is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.campaign import CampaignState
from services.audit.domain.progress import MOVES, Move, Progress
from services.audit.store import tainted_reviews
from services.audit.store.tainted_reviews import Noticed, Tainted
from services.audit.usecases.settle_clearances import Gate, reconsider


async def void_by_kin(uow: UnitOfWork, person_id: str, kin_ids: Collection[str], gate: Gate) -> None:
    """Relatives are told: look at what one of them reviewed of another, in whichever campaign."""
    async with uow.as_service():
        found = await tainted_reviews.of_kin(uow, person_id, kin_ids)
        if found:
            await tainted_reviews.hold(uow, set(found.values()))
            await void_tainted(uow, found, "kin", gate)


@dataclass(frozen=True)
class Dealt:
    """Dossiers of tainted reviews: those that wait to be given out again, and those left to the superior."""

    released: frozenset[str]
    for_superior: frozenset[str]


async def void_tainted(uow: UnitOfWork, found: Mapping[str, str], noticed: Noticed, gate: Gate) -> Dealt:
    """Void these reviews as the service; their dossiers, which `found` names, are held by now."""
    standing = await tainted_reviews.as_held(uow, found)
    blind = [one for one in standing if not one.opened]
    anew = [one for one in standing if one.opened and given_out_anew(one)]
    await _take_back(uow, blind)
    await _void_pairs(uow, anew)
    for one in standing:
        if one.opened:
            await _keep(uow, one, noticed, anew=one in anew)
    await reconsider(uow, {one.person_id for one in anew}, gate)
    released = frozenset(one.campaign_dossier_id for one in (*blind, *anew))
    return Dealt(released, frozenset(one.campaign_dossier_id for one in standing) - released)


def given_out_anew(one: Tainted) -> bool:
    """Whether the pair can be given to others: its campaign runs, and no office has approved."""
    return one.campaign_state is CampaignState.RUNNING and (one.state, Move.VOID_PAIR) in MOVES


async def _take_back(uow: UnitOfWork, blind: Sequence[Tainted]) -> None:
    """One sheet of a pair that is not opened: the other keeps theirs, and reads nothing of this."""
    for one in blind:
        voided = await tainted_reviews.void_one(uow, one.review_id)
        uow.record("review.voided", one.review_id, voided, {"state": "void", "void_reason": "related"}, ("state",))
    state = MOVES[Progress.FIRST_REVIEW, Move.RELEASE]
    waiting = {one.campaign_dossier_id for one in blind if one.state is Progress.FIRST_REVIEW}
    for dossier_id, version in (await tainted_reviews.release(uow, waiting, state)).items():
        uow.record("campaign_dossier.released", dossier_id, version, {"state": state.value}, ("state",))


async def _void_pairs(uow: UnitOfWork, anew: Sequence[Tainted]) -> None:
    ids = {one.campaign_dossier_id for one in anew}
    state = Progress.PLANNED
    voided = await tainted_reviews.void_pairs(uow, ids, state)
    for review_id, version in voided.reviews.items():
        uow.record("review.voided", review_id, version, {"state": "void", "void_reason": "related"}, ("state",))
    for dossier_id, version in voided.dossiers.items():
        told = {"state": state.value}
        uow.record("campaign_dossier.pair_voided", dossier_id, version, told, changed=("state", "result"))


async def _keep(uow: UnitOfWork, one: Tainted, noticed: Noticed, *, anew: bool) -> None:
    row = await tainted_reviews.keep(uow, one, noticed, "released" if anew else "for_superior")
    if row is not None:
        told = row.model_dump(mode="json", include={"campaign_dossier_id", "review_id", "noticed", "outcome"})
        uow.record("tainted_review.noticed", row.id, 1, told)
