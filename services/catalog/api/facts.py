"""Facts of a person: current ones and their history, new ones and corrections, and how the three ages were settled."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chassis.identity import Caller
from chassis.web import CurrentDeps, IfMatch, Pages, RequestModel, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import DeterminationId, FactId, MaterialId, PageId, PersonId, from_uuid, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.api.answers import PRIVATE, created, tagged
from services.catalog.api.persons import IDEMPOTENCY
from services.catalog.api.texts import Remark
from services.catalog.domain import fact_values
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import THREE_AGES, Fact, FactKind, Facts, Provenance, ProvenanceKind
from services.catalog.store import facts, persons
from services.catalog.usecases.record_facts import RecordFacts, record_facts
from services.catalog.usecases.view_facts import weigh_facts

router = APIRouter(tags=["facts"])

EnteredKind = Literal[
    "name",
    "former_name",
    "sex",
    "ethnicity",
    "native_place",
    "birth_place",
    "birth_date",
    "work_start",
    "party",
    "health",
    "speciality",
    "id_number",
    "rank",
    "post",
    "education",
    "degree",
    "technical_title",
    "resume",
    "reward",
    "assessment",
    "assessments_stated",
    "family",
]
"""Kinds that are typed in; a photograph comes with a form."""


class ProvenanceIn(RequestModel):
    """Where a fact comes from: read in a material, determined, or entered by hand."""

    kind: Literal["material", "determination", "entry"] = "entry"
    material_id: MaterialId | None = Field(default=None, description="A material of the person's own dossier")
    page_id: PageId | None = None
    determination_id: DeterminationId | None = None
    reason: Remark | None = Field(default=None, description="How it was settled, in words; a withdrawal needs it")

    @model_validator(mode="after")
    def _fitting(self) -> "ProvenanceIn":
        if (self.kind == "material") != (self.material_id is not None):
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "material_id"})
        if self.page_id is not None and self.material_id is None:
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "page_id"})
        if self.determination_id is not None and self.kind != "determination":
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "determination_id"})
        return self


class FactIn(RequestModel):
    """One line. Without `corrects` a fact is added; of a kind that has one at a time it takes the present one's place.

    A correction keeps what the line does not name: `{"corrects": …, "valid_to": "2020-05"}` ends a period, and
    `withdrawn` ends a fact that was wrong from the beginning. Nothing is overwritten.
    """

    kind: EnteredKind
    value: dict[str, Any] | None = Field(
        default=None,
        description="The shape of the kind: `text`, `date`, `mode` and `level` …; see the archivist's guide",
        examples=[{"date": "1970-01"}, {"mode": "full_time", "level": "大学", "school": "某大学"}],
    )
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    provenance: ProvenanceIn = ProvenanceIn()
    corrects: FactId | None = None
    withdrawn: bool = False

    @field_validator("value")
    @classmethod
    def _of_its_kind(cls, value: dict[str, Any] | None, info: ValidationInfo) -> Any:
        kind = info.data.get("kind")
        if value is None or kind is None:
            return value
        return fact_values.SHAPES[kind].model_validate(value)

    def entry(self, pointer: str) -> FactEntry:
        """The line as the domain takes it; an identity number is split from its masked form."""
        told: Any = self.value
        number = told.id_number if isinstance(told, fact_values.IdNumberValue) else None
        value = None if told is None else {"masked": number.masked} if number else fact_values.as_json(told)
        return FactEntry(
            self.kind,
            Provenance(**self.provenance.model_dump()),
            value,
            self.valid_from,
            self.valid_to,
            self.corrects,
            self.withdrawn,
            frozenset(self.model_fields_set),
            number=number,
            pointer=pointer,
        )


class FactsIn(RequestModel):
    """Up to a hundred lines, all or none."""

    facts: list[FactIn] = Field(min_length=1, max_length=100)


class ProvenanceOut(BaseModel):
    """Where a fact comes from."""

    kind: ProvenanceKind
    material_id: str | None
    page_id: str | None
    determination_id: str | None
    import_id: str | None
    reason: str | None


class FactOut(BaseModel):
    """One fact. An identity number is masked here, always."""

    id: str
    kind: FactKind
    value: dict[str, Any]
    valid_from: PartialDate | None
    valid_to: PartialDate | None
    provenance: ProvenanceOut
    current: bool
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None
    ended_by: str | None
    superseded_by: str | None = Field(description="Null with `ended_at`: it was withdrawn")

    @classmethod
    def of(cls, fact: Fact) -> "FactOut":
        where = fact.provenance
        imported = from_uuid("lrm", to_uuid(fact.entry_id)) if where.kind == "import" else None
        return cls(
            id=fact.fact_id,
            kind=fact.kind,
            value=dict(fact.value),
            valid_from=fact.valid_from,
            valid_to=fact.valid_to,
            provenance=ProvenanceOut(
                kind=where.kind,
                material_id=where.material_id,
                page_id=where.page_id,
                determination_id=where.determination_id,
                import_id=imported,
                reason=where.reason,
            ),
            current=fact.ended_at is None,
            recorded_at=fact.recorded_at,
            recorded_by=fact.recorded_by,
            ended_at=fact.ended_at,
            ended_by=fact.ended_by,
            superseded_by=fact.superseded_by,
        )


class FactPage(BaseModel):
    """A page of facts: by kind, then by time or by their place in the list."""

    items: list[FactOut]
    next_page_token: str | None


class FactsRecorded(BaseModel):
    """What was added, and the person's version after it."""

    person_id: str
    version: int
    facts: list[FactOut]


class SettledOut(BaseModel):
    """One of the three ages: the fact that counts, and what counted before, the oldest first."""

    current: FactOut | None
    earlier: list[FactOut]


class HighestOut(BaseModel):
    """Highest education and degree of one mode."""

    education: FactOut | None
    degree: FactOut | None


class ContradictionOut(BaseModel):
    """Two kinds of facts that do not fit; both stand until somebody has looked."""

    code: str
    kinds: list[str]


class FactSummary(BaseModel):
    """What is computed from the current facts."""

    person_id: str
    version: int
    three_ages: dict[str, SettledOut]
    highest: dict[str, HighestOut]
    technical_title: FactOut | None
    rank: FactOut | None
    posts: list[FactOut]
    contradictions: list[ContradictionOut]


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
    contradictions = [ContradictionOut(code=one.code, kinds=list(one.kinds)) for one in weighed]
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
