"""Uploads: one page file in one streamed POST."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import CurrentDeps, CurrentRoots, refusals, requires
from contracts import problems
from contracts.problems import FieldFault, MediaTypeRefused, ValidationFailed
from contracts.values.digest import DigestInvalid, from_repr_digest
from contracts.values.ids import UnitId
from services.transfer.api.shapes import PRIVATE, Instant
from services.transfer.api.submissions import IDEMPOTENT
from services.transfer.usecases.store_upload import Stored, StoreUpload, store_upload

router = APIRouter(tags=["uploads"])

_FILE = {"schema": {"type": "string", "format": "binary"}}
ACCEPTED = ("image/jpeg", "image/png", "application/octet-stream")


class UploadOut(BaseModel):
    """A page file that was taken in. The ticket binds it, within 24 hours, for you and this unit."""

    id: str
    unit_id: str
    blob_ticket: str = Field(description="JWS (ES256); give it to `submission-items/{id}/pages`")
    digest: str = Field(description="SHA-256, hexadecimal")
    bytes: int
    media_type: str = Field(description="By content, whatever the request said")
    width: int
    height: int
    uploaded_at: Instant

    @classmethod
    def of(cls, stored: Stored) -> "UploadOut":
        upload = stored.upload
        return cls(
            id=upload.upload_id,
            unit_id=upload.unit_id,
            blob_ticket=upload.blob_ticket,
            digest=upload.digest,
            bytes=upload.bytes,
            media_type=upload.media_type,
            width=upload.width,
            height=upload.height,
            uploaded_at=upload.uploaded_at,
        )


@router.post(
    "/uploads",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(ACCEPTED, _FILE)}},
    responses=refusals(
        *IDEMPOTENT,
        problems.VALIDATION_FAILED,
        problems.TOO_LARGE,
        problems.FILE_TYPE_REFUSED,
        problems.MEDIA_TYPE_REFUSED,
        problems.FILE_DAMAGED,
        problems.DIGEST_MISMATCH,
    ),
)
async def create_upload(
    request: Request,
    response: Response,
    caller: Annotated[Caller, requires("upload:create", idempotent=True, buffered=False)],
    roots: CurrentRoots,
    deps: CurrentDeps,
    unit_id: Annotated[UnitId | None, Query(description="May be left out with one unit only")] = None,
    repr_digest: Annotated[str | None, Header(description="`sha-256=:…:` (RFC 9530), checked when sent")] = None,
) -> UploadOut:
    """Send the bytes of one JPEG or PNG as the body, up to 64 MiB."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        raise MediaTypeRefused(accepted=ACCEPTED)
    command = StoreUpload(unit_id, _digest(repr_digest), roots)
    stored = await store_upload(
        command,
        request.stream(),
        begin=lambda: deps.unit_of_work(caller, roots, idempotency=request.state.idempotency),
        deps=deps,
        limits=deps.rules.limits.upload,
    )
    response.headers["Cache-Control"] = PRIVATE
    if stored.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return UploadOut.of(stored)


def _digest(header: str | None) -> str | None:
    try:
        return from_repr_digest(header) if header is not None else None
    except DigestInvalid:
        raise ValidationFailed(errors=[FieldFault("/Repr-Digest", "pattern")]) from None
