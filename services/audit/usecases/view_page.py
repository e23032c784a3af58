"""Show an auditor a page of a material under appraisal."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, Recusal, StateConflict
from contracts.values.page import PageRef
from services.audit.domain.recusal import Relation
from services.audit.store import appraisals
from services.audit.usecases.recuse import caller_relation


@dataclass(frozen=True)
class PageShown:
    """Which file may be sent: `unit_id` is where it is stored."""

    unit_id: str
    page: PageRef


async def view_page(appraisal_id: str, page_id: str, *, uow: UnitOfWork) -> PageShown:
    """Admit one view; its journal row is committed when this returns, before any byte is sent.

    Pages are shown while the appraisal is open: an auditor sees what they work on.
    """
    async with uow:
        case = await appraisals.get(uow, appraisal_id)
        page = next((page for page in case.material.pages if page.page_id == page_id), None)
        if page is None:
            raise NotFound()
        relation = await caller_relation(uow, case.material.person_id)
        if relation is Relation.RELATED:
            raise Recusal()
        if not case.appraisal.state.open:
            raise StateConflict(state=case.appraisal.state.value)
        viewed = {"appraisal_id": case.id, "dossier_id": case.material.dossier_id, "relation": relation.value}
        uow.record("page.viewed", page_id, case.version, viewed)
    return PageShown(case.material.from_unit_id, page)
