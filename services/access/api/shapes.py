"""What requests and answers of several resources are made of."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import Request, Response
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from chassis.web import IDEMPOTENCY, PRIVATE, RequestModel, etag, not_modified
from contracts import problems
from contracts.values.ids import DossierId, MaterialId
from contracts.values.text import line_schema, one_line
from services.access.domain.scope import CATEGORY_PATTERN, Scope, ScopeKind
from services.access.usecases.subjects import ByDossier, ByPerson

IDEMPOTENT: Final = (
    problems.ROLE_MISSING,
    *IDEMPOTENCY,
)
"""Refusals of every POST that creates or decides."""

Name = Annotated[str, one_line(100), line_schema(100)]
PersonNo = Annotated[str, one_line(64), line_schema(64)]
"""Number of a person in the HR system."""
Reason = Annotated[str, one_line(500), line_schema(500)]
Category = Annotated[str, Field(pattern=CATEGORY_PATTERN, examples=["1", "4-1"])]
ReasonCode = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")]


def _calendar_date(given: Any) -> date:
    # pydantic would take numbers and times of day for dates as well.
    if isinstance(given, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise PydanticCustomError("date-impossible", "no such date; use YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_calendar_date)]
"""A whole day, `YYYY-MM-DD`."""

Instant = Annotated[
    datetime,
    PlainSerializer(
        lambda at: at.astimezone(SHANGHAI).isoformat(timespec="milliseconds"), return_type=str, when_used="json"
    ),
]
"""Stored in UTC, shown in +08:00."""


class NoMembers(RequestModel):
    """The body of an act that says all by its address: `{}`, or none at all."""


class SubjectIn(RequestModel):
    """Whose dossier: `dossier_id` alone, or `person_no` and `name` together, which must agree."""

    dossier_id: DossierId | None = None
    person_no: PersonNo | None = Field(default=None, description="Number in the HR system")
    name: Name | None = Field(default=None, description="Confirms the number; a name alone selects nobody")

    @model_validator(mode="after")
    def _one_of_two_ways(self) -> "SubjectIn":
        if self.dossier_id is None and (self.person_no is None or self.name is None):
            raise PydanticCustomError("required", "a dossier, or person number and name")
        if self.dossier_id is not None and (self.person_no is not None or self.name is not None):
            raise PydanticCustomError("contradiction", "contradicts {other}", {"other": "dossier_id"})
        return self

    def named(self) -> ByDossier | ByPerson:
        """Which of the two ways was taken."""
        if self.dossier_id is not None:
            return ByDossier(self.dossier_id)
        assert self.person_no is not None and self.name is not None, "validated above"  # noqa: S101, PT018
        return ByPerson(self.person_no, self.name)


class ScopeIn(RequestModel):
    """Which part of the dossier: listed materials, categories (with their subclasses), or the whole."""

    kind: ScopeKind
    categories: Annotated[list[Category], Field(max_length=50), AfterValidator(sorted)] = []
    material_ids: Annotated[list[MaterialId], Field(max_length=1000)] = []

    @model_validator(mode="after")
    def _says_what_its_kind_says(self) -> "ScopeIn":
        for member, kind in (("categories", "categories"), ("material_ids", "materials")):
            given = getattr(self, member)
            if given and self.kind != kind:
                raise PydanticCustomError("contradiction", "contradicts {other}", {"other": member})
            if not given and self.kind == kind:
                raise PydanticCustomError("required", "this kind of scope names its parts")
            if len(set(given)) != len(given):
                raise PydanticCustomError("duplicate", "the same part twice")
        return self

    def value(self) -> Scope:
        """The scope that it names."""
        return Scope(self.kind, tuple(self.categories), tuple(self.material_ids))


class ScopeOut(BaseModel):
    """The part of the dossier that was asked for or granted."""

    kind: ScopeKind
    categories: list[str]
    material_ids: list[str]

    @classmethod
    def of(cls, scope: Scope) -> "ScopeOut":
        return cls(kind=scope.kind, categories=list(scope.categories), material_ids=list(scope.material_ids))


def unchanged(request: Request, version: int) -> Response | None:
    """The answer to a caller who has this version already."""
    if not not_modified(request, version):
        return None
    return Response(status_code=304, headers={"ETag": etag(version), "Cache-Control": PRIVATE})


def tag(response: Response, uow: UnitOfWork, version: int) -> None:
    """Headers of an answer that shows one resource: its version, and whether an earlier call made it."""
    response.headers.update({"ETag": etag(version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
