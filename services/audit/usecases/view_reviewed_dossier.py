"""A reviewer leafs through the dossier that was given to them; each look is in the journal before anything is shown."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, StateConflict
from services.audit.store import campaign_dossiers, review_pages, reviews
from services.audit.store.review_pages import MaterialPlace, PageFiled
from services.audit.store.tables import CampaignDossier, HeardMaterial, Review
from services.audit.usecases.recuse import refuse_related


async def view_reviewed_materials(
    review_id: str, *, after: MaterialPlace | None, limit: int, uow: UnitOfWork
) -> Sequence[HeardMaterial]:
    """What is filed in the dossier, from `after` on, while the review is open. The view is that of a catalogue."""
    async with uow:
        review, dossier = await _given(uow, review_id)
        rows = await review_pages.materials_of(uow, dossier.dossier_id, after=after, limit=limit)
        seen = {"review_id": review.id, "materials": [row.material_id for row in rows]}
        uow.record("catalogue.viewed", dossier.dossier_id, review.version, seen)
    return rows


async def view_reviewed_page(review_id: str, page_id: str, *, uow: UnitOfWork) -> PageFiled:
    """Admit one view of a page, while the review is open."""
    async with uow:
        review, dossier = await _given(uow, review_id)
        found = await review_pages.find_page(uow, dossier.dossier_id, page_id)
        if found is None:
            raise NotFound()
        seen = {"review_id": review.id, "material_id": found.material_id, "dossier_id": dossier.dossier_id}
        uow.record("page.viewed", page_id, review.version, seen)
    return found


async def _given(uow: UnitOfWork, review_id: str) -> tuple[Review, CampaignDossier]:
    review = await reviews.get_own(uow, review_id)
    dossier = await campaign_dossiers.get(uow, review.campaign_dossier_id)
    await refuse_related(uow, dossier.person_id)
    if review.state != "open":
        raise StateConflict(state=review.state)
    return review, dossier
