"""Materials: one with its pages, and rows entered from an existing paper catalogue."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, CurrentDeps, RequestModel, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import DossierId, MaterialId
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.catalog.api.answers import created, tagged
from services.catalog.api.desk_shapes import OrderBasis
from services.catalog.api.explanations import CandidateOut, ExplanationOut
from services.catalog.api.texts import CategoryCode, Remark, Title
from services.catalog.domain.classification import asserted_facts
from services.catalog.domain.explanation import explain, offers_for
from services.catalog.domain.filing import QueueCause
from services.catalog.domain.material import Material, MaterialState
from services.catalog.domain.scheme import Fact
from services.catalog.domain.titles import Wording, propose_shorter, wording
from services.catalog.rules import CatalogRules
from services.catalog.usecases.enter_materials import EnteredRow, EnterMaterials, enter_materials
from services.catalog.usecases.view_material import ViewedMaterial, view_material

router = APIRouter(tags=["materials"])

MOST_TICKETS = 1000


class QueueEntry(BaseModel):
    """Why a material waits for an archivist, and until when."""

    task_id: str
    cause: QueueCause
    basis: str | None = Field(description="The title rule that asks, if one did")
    owner_role: str
    state: str
    due_at: datetime
    candidates: list[CandidateOut] = Field(description="While it waits: categories that come near, the likeliest first")


class MaterialOut(BaseModel):
    """One material and its place in the dossier."""

    id: str
    dossier_id: str | None = Field(description="Null when it was refused because the dossier is not kept here")
    unit_id: str
    state: MaterialState
    version: int
    title: str
    original_title: str
    category: str | None
    item_no: int | None
    material_code: str | None = Field(examples=["4-1-2"])
    formed_on: PartialDate | None
    page_count: int
    remark: str | None
    basis: str | None = Field(description="The rule or person that chose the category", examples=["r2018:11"])
    filed_on: date | None
    reasons: list[str] = Field(description="Why it was refused")
    submission_id: str | None
    item_id: str | None
    pages: list[PageRef]

    @classmethod
    def of(cls, material: Material) -> "MaterialOut":
        place = material.place
        return cls(
            id=material.material_id,
            dossier_id=material.dossier_id,
            unit_id=material.unit_id,
            state=material.state,
            version=material.version,
            title=material.title,
            original_title=material.original_title,
            category=place.code if place else None,
            item_no=place.item_no if place else None,
            material_code=place.material_code if place else None,
            formed_on=material.formed_on,
            page_count=material.page_count,
            remark=material.remark,
            basis=place.basis if place else None,
            filed_on=place.filed_on if place else None,
            reasons=list(material.reasons),
            submission_id=material.origin.submission_id,
            item_id=material.origin.item_id,
            pages=list(material.pages),
        )


class MaterialRead(MaterialOut):
    """One material, with its entry in the queue if it ever waited there, and where its title comes from."""

    queue: QueueEntry | None
    wording: Wording = Field(
        description="The paper's own words (`as_written`), the same in the catalogue's form (`rewritten`), or another "
        "title supplied by the archivist (`supplied`, 另拟标题)"
    )
    title_proposal: str | None = Field(description="A shorter title to take or leave, when this one is over-long")
    explanation: ExplanationOut | None = Field(description="Null when it was refused and has no dossier here")
    order: OrderBasis | None = Field(description="What its place rests on besides time and rank")

    @classmethod
    def viewed(cls, found: ViewedMaterial, rules: CatalogRules) -> "MaterialRead":
        """Candidates and proposal are worked out by the rules as they are now."""
        material, queue, proposal, explanation = found.material, None, None, None
        scheme = rules.schemes[found.scheme_id] if found.scheme_id else None
        if scheme is not None:
            facts = asserted_facts(material.place.basis if material.place else None, scheme)
            explanation = ExplanationOut.of(explain(material.title, scheme, facts))
            proposal = propose_shorter(material.title, scheme, rules.titles)
        if found.queue is not None:
            waits = scheme if found.queue["state"] == "pending" else None
            near = [CandidateOut.of(one, waits) for one in offers_for(material.title, waits)] if waits else []
            queue = QueueEntry(**found.queue, candidates=near)
        return cls(
            **MaterialOut.of(material).model_dump(),
            order=OrderBasis.of(found.standing) if found.standing else None,
            queue=queue,
            wording=wording(material.title, material.original_title, rules.titles),
            title_proposal=proposal,
            explanation=explanation,
        )


class MaterialRowIn(RequestModel):
    """One row of a paper catalogue. Without `category` the title's rule decides."""

    title: Title
    category: CategoryCode | None = None
    formed_on: PartialDate | None = None
    page_count: int = Field(ge=1, le=2000, strict=True)
    remark: Remark | None = None
    facts: list[Fact] = Field(default=[], max_length=3, description="What the archivist asserts for the title's rule")
    pages: list[Annotated[str, Field(max_length=4000)]] = Field(
        default=[], max_length=300, description="Blob tickets of the page images, in order; all or none of them"
    )


class MaterialsIn(RequestModel):
    """Rows in the order of the paper, filed all or not at all."""

    materials: list[MaterialRowIn] = Field(
        min_length=1, max_length=200, description=f"With at most {MOST_TICKETS} page images together"
    )
    old_catalogue: bool = Field(
        default=False,
        description="The paper catalogue knows no subclasses: rows may stand in 4 and 9 without one. Each is a finding "
        "(CAT-002) until it is refiled; a new material is never filed so",
    )

    @model_validator(mode="after")
    def _few_tickets(self) -> "MaterialsIn":
        # Each ticket is a signature to check while others wait.
        if sum(len(row.pages) for row in self.materials) > MOST_TICKETS:
            raise PydanticCustomError("too-many", "at most {max}", {"max": MOST_TICKETS})
        return self


class MaterialsOut(BaseModel):
    """What was filed, in the order of the rows."""

    items: list[MaterialOut]


@router.post(
    "/dossiers/{dossier_id}/materials",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        *IDEMPOTENCY,
    ),
)
async def create_dossier_materials(
    dossier_id: DossierId,
    body: MaterialsIn,
    caller: Annotated[Caller, requires("material:file", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> MaterialsOut:
    """Enter rows of an existing paper catalogue: in one transaction, numbered once."""
    rows = [
        EnteredRow(
            title=row.title,
            category=row.category,
            formed_on=row.formed_on,
            page_count=row.page_count,
            remark=row.remark,
            facts=frozenset(row.facts),
            tickets=tuple(row.pages),
        )
        for row in body.materials
    ]
    command = EnterMaterials(dossier_id, rows, body.old_catalogue)
    filed = await enter_materials(command, uow=uow, rules=deps.rules, tickets=deps.tickets)
    created(response, uow)
    return MaterialsOut(items=[MaterialOut.of(material) for material in filed])


@router.get(
    "/materials/{material_id}",
    response_model=MaterialRead,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_material(
    material_id: MaterialId,
    caller: Annotated[Caller, requires("material:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """One material: where it stands and why, or why it waits, or why it was refused. A view of the dossier."""
    found = await view_material(material_id, uow=uow)
    tagged(response, found.material.version)
    if not_modified(request, found.material.version):
        return Response(status_code=304, headers=dict(response.headers))
    return MaterialRead.viewed(found, deps.rules)
