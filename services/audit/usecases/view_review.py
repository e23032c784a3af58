"""Show a review to its reviewer, and an opened pair to whoever compares."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, StateConflict
from services.audit.domain.review import SubmittedSheet
from services.audit.domain.review_comparison import Compared, compare
from services.audit.store import campaign_dossiers, heard, reviews
from services.audit.store.reviews import Proof
from services.audit.store.tables import CampaignDossier, HeardPerson, Review
from services.audit.usecases.recuse import refuse_related


@dataclass(frozen=True)
class ReviewShown:
    """A review with its dossier, whose it is, and the journal's commitment once it is handed in.

    The salt is in the proof only when the pair is opened: before, even its own reviewer does not get it.
    """

    review: Review
    dossier: CampaignDossier
    person: HeardPerson | None
    proof: Proof | None


@dataclass(frozen=True)
class PairShown:
    """Both reviews by account, and each fact as both answered."""

    dossier: CampaignDossier
    first: Review
    second: Review
    compared: tuple[Compared, ...]


async def view_review(review_id: str, *, whole: bool, uow: UnitOfWork) -> ReviewShown:
    """The caller's own review; with `whole`, any that is opened. NotFound for all others."""
    async with uow:
        review = await (reviews.get if whole else reviews.get_own)(uow, review_id)
        dossier = await campaign_dossiers.get(uow, review.campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        async with uow.as_service():
            person = await heard.find_person(uow, dossier.person_id)
            proofs = await reviews.proofs_of(uow, [review.journal_id]) if review.journal_id else {}
        if review.account_id != uow.caller.account_id:
            uow.record("review.viewed", review.id, review.version, {"campaign_dossier_id": dossier.id})
    proof = next(iter(proofs.values()), None)
    if proof is not None and not review.opened:
        proof = replace(proof, salt=None)
    return ReviewShown(review, dossier, person, proof)


async def view_pair(campaign_dossier_id: str, *, whole: bool, uow: UnitOfWork) -> PairShown:
    """The opened pair of a dossier, the view recorded. StateConflict, in the same words whatever has come in, until
    both have; without `whole` only for the two reviewers themselves."""
    async with uow:
        dossier = await campaign_dossiers.get(uow, campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        seen = await reviews.pair_of(uow, dossier.id)
        if not whole and uow.caller.account_id not in [one.account_id for one in seen]:
            raise NotFound()
        pair = [one for one in seen if one.opened]
        if len(pair) != 2:
            raise StateConflict(state=dossier.state)
        first, second = pair
        uow.record("review.compared", dossier.id, dossier.version, {"reviews": [first.id, second.id]})
    compared = compare(*(SubmittedSheet.model_validate(one.sheet) for one in pair))
    return PairShown(dossier, first, second, compared)
