"""Uploads: one file in one streamed POST; an image is one page, a TIFF or PDF as many as it holds."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.tables import NDJSON, XLSX
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, refusals, requires
from contracts import problems
from contracts.problems import FieldFault, MediaTypeRefused, ValidationFailed
from contracts.values.digest import DigestInvalid, from_repr_digest
from contracts.values.ids import UnitId
from services.transfer.api.shapes import Instant
from services.transfer.api.submissions import IDEMPOTENT
from services.transfer.usecases.store_upload import Stored, StoreUpload, store_upload

router = APIRouter(tags=["uploads"])

_FILE = {"schema": {"type": "string", "format": "binary"}}
ACCEPTED = ("image/jpeg", "image/png", "image/tiff", "application/pdf", NDJSON, XLSX, "application/octet-stream")


class UploadedPageOut(BaseModel):
    """A page image of an upload. The ticket binds it, within 24 hours, for you and this unit."""

    page_no: int
    blob_ticket: str = Field(
        description="JWS (ES256); give it to `submission-items/{id}/pages` or `materials/{id}/pages`"
    )
    digest: str = Field(description="SHA-256, hexadecimal")
    bytes: int
    media_type: str
    width: int
    height: int


class UploadOut(BaseModel):
    """A file that was taken in. A TIFF or PDF is kept as it came; each of its pages is an image beside it.

    `blob_ticket`, `width` and `height` are of an image that was uploaded as such; for a TIFF or PDF they are null,
    and every page stands in `pages`. A list has a ticket and no page.
    """

    id: str
    unit_id: str
    blob_ticket: str | None = Field(
        description="The same as that of the only page, for a JPEG or PNG; of the list, for NDJSON or XLSX"
    )
    digest: str = Field(description="SHA-256 of the file as it came, hexadecimal")
    bytes: int
    media_type: str = Field(description="By content, whatever the request said")
    width: int | None
    height: int | None
    uploaded_at: Instant
    pages: list[UploadedPageOut] = Field(description="In the order of the file")

    @classmethod
    def of(cls, stored: Stored) -> "UploadOut":
        upload = stored.upload
        image = upload.image
        return cls(
            id=upload.upload_id,
            unit_id=upload.unit_id,
            blob_ticket=image.blob_ticket if image else upload.table_ticket,
            digest=upload.digest,
            bytes=upload.bytes,
            media_type=upload.media_type,
            width=image.width if image else None,
            height=image.height if image else None,
            uploaded_at=upload.uploaded_at,
            pages=[UploadedPageOut.model_validate(page, from_attributes=True) for page in upload.pages],
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
        problems.FILE_ENCRYPTED,
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
    """Send one JPEG, PNG, TIFF or PDF as the body, up to 64 MiB and 100 pages; or one list, NDJSON or XLSX."""
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
