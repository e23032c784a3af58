"""What requests and answers are made of: texts as people type them, instants, subjects."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Response
from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from chassis.web import RequestModel, etag
from contracts.values.ids import DossierId
from services.transfer.domain.subject import SubjectNamed, subject_named
from services.transfer.domain.text import MAX_NAME, MAX_TITLE, fault_of, normal

PRIVATE: Final = "private, no-store"
MAX_NUMBER: Final = 64


def _text(maximum: int) -> AfterValidator:
    def check(text: str) -> str:
        stored = normal(text)
        if fault := fault_of(stored, maximum):
            raise PydanticCustomError(fault.code, "not acceptable", dict(fault.params or {}))  # pyright: ignore[reportArgumentType]
        return stored

    return AfterValidator(check)


def _schema(maximum: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": maximum})


Title = Annotated[str, _text(MAX_TITLE), _schema(MAX_TITLE)]
Name = Annotated[str, _text(MAX_NAME), _schema(MAX_NAME)]
PersonNo = Annotated[str, _text(MAX_NUMBER), _schema(MAX_NUMBER)]
"""Number of a person in the HR system."""

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

    def named(self) -> SubjectNamed:
        """Which of the two ways was taken."""
        return subject_named(self.dossier_id, self.person_no, self.name)


def tag(response: Response, uow: UnitOfWork, version: int) -> None:
    """Headers of an answer that shows one resource: its version, and whether an earlier call made it."""
    response.headers["ETag"] = etag(version)
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
