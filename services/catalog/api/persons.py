"""Persons: the card, the search by exact name or number, and the kin."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.blind_index import blind_index
from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, RequestModel, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.events.catalog import Kin, KinRelation
from contracts.problems import FieldFault, RoleMissing, ValidationFailed
from contracts.values.id_number import IdNumber
from contracts.values.ids import PersonId, UnitId
from contracts.values.partial_date import PartialDate
from services.catalog.api.answers import created, tagged
from services.catalog.api.texts import Name, Number, Word
from services.catalog.store import persons
from services.catalog.store.tables import Person
from services.catalog.usecases.change_person import change_person
from services.catalog.usecases.keep_facts import ID_NUMBER_INDEX
from services.catalog.usecases.record_kin import RecordKin, record_kin
from services.catalog.usecases.register_person import register_person
from services.catalog.usecases.reveal_id_number import reveal_id_number
from services.catalog.usecases.search_persons import search_persons

router = APIRouter(tags=["persons"])

Sex = Literal["male", "female"]


class PersonIn(RequestModel):
    """A new person's card."""

    unit_id: UnitId = Field(description="The unit where the person serves")
    person_no: Number = Field(description="The HR system's number, unique in the deployment")
    name: Name
    former_names: list[Name] = Field(default=[], max_length=20)
    sex: Sex | None = None
    ethnicity: Word | None = None
    native_place: Name | None = None
    birth_date: PartialDate | None = None
    rank: Name | None = None


class PersonPatch(RequestModel):
    """Members to change (RFC 7396): `null` removes one that may be absent."""

    unit_id: UnitId = Field(default=None)  # pyright: ignore[reportAssignmentType]  # absent, never null
    person_no: Number = Field(default=None)  # pyright: ignore[reportAssignmentType]
    name: Name = Field(default=None)  # pyright: ignore[reportAssignmentType]
    former_names: list[Name] = Field(default=None, max_length=20)  # pyright: ignore
    sex: Sex | None = None
    ethnicity: Word | None = None
    native_place: Name | None = None
    birth_date: PartialDate | None = None
    rank: Name | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent, as values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PersonCard(BaseModel):
    """A person as lists show it."""

    id: str
    unit_id: str
    person_no: str
    name: str
    former_names: list[str]
    sex: Sex | None
    ethnicity: str | None
    native_place: str | None
    birth_date: PartialDate | None
    rank: str | None
    version: int

    @classmethod
    def of(cls, person: Person) -> "PersonCard":
        return cls.model_validate({**person.model_dump(), "id": person.person_id})


class PersonOut(PersonCard):
    """A person with the known relatives."""

    kin: list[Kin]
    kin_complete: bool = Field(description="Whether the list is declared complete: then absence means 'not related'")
    created_at: datetime
    changed_at: datetime

    @classmethod
    def with_kin(cls, person: Person, kin: list[Kin]) -> "PersonOut":
        return cls.model_validate({**person.model_dump(), "id": person.person_id, "kin": kin})


class PersonSearch(RequestModel):
    """Exactly one of them; a name must be the whole present name, a number the whole number."""

    name: Name | None = None
    person_no: Number | None = None
    id_number: IdNumber | None = None

    @model_validator(mode="after")
    def _one_member(self) -> "PersonSearch":
        if [self.name, self.person_no, self.id_number].count(None) != 2:
            raise PydanticCustomError("contradiction", "one member", {"other": "name, person_no, id_number"})
        return self


class PersonSearchResult(BaseModel):
    """The first page of a search."""

    items: list[PersonCard]
    has_more: bool = Field(description="There are more than are shown; ask with the person number")


class KinIn(RequestModel):
    """`person_id` is the `relation` of the person in the address."""

    person_id: PersonId
    relation: KinRelation


class KinListIn(RequestModel):
    """Relatives to record from both sides. `complete` declares whether nobody is missing; absent leaves it."""

    kin: list[KinIn] = Field(default=[], max_length=50)
    complete: bool | None = None


_FIELDS = (
    "Members to answer, separated by commas. `id_number` is the whole identity number: it is answered only when it"
    " is named, needs `idnumber:read`, and each time stands in the journal"
)


def _wanted(fields: str | None, caller: Caller) -> list[str]:
    """The members named in `fields`, none without it; refused for one that there is not, or may not be seen."""
    wanted = list(dict.fromkeys(fields.split(","))) if fields is not None else []
    known = (*PersonOut.model_fields, "id_number")
    if any(name not in known for name in wanted):
        raise ValidationFailed(errors=[FieldFault("/fields", "not-allowed-value", {"allowed": ", ".join(known)})])
    if "id_number" in wanted and "idnumber:read" not in caller.permissions:
        raise RoleMissing(permission="idnumber:read")
    return wanted


@router.post(
    "/persons",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, problems.DATE_IMPOSSIBLE, problems.ROLE_MISSING, *IDEMPOTENCY),
)
async def create_person(
    body: PersonIn,
    caller: Annotated[Caller, requires("person:write", idempotent=True)],
    uow: Uow,
    response: Response,
) -> PersonOut:
    """Register a person in one of your units."""
    person, kin = await register_person({name: getattr(body, name) for name in PersonIn.model_fields}, uow=uow)
    created(response, uow, person.version)
    return PersonOut.with_kin(person, kin)


@router.get(
    "/persons/{person_id}",
    responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_person(
    person_id: PersonId,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
    fields: Annotated[str | None, Query(max_length=500, description=_FIELDS)] = None,
) -> Any:
    """The card of a person, with the known relatives."""
    wanted = _wanted(fields, caller)
    async with uow:
        person = await persons.get(uow, person_id)
        kin = await persons.list_kin(uow, person_id)
        number = await reveal_id_number(uow, person, deps.keys) if "id_number" in wanted else None
    tagged(response, person.version)
    if wanted:
        response.headers["ETag"] = f"W/{response.headers['ETag']}"
        told = {**PersonOut.with_kin(person, kin).model_dump(mode="json"), "id_number": number}
        return JSONResponse({name: told[name] for name in wanted}, headers=dict(response.headers))
    if not_modified(request, person.version):
        return Response(status_code=304, headers=dict(response.headers))
    return PersonOut.with_kin(person, kin)


@router.patch(
    "/persons/{person_id}",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.DATE_IMPOSSIBLE,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_person(
    person_id: PersonId,
    body: PersonPatch,
    caller: Annotated[Caller, requires("person:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> PersonOut:
    """Change a card; other services hear of it."""
    person, kin = await change_person(person_id, if_match, body.changes(), uow=uow)
    tagged(response, person.version)
    return PersonOut.with_kin(person, kin)


@router.post("/persons/searches", responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING))
async def search_persons_exactly(
    body: PersonSearch,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> PersonSearchResult:
    """Persons of exactly this name or number in your units. A view: that you searched stands in the journal."""
    if body.name is not None:
        found, more = await search_persons("name", body.name, uow=uow)
    elif body.id_number is not None:
        index = blind_index(deps.keys.blind_index_key, ID_NUMBER_INDEX, body.id_number.reveal())
        found, more = await search_persons("id_number", index, uow=uow)
    else:
        found, more = await search_persons("person_no", body.person_no or "", uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    return PersonSearchResult(items=[PersonCard.of(person) for person in found], has_more=more)


@router.post(
    "/persons/{person_id}/kin",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, *IDEMPOTENCY
    ),
)
async def create_person_kin(
    person_id: PersonId,
    body: KinListIn,
    caller: Annotated[Caller, requires("person:write", idempotent=True)],
    uow: Uow,
    response: Response,
) -> PersonOut:
    """Record relatives; each pair is recorded from both sides, and recusal is decided by it."""
    relatives = [Kin(person_id=one.person_id, relation=one.relation) for one in body.kin]
    person, kin = await record_kin(RecordKin(person_id, relatives, body.complete), uow=uow)
    created(response, uow, person.version)
    return PersonOut.with_kin(person, kin)
