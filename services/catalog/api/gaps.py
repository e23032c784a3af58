"""Gaps (缺失清单): what dossiers must hold and do not, how it is explained, and what is required of whom."""

from dataclasses import asdict
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
from contracts.values.ids import DossierId, GapId, MaterialId, UnitId
from services.catalog.api.answers import created, tagged
from services.catalog.api.catalogue import HeadingName
from services.catalog.domain.gaps import GapRule, GapRules, evidence
from services.catalog.domain.scheme import Label
from services.catalog.store import gaps
from services.catalog.store.gaps import Gap
from services.catalog.store.reviews import Completeness
from services.catalog.usecases.explain_gap import explain_gap
from services.catalog.usecases.review_dossier import years_of
from services.catalog.usecases.view_review import view_gaps

router = APIRouter(tags=["gaps"])


Year = Annotated[int, Field(ge=1949, le=2199, strict=True)]


class GapOut(BaseModel):
    """One required material that is missing. `evidence` says it in words."""

    id: str
    dossier_id: str
    unit_id: str
    rule: str
    category: str
    title: HeadingName
    evidence: HeadingName = Field(examples=[{"zh": "缺 2011、2014 年度考核表", "en": "missing: …"}])
    years: list[int]
    state: Literal["open", "closed"]
    outcome: Literal["filed", "explained", "not_required"] | None
    source: str
    opened_at: datetime
    closed_at: datetime | None
    version: int

    @classmethod
    def of(cls, gap: Gap, rules: GapRules) -> "GapOut":
        return cls(**_shown(gap, rules))


def _shown(gap: Gap, rules: GapRules) -> dict[str, Any]:
    rule = rules.by_id.get(gap.rule)
    title = rule.title if rule else Label(gap.rule, gap.rule)
    return {
        "id": gap.gap_id,
        "dossier_id": gap.dossier_id,
        "unit_id": gap.unit_id,
        "rule": gap.rule,
        "category": gap.category,
        "title": HeadingName(zh=title.zh, en=title.en),
        "evidence": _evidence(rule, gap, title),
        "years": years_of(gap.missing),
        "state": gap.state,
        "outcome": gap.outcome,
        "source": rule.source if rule else "",
        "opened_at": gap.opened_at,
        "closed_at": gap.closed_at,
        "version": gap.version,
    }


def _evidence(rule: GapRule | None, gap: Gap, title: Label) -> HeadingName:
    if rule is None or gap.state == "closed":
        return HeadingName(zh=title.zh, en=title.en)
    words = evidence(rule, gap.missing)
    return HeadingName(zh=words.zh, en=words.en)


class CompletenessOut(BaseModel):
    """Of the papers that a dossier must hold: how many, how many are there, how many explained; `share` of 1."""

    required: int
    present: int
    explained: int
    share: float | None = Field(description="Present of required; null where nothing is required")

    @classmethod
    def of(cls, counted: Completeness) -> "CompletenessOut":
        share = round(counted.present / counted.required, 4) if counted.required else None
        return cls(**asdict(counted), share=share)


class DossierGapsOut(BaseModel):
    """All gaps of one dossier (there are no more than rules), and how complete it is."""

    dossier_id: str
    completeness: CompletenessOut
    items: list[GapOut]
    next_page_token: None = None


class UnitGapOut(GapOut):
    """An open gap with its dossier."""

    dossier_no: str
    completeness: CompletenessOut


class GapList(BaseModel):
    """One page of open gaps, the oldest first."""

    items: list[UnitGapOut]
    next_page_token: str | None


class ExplanationIn(RequestModel):
    """The filed paper that explains a gap (短缺说明): these years of it, or all of it."""

    material_id: MaterialId
    years: list[Year] | None = Field(default=None, min_length=1, max_length=100)


@router.get(
    "/dossiers/{dossier_id}/gaps", responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND)
)
async def list_dossier_gaps(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("gap:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    state: Annotated[list[Literal["open", "closed"]] | None, Query(description="Repeat for OR; absent: open")] = None,
) -> DossierGapsOut:
    """What a dossier lacks, in words, and how complete it is; up to date with its last change."""
    found = await view_gaps(dossier_id, state or ["open"], uow=uow, deps=deps)
    response.headers["Cache-Control"] = PRIVATE
    return DossierGapsOut(
        dossier_id=dossier_id,
        completeness=CompletenessOut.of(found.completeness),
        items=[GapOut.of(gap, deps.rules.gaps) for gap in found.gaps],
    )


@router.get("/gaps", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_gaps(
    caller: Annotated[Caller, requires("gap:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: Annotated[UnitId | None, Query(description="One unit; absent: all of yours")] = None,
) -> GapList:
    """Open gaps of your units."""
    async with deps.db.reading(caller, roots) as connection:
        found = await gaps.list_open(connection, unit_id, paging.after[0] if paging.after else None, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    answer = paging.answer(response, found, lambda pair: [pair[0].gap_id])
    items = [_with_dossier(gap, told, deps.rules.gaps) for gap, told in answer["items"]]
    return GapList(items=items, next_page_token=answer["next_page_token"])


def _with_dossier(gap: Gap, told: dict[str, Any], rules: GapRules) -> UnitGapOut:
    counted = Completeness(told["required"], told["present"], told["explained"])
    return UnitGapOut(**_shown(gap, rules), dossier_no=told["dossier_no"], completeness=CompletenessOut.of(counted))


@router.get("/gaps/{gap_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_gap(
    gap_id: GapId, caller: Annotated[Caller, requires("gap:read")], uow: Uow, deps: CurrentDeps, response: Response
) -> GapOut:
    """One gap; its version is what an explanation's If-Match names."""
    async with uow:
        gap = await gaps.get(uow, gap_id)
    tagged(response, gap.version)
    return GapOut.of(gap, deps.rules.gaps)


@router.post(
    "/gaps/{gap_id}/explanations",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_gap_explanation(
    gap_id: GapId,
    body: ExplanationIn,
    caller: Annotated[Caller, requires("gap:explain", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> GapOut:
    """Name the filed paper that explains why something is missing; what is explained is no longer open."""
    gap = await explain_gap(gap_id, if_match, body.material_id, body.years, uow=uow, deps=deps)
    created(response, uow, gap.version)
    return GapOut.of(gap, deps.rules.gaps)
