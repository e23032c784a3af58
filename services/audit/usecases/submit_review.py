"""A reviewer hands in their sheet; the second of a pair opens both (背靠背 ends).

Until then nothing that anybody else can read changes: the dossier's row is not touched, not even locked, no event
is told, and the journal's rows of reviews are hidden. So the two submissions wait for one another under an
advisory lock, which leaves no trace, and only the one that opens the pair holds and moves the dossier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict, ValidationFailed
from services.audit.domain.progress import Move, Progress, moved
from services.audit.domain.recusal import admit
from services.audit.domain.review import Declaration, Sheet, SubmittedSheet, committed, unfinished
from services.audit.domain.review_comparison import compare
from services.audit.store import campaign_dossiers, comparisons, reviews
from services.audit.store.tables import CampaignDossier, Review
from services.audit.usecases.adopt_review_claims import adopt_review_claims
from services.audit.usecases.recuse import caller_relation


@dataclass(frozen=True)
class SubmitReview:
    """`not_related` is the reviewer's declaration, asked for where kin are not known well enough."""

    review_id: str
    seen_version: int
    not_related: bool | None
    validate_only: bool = False


async def submit_review(command: SubmitReview, *, uow: UnitOfWork) -> Review:
    """Take the sheet in as it stands, once it is finished. Of two at the same instant, exactly one opens the pair."""
    async with uow:
        if command.validate_only:
            return await _rehearse(uow, command)
        async with uow.as_service():  # keys of reviews are hidden: their scope names the account
            earlier = await uow.replay_of()
        if earlier:
            return await reviews.get_own(uow, earlier)
        given = await reviews.get_own(uow, command.review_id)
        async with uow.as_service():
            await uow.lock(given.campaign_dossier_id)
            dossier = await _dossier(uow, given)
            review = await reviews.get_own(uow, given.id, lock=True)
            submitted = await _submit(uow, review, await _checked(uow, command, review, dossier))
            pair = await reviews.pair_of(uow, dossier.id)
            if _both_in(pair):
                submitted = await _open(uow, dossier, pair, submitted.id)
            await uow.remember(submitted.id)
    return submitted


async def _rehearse(uow: UnitOfWork, command: SubmitReview) -> Review:
    """The same checks, and the review as if it were the first to come in, whether it is or not: a rehearsal that
    opened the pair would tell that the other sheet is there, before this one is."""
    review = await reviews.get_own(uow, command.review_id)
    async with uow.as_service():
        dossier = await campaign_dossiers.get(uow, review.campaign_dossier_id)
        sheet = await _checked(uow, command, review, dossier)
    would_be = {"state": "submitted", "sheet": sheet, "version": review.version + 1}
    return Review.model_validate({**review.model_dump(), **would_be})


async def _dossier(uow: UnitOfWork, given: Review) -> CampaignDossier:
    """The dossier; held only when the other sheet is in already. Then it is held before this review, as by a dossier
    that moves or a pair that is released: the other way round the two could stand in each other's way. First comes
    the lock under which claims are entered, for the sheets' claims."""
    others = [one for one in await reviews.pair_of(uow, given.campaign_dossier_id) if one.id != given.id]
    dossier = await campaign_dossiers.get(uow, given.campaign_dossier_id)
    if handed_in := [one.submitted_at for one in others if one.state == "submitted" and one.submitted_at]:
        uow.not_before(max(handed_in))  # or the pair would seem opened before the other sheet was there
        await uow.lock(dossier.dossier_id)
        await uow.session.refresh(dossier, with_for_update=True)
    return dossier


async def _checked(uow: UnitOfWork, command: SubmitReview, review: Review, dossier: CampaignDossier) -> dict[str, Any]:
    """The sheet as it is handed in, with the reviewer's declaration; refused where it cannot be."""
    relation = await caller_relation(uow, dossier.person_id)
    admit(relation, command.not_related)
    await check_version(uow, review.id, review.version, command.seen_version)
    if review.state != "open":
        raise StateConflict(state=review.state)
    if dossier.state != Progress.FIRST_REVIEW:
        raise StateConflict(state=dossier.state)
    sheet = Sheet.model_validate(review.sheet)
    if faults := unfinished(sheet):
        raise ValidationFailed(errors=faults)
    declared = Declaration(relation=relation.value, not_related=command.not_related)
    return SubmittedSheet(**dict(sheet), declaration=declared).model_dump(mode="json")


async def _submit(uow: UnitOfWork, review: Review, sheet: dict[str, Any]) -> Review:
    """The sheet is handed in with the journal's commitment to it, made in this very moment."""
    state = committed(review.id, review.campaign_dossier_id, review.account_id, sheet)
    journal_id = uow.record("review.submitted", review.id, review.version + 1, state, changed=("state",))
    return await reviews.submit(uow, review, sheet, journal_id)


def _both_in(pair: Sequence[Review]) -> bool:
    return len(pair) == 2 and all(one.state == "submitted" for one in pair)


async def _open(uow: UnitOfWork, dossier: CampaignDossier, pair: Sequence[Review], mine: str) -> Review:
    """Both may be read from now on, and stand compared. Answers the review with the id `mine`."""
    state = moved(Progress(dossier.state), Move.OPEN_PAIR)
    first, second = [await reviews.open_to_all(uow, one) for one in pair]
    sheets = [SubmittedSheet.model_validate(one.sheet) for one in (first, second)]
    compared = compare(*sheets)
    await comparisons.add(uow, dossier, (first, second), compared)
    adopted = await adopt_review_claims(uow, dossier, pair)
    version = (await campaign_dossiers.put_states(uow, [dossier.id], state))[dossier.id]
    opened = {"reviews": [{"review_id": one.id, "journal_id": str(one.journal_id)} for one in (first, second)]}
    differing = {"differences": {one.fact.value: list(one.differs) for one in compared if not one.agreed}}
    entered = {"claims": list(adopted.claim_ids), "claims_left": adopted.left}
    told = {"state": state.value, **opened, **differing, **entered}
    uow.record("pair.opened", dossier.id, version, told, changed=("state",))
    for one in (first, second):
        uow.record("review.opened", one.id, one.version, {"opened": True}, changed=("opened",))
    return first if first.id == mine else second
