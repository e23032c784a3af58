"""What requests and answers are made of: texts as people type them, instants, subjects."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Response
from pydantic import Field, PlainSerializer

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from chassis.web import PRIVATE, RequestModel, etag
from contracts.values.ids import DossierId
from contracts.values.text import line_schema, one_line
from services.transfer.domain.subject import SubjectNamed, subject_named

MAX_TITLE: Final = 200
MAX_NAME: Final = 100
MAX_NUMBER: Final = 64


Title = Annotated[str, one_line(MAX_TITLE), line_schema(MAX_TITLE)]
Name = Annotated[str, one_line(MAX_NAME), line_schema(MAX_NAME)]
PersonNo = Annotated[str, one_line(MAX_NUMBER), line_schema(MAX_NUMBER)]
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
