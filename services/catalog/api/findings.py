"""Findings (卷内问题): of a dossier, as a worklist, counted by unit; and waivers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import DossierId, FindingId, UnitId
from services.catalog.api.answers import created
from services.catalog.api.catalogue import HeadingName
from services.catalog.api.texts import Remark
from services.catalog.domain.findings import DOSSIER, FindingRule, FindingRules
from services.catalog.store import findings
from services.catalog.store.findings import Finding
from services.catalog.usecases.view_review import FindingFilter, view_findings
from services.catalog.usecases.waive_finding import revoke_waiver, waive_finding

router = APIRouter(tags=["findings"])

Severity = Literal["error", "warning", "hint"]
State = Literal["open", "waived", "resolved"]
Code = Annotated[str, Field(pattern=r"^CAT-[0-9]{3}$", examples=["CAT-002"])]


class Jump(BaseModel):
    """Where to put it right: the address to read, and the member at fault there."""

    address: str = Field(examples=["/v1/materials/mat_…"])
    member: str = Field(examples=["formed_on"])


class Waiver(BaseModel):
    """Why it stays as it is, who said so, and when."""

    reason: str
    by: str
    at: datetime


class FindingOut(BaseModel):
    """One finding. `text` says it in both languages; `params` are its figures."""

    id: str
    dossier_id: str
    unit_id: str
    code: str
    severity: Severity
    text: HeadingName
    source: str
    params: dict[str, Any]
    jump: Jump
    state: State
    waiver: Waiver | None
    found_at: datetime
    version: int

    @classmethod
    def of(cls, finding: Finding, rules: FindingRules) -> "FindingOut":
        rule = rules.by_code[finding.code]
        waiver = None
        if finding.waived_at is not None:
            reason, by = finding.waiver_reason or "", finding.waived_by or ""
            waiver = Waiver(reason=reason, by=by, at=finding.waived_at)
        return cls(
            id=finding.finding_id,
            dossier_id=finding.dossier_id,
            unit_id=finding.unit_id,
            code=finding.code,
            severity=finding.severity,  # pyright: ignore[reportArgumentType]  # the table's check
            text=HeadingName(zh=_said(rule.text.zh, finding, "、"), en=_said(rule.text.en, finding, ", ")),
            source=rule.source,
            params=finding.params,
            jump=_jump(finding, rule),
            state=finding.state,  # pyright: ignore[reportArgumentType]
            waiver=waiver,
            found_at=finding.found_at,
            version=finding.version,
        )


def _said(text: str, finding: Finding, comma: str) -> str:
    told = {
        name: comma.join(map(str, value)) if isinstance(value, list) else value  # pyright: ignore
        for name, value in finding.params.items()
    }
    return text.format_map(told)


def _jump(finding: Finding, rule: FindingRule) -> Jump:
    if finding.member == DOSSIER or finding.member.startswith("category:"):
        return Jump(address=f"/v1/dossiers/{finding.dossier_id}/catalogue", member=rule.jump)
    return Jump(address=f"/v1/materials/{finding.member}", member=rule.jump)


class FindingList(BaseModel):
    """One page of findings."""

    items: list[FindingOut]
    next_page_token: str | None


class FindingCount(BaseModel):
    """How often one code is open or waived in a unit, and in how many of its dossiers it is open."""

    unit_id: str
    code: str
    severity: Severity
    text: HeadingName = Field(description="The rule's text; figures stand as {names}")
    open: int
    waived: int
    dossiers: int


class FindingCountList(BaseModel):
    """One page of counts, by unit and code. A change is counted within seconds."""

    items: list[FindingCount]
    next_page_token: str | None


class WaiverIn(RequestModel):
    """Why it is right as it is."""

    reason: Remark


@router.get(
    "/dossiers/{dossier_id}/findings",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_dossier_findings(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("finding:read")],
    uow: Uow,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    state: Annotated[list[State] | None, Query(description="Repeat for OR; absent: open")] = None,
    severity: Annotated[list[Severity] | None, Query(description="Repeat for OR")] = None,
) -> FindingList:
    """What is wrong in a dossier, the gravest first; up to date with its last change. A view of the dossier."""
    wanted = FindingFilter(state or ["open"], severity)
    found = await view_findings(dossier_id, wanted, paging.after, paging.size + 1, uow=uow, deps=deps)
    response.headers["Cache-Control"] = PRIVATE
    answer = paging.answer(response, found, lambda pair: [pair[1], pair[0].code, pair[0].member])
    return FindingList(
        items=[FindingOut.of(finding, deps.rules.findings) for finding, _ in answer["items"]],
        next_page_token=answer["next_page_token"],
    )


@router.get("/findings", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_findings(
    caller: Annotated[Caller, requires("finding:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    code: Annotated[Code, Query(description="Which finding: a worklist has one")],
    unit_id: Annotated[UnitId | None, Query(description="One unit; absent: all of yours")] = None,
) -> FindingList:
    """Open findings of one code in your units, dossier by dossier: what an archivist works through."""
    after = (paging.after[0], paging.after[1]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await findings.list_open(connection, code, unit_id, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    answer = paging.answer(response, found, lambda one: [one.dossier_id, one.member])
    items = [FindingOut.of(one, deps.rules.findings) for one in answer["items"]]
    return FindingList(items=items, next_page_token=answer["next_page_token"])


@router.get("/finding-counts", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_finding_counts(
    caller: Annotated[Caller, requires("finding-count:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: Annotated[UnitId | None, Query(description="One unit; absent: all of yours")] = None,
) -> FindingCountList:
    """Findings counted, unit by unit."""
    after = (paging.after[0], paging.after[1]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await findings.list_counts(connection, unit_id, after, paging.size + 1)
    answer = paging.answer(response, found, lambda row: [row["unit_id"], row["code"]])
    known: Mapping[str, FindingRule] = deps.rules.findings.by_code
    items = [
        FindingCount(
            severity=known[row["code"]].severity,
            text=HeadingName(zh=known[row["code"]].text.zh, en=known[row["code"]].text.en),
            **row,
        )
        for row in answer["items"]
        if row["code"] in known
    ]
    return FindingCountList(items=items, next_page_token=answer["next_page_token"])


_DECIDING = refusals(
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
    *IDEMPOTENCY,
)


@router.post("/findings/{finding_id}/waivers", status_code=201, responses=_DECIDING)
async def create_finding_waiver(
    finding_id: FindingId,
    body: WaiverIn,
    caller: Annotated[Caller, requires("finding:waive", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> FindingOut:
    """Let a finding be, with the reason. It is open again by itself once its figures are others."""
    finding = await waive_finding(finding_id, if_match, body.reason, uow=uow)
    created(response, uow, finding.version)
    return FindingOut.of(finding, deps.rules.findings)


@router.post("/findings/{finding_id}/waiver-revocations", status_code=201, responses=_DECIDING)
async def create_finding_waiver_revocation(
    finding_id: FindingId,
    caller: Annotated[Caller, requires("finding:waive", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> FindingOut:
    """Take a waiver back: the finding is open again."""
    finding = await revoke_waiver(finding_id, if_match, uow=uow)
    created(response, uow, finding.version)
    return FindingOut.of(finding, deps.rules.findings)
