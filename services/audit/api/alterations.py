"""Alterations found on filed papers: the register, the organisation's confirmation, and what followed."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, RequestModel, Uow, etag, refusals, requires
from contracts import problems
from contracts.values.ids import AlterationId, MaterialId, PageId, PersonId
from contracts.values.partial_date import PartialDate
from contracts.values.text import line_schema, one_line
from services.audit.domain.alteration import ConsequenceKind, FalsifiedObject, Means, Verdict
from services.audit.domain.facts import AuditFact
from services.audit.domain.recusal import Relation
from services.audit.store import alterations
from services.audit.store.tables_alteration import AlterationRow, ConsequenceRow
from services.audit.usecases.recuse import caller_related, refuse_related
from services.audit.usecases.register_alteration import (
    ConfirmAlteration,
    RecordConsequence,
    RegisterAlteration,
    change_alteration,
    confirm_alteration,
    record_consequence,
    register_alteration,
)
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["alterations"])

Words = Annotated[str, one_line(500), line_schema(500)]
Organ = Annotated[str, one_line(200), line_schema(200)]
Number = Annotated[str, one_line(100), line_schema(100)]
Ticket = Annotated[str, Field(max_length=4000)]
_KNOWN = (problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND)
_VERSIONED = (problems.STATE_CONFLICT, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED)


class AlterationChange(RequestModel):
    """Members of a finding, until it is confirmed."""

    means: Means = Field(default="other", description="How it was altered")
    reads_now: Words = Field(default="", description="What it reads now (涂改后记载)")
    read_before: Words | None = Field(default=None, description="What it read before, where that can be seen")
    verdict: Verdict = Verdict.UNDETERMINED
    falsified_object: FalsifiedObject | None = Field(default=None, description="With `falsified` only")
    remark: Words | None = None


class AlterationIn(AlterationChange):
    """An alteration on a filed paper."""

    material_id: MaterialId
    page_id: PageId | None = None
    fact: AuditFact = Field(description="Which fact was altered (涂改类型)")
    reads_now: Words  # pyright: ignore[reportGeneralTypeIssues]
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


class ConsequenceOut(BaseModel):
    """What followed from a falsification."""

    id: str
    kind: ConsequenceKind
    decided_by: str
    decided_on: date
    document_no: str | None
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: ConsequenceRow) -> "ConsequenceOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AlterationOut(BaseModel):
    """A finding. `record_material_id` is the signed record in the dossier, once confirmed."""

    id: str
    state: Literal["recorded", "confirmed"]
    no: int = Field(description="Its number among the dossier's findings (序号)")
    unit_id: str
    dossier_id: str
    person_id: str
    fact: AuditFact
    material_id: str
    material_title: str
    material_formed_on: PartialDate | None
    page_id: str | None
    means: Means
    reads_now: str
    read_before: str | None
    verdict: Verdict
    falsified_object: FalsifiedObject | None
    remark: str | None
    relation: Relation
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str | None
    decided_by: str | None
    decided_on: date | None
    document_no: str | None
    record_material_id: str | None
    version: int

    @classmethod
    def of(cls, row: AlterationRow) -> "AlterationOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AlterationWhole(AlterationOut):
    """A finding with what followed from it."""

    consequences: list[ConsequenceOut]


class AlterationList(BaseModel):
    """One page of findings, oldest first."""

    items: list[AlterationOut]
    next_page_token: str | None


class ConfirmationIn(RequestModel):
    """The organisation's word, with the scanned pages of the record that was printed and signed."""

    decided_by: Organ = Field(description="The organ that confirmed it")
    decided_on: date
    document_no: Number | None = None
    blob_tickets: list[Ticket] = Field(min_length=1, max_length=20, description="Of `POST /v1/uploads`, in order")


class ConsequenceIn(RequestModel):
    """What followed from a confirmed falsification."""

    kind: ConsequenceKind
    decided_by: Organ
    decided_on: date
    document_no: Number | None = None


@router.post("/alterations", status_code=201, responses=refusals(*_KNOWN, problems.STATE_CONFLICT, *IDEMPOTENCY))
async def create_alteration(
    body: AlterationIn,
    caller: Annotated[Caller, requires("alteration:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> AlterationOut:
    """Record an alteration, one by one (逐一记录); until it is cleared up, it suspends its person's clearances."""
    members = body.model_dump(include=set(AlterationChange.model_fields))
    command = RegisterAlteration(body.material_id, body.page_id, body.fact.value, members, body.not_related)
    return _tagged(response, uow, await register_alteration(command, uow=uow, gate=gate_of(deps)))


@router.get("/alterations", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_alterations(
    caller: Annotated[Caller, requires("alteration:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    person_id: PersonId | None = None,
) -> AlterationList:
    """Findings in the dossiers of your scope, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    async with uow:
        hidden = await caller_related(uow)
        rows = await alterations.page_of(
            uow, after=after, limit=paging.size + 1, person_id=person_id, hidden_persons=hidden
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [AlterationOut.of(row) for row in rows]
    return AlterationList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/alterations/{alteration_id}",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_alteration(
    alteration_id: AlterationId,
    caller: Annotated[Caller, requires("alteration:read")],
    uow: Uow,
    response: Response,
) -> AlterationWhole:
    """One finding with what followed. Its tag is for changing it; consequences come without a new version."""
    async with uow:
        row = await alterations.get(uow, alteration_id)
        await refuse_related(uow, row.person_id)
        followed = [ConsequenceOut.of(one) for one in await alterations.consequences_of(uow, row.id)]
    return AlterationWhole(**_tagged(response, uow, row).model_dump(), consequences=followed)


@router.patch("/alterations/{alteration_id}", responses=refusals(*_KNOWN, *_VERSIONED))
async def update_alteration(
    alteration_id: AlterationId,
    body: AlterationChange,
    caller: Annotated[Caller, requires("alteration:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> AlterationOut:
    """Correct a finding, or say what it is, until it is confirmed."""
    changes: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    return _tagged(response, uow, await change_alteration(alteration_id, if_match, changes, uow=uow))


@router.post(
    "/alterations/{alteration_id}/confirmations",
    status_code=201,
    responses=refusals(*_KNOWN, *_VERSIONED, problems.SAME_PERSON_TWICE, *IDEMPOTENCY),
)
async def create_alteration_confirmation(
    alteration_id: AlterationId,
    body: ConfirmationIn,
    caller: Annotated[Caller, requires("alteration:confirm", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> AlterationOut:
    """Confirm a finding by the organisation's word: the signed record goes into the dossier."""
    command = ConfirmAlteration(
        alteration_id, if_match, body.decided_by, body.decided_on, body.document_no, body.blob_tickets
    )
    gate = gate_of(deps)
    return _tagged(response, uow, await confirm_alteration(command, uow=uow, tickets=deps.tickets, gate=gate))


@router.post(
    "/alterations/{alteration_id}/consequences",
    status_code=201,
    responses=refusals(*_KNOWN, problems.STATE_CONFLICT, *IDEMPOTENCY),
)
async def create_alteration_consequence(
    alteration_id: AlterationId,
    body: ConsequenceIn,
    caller: Annotated[Caller, requires("alteration:confirm", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ConsequenceOut:
    """Record what followed from a confirmed falsification."""
    command = RecordConsequence(alteration_id, body.kind, body.decided_by, body.decided_on, body.document_no)
    made = await record_consequence(command, uow=uow, gate=gate_of(deps))
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return ConsequenceOut.of(made)


def _tagged(response: Response, uow: Uow, row: AlterationRow) -> AlterationOut:
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return AlterationOut.of(row)
