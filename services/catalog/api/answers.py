"""Headers that answers of this service share."""

from fastapi import Response

from chassis.unit_of_work import UnitOfWork
from chassis.web import PRIVATE, etag


def tagged(response: Response, version: int) -> None:
    """Personal data with its version."""
    response.headers.update({"ETag": etag(version), "Cache-Control": PRIVATE})


def created(response: Response, uow: UnitOfWork, version: int | None = None) -> None:
    """The answer to a POST: whether it was a repetition, and the version of what it made."""
    response.headers["Cache-Control"] = PRIVATE
    if version is not None:
        response.headers["ETag"] = etag(version)
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
