"""The order in which a dossier's paper is bound, beside that of its catalogue."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import DossierId
from contracts.values.partial_date import PartialDate
from services.catalog.api.answers import tagged
from services.catalog.domain.ordering import formed_key
from services.catalog.domain.paper_order import Sheet, paper_order
from services.catalog.domain.scheme import LatestResume
from services.catalog.usecases.view_catalogue import view_catalogue

router = APIRouter(tags=["dossiers"])


class PaperItem(BaseModel):
    """A material where it lies. `moved`: not where the catalogue lists it."""

    position: int = Field(description="From 1 through the whole dossier")
    material_id: str
    material_code: str
    title: str
    moved: bool


class PaperOrderOut(BaseModel):
    """All materials as they are bound; ends with the dossier, as the catalogue does."""

    dossier_id: str
    version: int
    scheme: str
    latest_resume_first: LatestResume
    items: list[PaperItem]


@router.get(
    "/dossiers/{dossier_id}/paper-order",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_dossier_paper_order(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("catalogue:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> PaperOrderOut:
    """How the paper is bound: as the catalogue lists it, unless the scheme lays the newest résumé form in front."""
    found = await view_catalogue(dossier_id, uow=uow)
    scheme = deps.rules.schemes[found.scheme]
    listed = [
        Sheet(
            entry.material_id,
            entry.place,
            entry.item_no,
            entry.title,
            formed_key(PartialDate.model_validate(entry.formed_on) if entry.formed_on else None),
        )
        for entry in found.entries
    ]
    items = [
        PaperItem(
            position=position,
            material_id=one.material_id,
            material_code=f"{one.place}-{one.item_no}",
            title=one.title,
            moved=one is not listed[position - 1],
        )
        for position, one in enumerate(paper_order(listed, scheme), start=1)
    ]
    tagged(response, found.version)
    return PaperOrderOut(
        dossier_id=dossier_id,
        version=found.version,
        scheme=found.scheme,
        latest_resume_first=scheme.order.latest_resume_first,
        items=items,
    )
