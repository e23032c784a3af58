"""Orders of prints: many dossiers in the background, seen beforehand, fetched as one file."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.identity import Caller
from chassis.operations.waiting import Wait, reader, until_ended
from chassis.print_files import MEDIA_TYPES
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.documents import CatalogueForm
from contracts.operations import Operation
from contracts.values.ids import DossierId, OperationId, UnitId
from services.catalog.api.prints import PersonForm, ProposalIn, VolumePrint
from services.catalog.usecases.print_batch import fetch_prints, order_prints, preview_prints
from services.catalog.usecases.print_order import OrderPrints, OwnProposal, Preview

router = APIRouter(tags=["prints"])


class PersonProposalIn(ProposalIn):
    """The proposal for one person. A member that it names counts before the order's `proposal`, also an empty one."""

    dossier_id: DossierId

    def own(self) -> OwnProposal:
        """What is said of this person alone."""
        named = self.model_fields_set - {"dossier_id"}
        return OwnProposal(self.dossier_id, {name: getattr(self, name) for name in named})


class PrintOrderIn(RequestModel):
    """What to print, and of whom: `dossier_ids`, or the open dossiers of a unit (absent: of all your units).

    Appointment forms need for each person a post (`post_proposed` or `post_removed`), `reason` and `submitted_by`,
    from their entry in `proposals` or from `proposal`; who lacks one is named, and nothing is ordered.
    """

    kind: Literal["catalogue", "appointment-form"] | VolumePrint | PersonForm = "catalogue"
    dossier_ids: list[DossierId] = Field(default=[], max_length=500)
    unit_id: UnitId | None = None
    stale: bool = Field(default=False, description="Only those whose printed catalogue no longer agrees")
    form: CatalogueForm = Field(default="current", description="The columns of a catalogue")
    on: date | None = Field(default=None, description="The day on which ages count; absent: that of the print")
    proposal: ProposalIn | None = Field(default=None, description="What holds for every appointment form")
    proposals: list[PersonProposalIn] = Field(default=[], max_length=500, description="What holds for one person")
    validate_only: bool = Field(default=False, description="Every check, and nothing is ordered")

    @model_validator(mode="after")
    def _one_choice(self) -> "PrintOrderIn":
        if self.dossier_ids and (self.unit_id is not None or self.stale):
            raise PydanticCustomError("contradiction", "one choice", {"other": "dossier_ids"})
        if self.kind != "appointment-form" and (self.proposal is not None or self.proposals):
            raise PydanticCustomError("contradiction", "for appointment forms", {"other": "kind"})
        return self

    def order(self) -> OrderPrints:
        """What is ordered."""
        return OrderPrints(
            self.kind,
            self.form,
            self.dossier_ids,
            self.unit_id,
            self.stale,
            self.on,
            (self.proposal or ProposalIn()).proposal(),
            [one.own() for one in self.proposals],
        )


class PreviewedPrint(BaseModel):
    """A print that the order would make."""

    dossier_id: str
    dossier_no: str
    person_name: str
    proposal: ProposalIn | None = Field(description="What the appointment form would say; null for other kinds")


class PrintPreviewOut(BaseModel):
    """What an order would print."""

    kind: str
    total: int
    items: list[PreviewedPrint] = Field(description="The first 500, in the order in which they would be printed")

    @classmethod
    def of(cls, preview: Preview) -> "PrintPreviewOut":
        items = [
            PreviewedPrint(
                dossier_id=one.dossier_id,
                dossier_no=one.dossier_no,
                person_name=one.name,
                proposal=ProposalIn.model_construct(**vars(one.proposal)) if one.proposal else None,
            )
            for one in preview.items
        ]
        return cls(kind=preview.kind, total=preview.total, items=items)


@router.post(
    "/dossiers/prints",
    status_code=202,
    response_model=Operation,
    responses={
        200: {"description": "`validate_only`: what would be printed", "model": PrintPreviewOut},
        **refusals(problems.ROLE_MISSING, problems.VALIDATION_FAILED, *IDEMPOTENCY),
    },
)
async def create_dossier_prints(
    body: PrintOrderIn,
    caller: Annotated[Caller, requires("catalogue:read", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
    wait: Wait,
) -> Any:
    """Print catalogues, forms or labels of many dossiers in the background, each dossier once.

    One that cannot be printed is named, and the others go on; when it has ended, fetch `/operations/{id}/prints`.
    """
    if body.validate_only:
        preview = PrintPreviewOut.of(await preview_prints(body.order(), uow=uow, deps=deps))
        headers = {"Cache-Control": PRIVATE}
        return Response(preview.model_dump_json(), media_type="application/json", headers=headers)
    operation_id = await order_prints(body.order(), uow=uow, deps=deps)
    operation = await until_ended(reader(operation_id, caller, roots, deps), wait, response)
    response.headers.update({"Location": f"/v1/operations/{operation_id}", "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return operation


@router.get(
    "/operations/{operation_id}/prints",
    response_class=StreamingResponse,
    responses={
        200: {"description": "All prints", "content": {"application/zip": {}, MEDIA_TYPES["pdf"]: {}}},
        **refusals(
            problems.ROLE_MISSING,
            problems.RECUSAL,
            problems.NOT_FOUND,
            problems.STATE_CONFLICT,
            problems.VALIDATION_FAILED,
            problems.DEPENDENCY_DOWN,
        ),
    },
)
async def get_operation_prints(
    operation_id: OperationId,
    caller: Annotated[Caller, requires("catalogue:read")],
    deps: CurrentDeps,
    medium: Annotated[Literal["zip", "pdf"], Query(description="`pdf`: one file with a bookmark a dossier")] = "zip",
) -> Response:
    """What an order has printed, for whoever may print it all: a ZIP as it is read, or one PDF of up to 500 dossiers.

    Each fetch is a view, in the journal under the account that fetches.
    """
    chunks = await fetch_prints(operation_id, as_one_pdf=medium == "pdf", caller=caller, deps=deps)
    name = f'attachment; filename="prints-{operation_id}.{medium}"'
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": name}
    return StreamingResponse(chunks, media_type=f"application/{medium}", headers=headers)
