"""Facts of a person: current ones and their history, new ones and corrections, and how the three ages were settled."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import PersonId
from services.catalog.api.answers import created, tagged
from services.catalog.api.fact_shapes import (
    ContradictionOut,
    FactOut,
    FactPage,
    FactsIn,
    FactsRecorded,
    FactSummary,
    HighestOut,
    SettledOut,
)
from services.catalog.domain.facts import THREE_AGES, Fact, FactKind, Facts
from services.catalog.store import facts, persons
from services.catalog.usecases.record_facts import RecordFacts, record_facts
from services.catalog.usecases.view_facts import weigh_facts

router = APIRouter(tags=["facts"])


@router.get("/persons/{person_id}/facts", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def list_person_facts(
    person_id: PersonId,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    pages: Pages,
    response: Response,
    history: Annotated[bool, Query(description="Also what was corrected or withdrawn")] = False,
    kind: Annotated[FactKind | None, Query()] = None,
) -> FactPage:
    """The current facts of a person, each with its source; with `history=true` those that they took the place of."""
    async with uow:
        await persons.get(uow, person_id)
        found = await facts.list_page(
            uow, person_id, after=pages.after, limit=pages.size + 1, history=history, kind=kind
        )
    response.headers["Cache-Control"] = PRIVATE
    page = pages.answer(response, found, lambda fact: (fact.kind, fact.sort_key, fact.fact_id))
    items = [FactOut.of(fact) for fact in page["items"]]
    return FactPage(items=items, next_page_token=page["next_page_token"])


@router.get("/persons/{person_id}/fact-summary", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_fact_summary(
    person_id: PersonId,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """The three ages (三龄) and how each was settled, the highest education of each mode, and what does not fit."""
    async with uow:
        person = await persons.get(uow, person_id)
        tagged(response, person.version)
        if not_modified(request, person.version):
            return Response(status_code=304, headers=dict(response.headers))
        current = await facts.current_facts(uow, person_id)
        ended = await facts.list_ended(uow, person_id, THREE_AGES)
        weighed = await weigh_facts(uow, current, deps.keys)
    contradictions = [ContradictionOut(code=one.code, kinds=list(one.kinds), at=one.at) for one in weighed]
    return _summary(person_id, person.version, current, ended, contradictions)


def _summary(
    person_id: str, version: int, current: Facts, ended: list[Fact], contradictions: list[ContradictionOut]
) -> FactSummary:
    def out(fact: Fact | None) -> FactOut | None:
        return None if fact is None else FactOut.of(fact)

    def settled(kind: FactKind) -> SettledOut:
        before = sorted((fact for fact in ended if fact.kind == kind), key=lambda fact: fact.recorded_at)
        return SettledOut(current=out(current.one(kind)), earlier=[FactOut.of(fact) for fact in before])

    modes: tuple[Literal["full_time", "in_service"], ...] = ("full_time", "in_service")
    return FactSummary(
        person_id=person_id,
        version=version,
        three_ages={kind: settled(kind) for kind in THREE_AGES},
        highest={
            mode: HighestOut(education=out(current.highest_education(mode)), degree=out(current.highest_degree(mode)))
            for mode in modes
        },
        technical_title=out(current.highest_title),
        rank=out(current.rank_now),
        posts=[FactOut.of(fact) for fact in current.posts_now],
        contradictions=contradictions,
    )


@router.post(
    "/persons/{person_id}/facts",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.DATE_IMPOSSIBLE,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_person_facts(
    person_id: PersonId,
    body: FactsIn,
    caller: Annotated[Caller, requires("person:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    validate_only: Annotated[bool, Query(description="Every check, and nothing stays")] = False,
) -> FactsRecorded:
    """Add facts, correct them, end a period or withdraw one, against the person's version that you saw."""
    entries = [line.entry(f"/facts/{at}") for at, line in enumerate(body.facts)]
    command = RecordFacts(person_id, if_match, entries, validate_only)
    version, added = await record_facts(command, uow=uow, keys=deps.keys)
    created(response, uow, version)
    if validate_only:
        response.status_code = 200
    return FactsRecorded(person_id=person_id, version=version, facts=[FactOut.of(fact) for fact in added])
