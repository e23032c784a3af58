"""Appraisals: the list, one with its checks and decisions, and the page images under appraisal."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, Pages, Uow, refusals, requires
from contracts import problems
from contracts.events.audit import CheckResult
from contracts.problems import Recusal
from contracts.values.ids import AppraisalId, PageId, SubmissionId
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.audit.api.images import send_picture
from services.audit.domain.appraisal import Outcome, State, verdict_of
from services.audit.domain.case import Case
from services.audit.domain.formalities import Found
from services.audit.domain.recusal import Relation
from services.audit.domain.rulebook import Rulebook
from services.audit.domain.verification import Verification
from services.audit.store import appraisals, heard, tasks
from services.audit.store.tables import AppraisalRow, DecisionRow, HeardDossier, HeardPerson
from services.audit.usecases.recuse import caller_related, caller_relation
from services.audit.usecases.view_page import view_page

router = APIRouter(tags=["appraisals"])


class AppraisalSummary(BaseModel):
    """One material before filing, as lists show it."""

    id: str
    state: State
    material_id: str
    submission_id: str
    dossier_id: str
    unit_id: str = Field(description="The unit that keeps the dossier")
    title: str
    kind: str | None = Field(description="Kind of the rule file that the title matches; null when it matches none")
    persons: int = Field(description="How many persons confirm by the rules")
    received_at: datetime
    ended_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: AppraisalRow) -> "AppraisalSummary":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AppraisalList(BaseModel):
    """One page of appraisals, oldest first."""

    items: list[AppraisalSummary]
    next_page_token: str | None


class SubjectCard(BaseModel):
    """Whose dossier it is, as heard from the catalog; for comparing with what the pages say."""

    person_id: str
    person_no: str
    name: str
    former_names: list[str]
    birth_date: PartialDate | None
    as_of: int = Field(description="Version of the person that this is")

    @classmethod
    def of(cls, person: HeardPerson) -> "SubjectCard":
        return cls.model_validate({**person.model_dump(), "as_of": person.version})


class PageOut(BaseModel):
    """One page; its image is at `appraisals/{id}/images/{page_id}` while the appraisal is open."""

    page_id: str
    media_type: str
    bytes: int
    width: int
    height: int

    @classmethod
    def of(cls, page: PageRef) -> "PageOut":
        return cls.model_validate(page.model_dump(include=set(cls.model_fields)))


class FormalityOut(BaseModel):
    """What a form must carry at least (手续完备), and the return code for one that lacks it."""

    code: str
    zh: str
    en: str
    return_code: str


class DecisionRead(BaseModel):
    """What one person decided."""

    task_id: str
    step: int
    account_id: str
    outcome: Outcome
    reasons: list[str]
    note: str | None
    relation: Relation = Field(description="How the person stood to the subject, as far as had been heard")
    decided_at: datetime
    formalities: dict[str, Found] = Field(description="What the person found of each, where they itemised them")

    @classmethod
    def of(cls, row: DecisionRow) -> "DecisionRead":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AppraisalOut(BaseModel):
    """One appraisal: the material, the automatic checks, and every decision so far."""

    id: str
    state: State
    material_id: str
    item_id: str
    submission_id: str
    dossier_id: str
    dossier_no: str | None
    dossier_as_of: int | None = Field(description="Version of the dossier whose number this is")
    unit_id: str
    from_unit_id: str = Field(description="The unit that handed the material in")
    subject: SubjectCard | None
    title: str
    formed_on: PartialDate | None
    declared_page_count: int
    pages: list[PageOut]
    kind: str | None
    persons: int
    verdict: str = Field(description="The automatic checks together: green, red or cannot_tell")
    machine_voices: list[Outcome] = Field(description="Voices that the rules give the machine")
    checks: list[CheckResult]
    formalities: list[FormalityOut] = Field(description="The least formalities of this form, for a decision to itemise")
    verification: Verification = Field(description="`wanted`: it is filed only once a report confirmed it")
    decisions: list[DecisionRead]
    reasons: list[str] = Field(description="Return codes, once rejected")
    relation: Relation = Field(description="How you stand to the subject; cannot_tell: declare when you decide")
    task_id: str | None = Field(description="The task that waits, while open")
    rules_digest: str
    received_at: datetime
    ended_at: datetime | None
    version: int


@router.get("/appraisals", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_appraisals(
    caller: Annotated[Caller, requires("appraisal:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[list[State] | None, Query(description="Repeat for OR")] = None,
    submission_id: SubmissionId | None = None,
) -> AppraisalList:
    """Appraisals of the dossiers in your scope, by id, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await appraisals.page_of(
            uow,
            after=after,
            limit=paging.size + 1,
            states=[one.value for one in state or ()],
            submission_id=submission_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [AppraisalSummary.of(row) for row in rows]
    return AppraisalList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/appraisals/{appraisal_id}",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_appraisal(
    appraisal_id: AppraisalId,
    caller: Annotated[Caller, requires("appraisal:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> AppraisalOut:
    """One appraisal, with what each check found and what each person decided.

    It has no tag: the subject's card and your relation to them change without the appraisal. Its task has one.
    """
    async with uow:
        case = await appraisals.get(uow, appraisal_id)
        relation = await caller_relation(uow, case.material.person_id)
        if relation is Relation.RELATED:
            raise Recusal()
        decisions = await appraisals.decisions_of(uow, case.id)
        waiting = await tasks.find_waiting(uow, case.id)
        async with uow.as_service():
            person = await heard.find_person(uow, case.material.person_id)
            dossier = await heard.find_dossier(uow, case.material.dossier_id)
    response.headers["Cache-Control"] = PRIVATE
    return _shape(
        case, person, dossier, list(decisions), relation, waiting.id if waiting else None, deps.rules.appraisal
    )


def _shape(
    case: Case,
    person: HeardPerson | None,
    dossier: HeardDossier | None,
    decisions: list[DecisionRow],
    relation: Relation,
    task_id: str | None,
    rules: Rulebook,
) -> AppraisalOut:
    material, appraisal = case.material, case.appraisal
    return AppraisalOut(
        id=case.id,
        state=appraisal.state,
        material_id=material.material_id,
        item_id=material.item_id,
        submission_id=material.submission_id,
        dossier_id=material.dossier_id,
        dossier_no=dossier.dossier_no if dossier else None,
        dossier_as_of=dossier.version if dossier else None,
        unit_id=material.dossier_unit_id,
        from_unit_id=material.from_unit_id,
        subject=SubjectCard.of(person) if person else None,
        title=material.title,
        formed_on=material.formed_on,
        declared_page_count=material.declared_page_count,
        pages=[PageOut.of(page) for page in material.pages],
        kind=case.kind,
        persons=appraisal.persons,
        verdict=verdict_of(case.checks).value,
        machine_voices=list(appraisal.machine),
        checks=list(case.checks),
        formalities=[
            FormalityOut.model_validate(one, from_attributes=True) for one in rules.formalities_of(material.title)
        ],
        verification=appraisal.verification,
        decisions=[DecisionRead.of(row) for row in decisions],
        reasons=list(appraisal.reasons),
        relation=relation,
        task_id=task_id,
        rules_digest=case.rules_digest,
        received_at=case.received_at,
        ended_at=case.ended_at,
        version=case.version,
    )


@router.get(
    "/appraisals/{appraisal_id}/images/{page_id}",
    response_class=Response,
    responses={
        200: {"description": "The page", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(
            problems.ROLE_MISSING,
            problems.RECUSAL,
            problems.NOT_FOUND,
            problems.STATE_CONFLICT,
            problems.DEPENDENCY_DOWN,
        ),
    },
)
async def get_appraisal_image(
    appraisal_id: AppraisalId,
    page_id: PageId,
    caller: Annotated[Caller, requires("appraisal:view")],
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """A page under appraisal. A view: it stands in the journal before the first byte leaves."""
    shown = await view_page(appraisal_id, page_id, uow=uow)
    page = shown.page
    return await send_picture(deps.blobs, shown.unit_id, page.digest, page.media_type, page.bytes)
