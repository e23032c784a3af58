"""A reviewer is found to be the subject or a relative after their sheet was given out, handed in or read, or after
they took up the second review.

Reviewers are neither (security model; recusal). Until the office has approved, both sheets of such a pair count no
more and the dossier is given to two others; a second reviewer gives it up to another, and the pair stands. Once its
determinations are in force, the superior is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.campaign import CampaignState
from services.audit.domain.progress import MOVES, Move, Progress
from services.audit.store import heard, tainted_reviews
from services.audit.store.tainted_reviews import Noticed, Sheets, Tainted
from services.audit.usecases.settle_clearances import Gate, reconsider


async def void_by_kin(uow: UnitOfWork, person_id: str, kin_ids: Collection[str], gate: Gate) -> None:
    """Relatives are told: look at what one of them reviewed of another, in whichever campaign."""
    pairs = [pair for kin_id in kin_ids for pair in ((person_id, kin_id), (kin_id, person_id))]
    async with uow.as_service():
        await _void_related(uow, pairs, "kin", gate)


async def void_by_account(uow: UnitOfWork, person_id: str, gate: Gate) -> None:
    """It is told that an account is this person's: look at what they reviewed of themselves and of their relatives."""
    async with uow.as_service():
        family = await heard.related_to(uow, person_id)
        await _void_related(uow, [(one, person_id) for one in sorted(family)], "account", gate)


async def void_returned(uow: UnitOfWork, campaign_dossier_id: str, gate: Gate) -> None:
    """The superior has returned a dossier: what was left to them is dealt with now, as before anything was in force."""
    async with uow.as_service():
        found = await tainted_reviews.left_to_superior(uow, campaign_dossier_id)
        if found.dossiers:
            await void_tainted(uow, found, "removal", gate)


async def _void_related(uow: UnitOfWork, pairs: Sequence[tuple[str, str]], noticed: Noticed, gate: Gate) -> None:
    """Of each pair, what the second person reviewed of the first. All dossiers are held before anybody looks, so that
    who takes one up at this moment is found, or finds out."""
    if pairs:
        await tainted_reviews.hold_of(uow, {subject_id for subject_id, _ in pairs})
        found = await tainted_reviews.of_related(uow, pairs)
        if found.dossiers:
            await void_tainted(uow, found, noticed, gate)


@dataclass(frozen=True)
class Dealt:
    """Dossiers of tainted reviews: those that wait for another reviewer, and those left to the superior."""

    released: frozenset[str]
    for_superior: frozenset[str]


async def void_tainted(uow: UnitOfWork, found: Sheets, noticed: Noticed, gate: Gate) -> Dealt:
    """Void these reviews as the service; their dossiers, which `found` names, are held by now."""
    standing = await tainted_reviews.as_held(uow, found.reviews)
    blind = [one for one in standing if not one.opened]
    anew = [one for one in standing if one.opened and given_out_anew(one)]
    await _take_back(uow, blind)
    await _void_pairs(uow, anew)
    seconds = await tainted_reviews.seconds_as_held(uow, found.second_reviews)  # the others went with their pair
    free = [one for one in seconds if given_out_anew(one)]
    await _release_seconds(uow, free)
    readable = [*(one for one in standing if one.opened), *seconds]
    for one in readable:
        await _keep(uow, one, noticed, anew=one in anew or one in free)
    await reconsider(uow, {one.person_id for one in readable}, gate)
    released = frozenset(one.campaign_dossier_id for one in (*blind, *anew, *free))
    return Dealt(released, frozenset(one.campaign_dossier_id for one in readable) - released)


def given_out_anew(one: Tainted) -> bool:
    """Whether others can be given the dossier: its campaign runs, and no office has approved."""
    move = Move.RELEASE_SECOND if one.second else Move.VOID_PAIR
    return one.campaign_state is CampaignState.RUNNING and (one.state, move) in MOVES


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


async def _release_seconds(uow: UnitOfWork, free: Sequence[Tainted]) -> None:
    """Another takes the differences up; then the rules speak anew of each fact, and nothing else of it stands."""
    state = Progress.COMPARE
    dossiers = await tainted_reviews.end_seconds(uow, {one.campaign_dossier_id for one in free}, state)
    for dossier_id, version in dossiers.items():
        told = {"state": state.value}
        uow.record("campaign_dossier.second_released", dossier_id, version, told, changed=("state", "result"))


async def _keep(uow: UnitOfWork, one: Tainted, noticed: Noticed, *, anew: bool) -> None:
    row = await tainted_reviews.keep(uow, one, noticed, "released" if anew else "for_superior")
    if row is not None:
        shown = {"campaign_dossier_id", "review_id", "second_review_id", "noticed", "outcome"}
        uow.record("tainted_review.noticed", row.id, 1, row.model_dump(mode="json", include=shown))
