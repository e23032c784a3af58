"""A reviewer saves the draft of their sheet. Nobody else learns of it."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from services.audit.domain.review import Sheet, faults_of
from services.audit.store import campaign_dossiers, review_pages, reviews
from services.audit.store.tables import CampaignDossier, Review
from services.audit.usecases.recuse import refuse_related


@dataclass(frozen=True)
class SaveReviewSheet:
    """The whole sheet as it shall be; `seen_version` is the version of the review that the person saw."""

    review_id: str
    seen_version: int
    sheet: Sheet
    validate_only: bool = False


async def save_review_sheet(command: SaveReviewSheet, *, uow: UnitOfWork) -> Review:
    """Take the draft in, in place of the one before. With `validate_only` only the review as it would be."""
    async with uow:
        review = await reviews.get_own(uow, command.review_id, lock=True)
        dossier = await campaign_dossiers.get(uow, review.campaign_dossier_id)
        await refuse_related(uow, dossier.person_id)
        async with uow.as_service():  # the journal hides its rows of reviews from everybody else
            await check_version(uow, review.id, review.version, command.seen_version)
        if review.state != "open":
            raise StateConflict(state=review.state)
        faults = faults_of(command.sheet) or await _unknown(uow, dossier, command.sheet)
        if faults:
            raise ValidationFailed(errors=faults)
        if command.validate_only:
            plain = {"sheet": command.sheet.model_dump(mode="json"), "version": review.version + 1}
            return Review.model_validate({**review.model_dump(), **plain})
        changed = _changed(Sheet.model_validate(review.sheet), command.sheet)
        saved = await reviews.save_sheet(uow, review, command.sheet.model_dump(mode="json"))
        uow.record("review.drafted", saved.id, saved.version, {"sheet": saved.sheet}, changed)
    return saved


async def _unknown(uow: UnitOfWork, dossier: CampaignDossier, sheet: Sheet) -> list[FieldFault]:
    """References to what was never filed in this dossier, or to a page of another material."""
    named = list(sheet.materials())
    if not named:
        return []
    known = await review_pages.pages_by_material(uow, dossier.dossier_id, {material for _, material in named})
    faults = [FieldFault(pointer, "unknown-reference") for pointer, material in named if material not in known]
    faults += [
        FieldFault(f"/claims/{at}/page_id", "unknown-reference")
        for at, claim in enumerate(sheet.claims)
        if claim.page_id and claim.page_id not in known.get(claim.material_id, {claim.page_id})
    ]
    return faults


def _changed(before: Sheet, after: Sheet) -> list[str]:
    """Facts whose entry is another, and `claims` and `note`: for the reviewer's own second window."""
    facts = {entry.fact for entry in (*before.facts, *after.facts)}
    names = sorted(fact.value for fact in facts if before.entry(fact) != after.entry(fact))
    return names + [name for name in ("claims", "note") if getattr(before, name) != getattr(after, name)]
