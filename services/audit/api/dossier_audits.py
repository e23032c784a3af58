"""Audits of one dossier by itself (任前审核): what two persons find of it, one after the other."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, RequestModel, Uow, etag, refusals, requires
from contracts import problems
from contracts.problems import Recusal
from contracts.tasks import Task
from contracts.values.ids import AuditTaskId
from contracts.values.text import line_schema, one_line
from services.audit.domain.examination import Consistent, FactExamined, IssueKind
from services.audit.domain.facts import AuditFact
from services.audit.domain.recusal import Relation
from services.audit.store import dossier_audits, gaps
from services.audit.store.tables_gate import DossierAudit, ExaminationRow, HeardGap
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.sign_examination import SignExamination, sign_examination

router = APIRouter(tags=["clearances"])

KIND_OF_STEP = {1: "dossier_audit.first", 2: "dossier_audit.second"}

Note = Annotated[str, one_line(500), line_schema(500)]


class FactIn(RequestModel):
    """What was found of one fact."""

    fact: AuditFact
    consistent: Consistent
    issue: IssueKind | None = Field(default=None, description="What is wrong, where it is not consistent")


class ExaminationIn(RequestModel):
    """What you found: each of 三龄二历一身份, and whatever else is to be said of."""

    facts: list[FactIn] = Field(min_length=1, max_length=len(AuditFact))
    opinion: Note = Field(examples=["与最早材料一致，同意提交"])
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


class FactOut(BaseModel):
    """What was found of one fact."""

    fact: AuditFact
    consistent: Consistent
    issue: IssueKind | None


class ExaminationOut(BaseModel):
    """What one person found, under their signature."""

    stage: int
    account_id: str
    facts: list[FactOut]
    opinion: str
    relation: Relation
    signed_at: datetime

    @classmethod
    def of(cls, row: ExaminationRow) -> "ExaminationOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class MissingOut(BaseModel):
    """A required material that the dossier lacks, as the catalog tells; `rule` is of the catalogue's gap rules."""

    gap_id: str
    rule: str
    category: str | None
    years: list[int]
    as_of: int = Field(description="Version of the gap that this is")

    @classmethod
    def of(cls, row: HeardGap) -> "MissingOut":
        return cls.model_validate({**row.model_dump(), "as_of": row.version})


class DossierAuditRead(Task):
    """The audit with what each found so far and what the dossier lacks: the register of 任前审核登记表."""

    dossier_id: str | None = Field(description="Null where the dossier is lent for reading")
    preview_id: str | None = Field(description="The loan, where the dossier is another office's")
    person_id: str
    occasion: str
    ended_at: datetime | None
    examinations: list[ExaminationOut]
    missing: list[MissingOut]


def audit_task(row: DossierAudit) -> Task:
    """The audit in the shape that all tasks share."""
    return Task(
        id=row.task_id,
        kind=KIND_OF_STEP[row.step],
        state=row.state,  # pyright: ignore[reportArgumentType]  # the table's check admits only these
        step=row.step,
        resource=f"inbound-previews/{row.preview_id}" if row.preview_id else f"dossiers/{row.dossier_id}",
        unit_id=row.unit_id,
        created_at=row.created_at,
        due_at=row.due_at,
        version=row.version,
    )


def _shape(task: DossierAudit, examinations: list[Any], missing: list[Any]) -> DossierAuditRead:
    return DossierAuditRead(
        **audit_task(task).model_dump(),
        dossier_id=task.dossier_id,
        preview_id=task.preview_id,
        person_id=task.person_id,
        occasion=task.occasion,
        ended_at=task.ended_at,
        examinations=[ExaminationOut.of(one) for one in examinations],
        missing=[MissingOut.of(one) for one in missing],
    )


@router.get(
    "/tasks/{task_id}/examinations",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_dossier_audit(
    task_id: AuditTaskId, caller: Annotated[Caller, requires("dossier-audit:sign")], uow: Uow, response: Response
) -> DossierAuditRead:
    """One audit with what each found so far. It has no tag: what is missing changes without it. Its task has one."""
    async with uow:
        task = await dossier_audits.get(uow, task_id)
        if await caller_relation(uow, task.person_id) is Relation.RELATED:
            raise Recusal()
        examinations = await dossier_audits.examinations_of(uow, task_id)
        missing = await gaps.list_open(uow, task.person_id)
        uow.record(
            "dossier_audit.viewed",
            task_id,
            task.version,
            {"dossier_id": task.dossier_id, "preview_id": task.preview_id},
        )
    response.headers["Cache-Control"] = PRIVATE
    return _shape(task, list(examinations), list(missing))


@router.post(
    "/tasks/{task_id}/examinations",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.SAME_PERSON_TWICE,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_examination(
    task_id: AuditTaskId,
    body: ExaminationIn,
    caller: Annotated[Caller, requires("dossier-audit:sign", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> DossierAuditRead:
    """Sign what you found. The second of two persons ends the audit; the clearances that wait for it follow."""
    command = SignExamination(
        task_id=task_id,
        seen_version=if_match,
        facts=tuple(FactExamined(one.fact, one.consistent, one.issue) for one in body.facts),
        opinion=body.opinion,
        not_related=body.not_related,
    )
    examined = await sign_examination(command, uow=uow, gate=gate_of(deps))
    response.headers.update({"ETag": etag(examined.task.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return _shape(examined.task, list(examined.examinations), list(examined.missing))
