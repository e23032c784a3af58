"""The appointment form as a file of the office program (LRMX): taken in as facts, and written from them."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.problems import MediaTypeRefused, RoleMissing, TooLarge
from contracts.values.ids import PersonId
from services.catalog.api.answers import tagged
from services.catalog.domain.lrmx_diff import PAIRED
from services.catalog.domain.lrmx_form import LABELS
from services.catalog.store import lrmx_imports, persons
from services.catalog.store.lrmx_imports import LrmxImport
from services.catalog.usecases.export_lrmx import ExportLrmx, export_lrmx
from services.catalog.usecases.import_lrmx import ImportLrmx, LrmxField, LrmxResult, import_lrmx

router = APIRouter(tags=["lrmx"])

MOST_BYTES = 1024 * 1024
"""Files of the office program have a few hundred kilobytes, the photograph among them."""
ACCEPTED = ("application/xml", "text/xml", "application/octet-stream")
_FILE = {"schema": {"type": "string", "format": "binary"}}


class LrmxFaultOut(BaseModel):
    """What is wrong with a field: the import is refused while it is among those to take."""

    pointer: str
    code: str


class LrmxFieldOut(BaseModel):
    """A field of the form: what it shows now, and what it would show. The identity number is masked, a photograph
    told by its digest."""

    element: str
    label: str
    old: str
    new: str
    changes: bool
    told: bool = Field(description="Whether the file says something of it; an empty element says nothing")
    taken: bool
    faults: list[LrmxFaultOut]

    @classmethod
    def of(cls, field: LrmxField) -> "LrmxFieldOut":
        return cls(
            element=field.element,
            label=LABELS[field.element],
            old=field.old,
            new=field.new,
            changes=field.old != field.new,
            told=field.told,
            taken=field.taken,
            faults=[LrmxFaultOut(pointer=fault.pointer, code=fault.code) for fault in field.faults],
        )


class LrmxImportOut(BaseModel):
    """An import: which elements were taken, when and by whom."""

    id: str
    person_id: str
    bytes: int
    elements: list[str]
    imported_at: datetime
    imported_by: str

    @classmethod
    def of(cls, made: LrmxImport) -> "LrmxImportOut":
        return cls(
            id=made.import_id,
            person_id=made.person_id,
            bytes=made.bytes,
            elements=list(made.elements),
            imported_at=made.imported_at,
            imported_by=made.imported_by,
        )


class LrmxImportPage(BaseModel):
    """A page of imports, the latest first."""

    items: list[LrmxImportOut]
    next_page_token: str | None


class LrmxResultOut(BaseModel):
    """Field by field what the file changes. `lrmx_import` is null with `validate_only`: nothing was changed."""

    person_id: str
    version: int
    lrmx_import: LrmxImportOut | None
    fields: list[LrmxFieldOut] = Field(description="Empty in the answer to a repeated request")
    unknown_elements: list[str] = Field(description="Kept, and written again on export")

    @classmethod
    def of(cls, person_id: str, result: LrmxResult) -> "LrmxResultOut":
        return cls(
            person_id=person_id,
            version=result.version,
            lrmx_import=LrmxImportOut.of(result.made) if result.made else None,
            fields=[LrmxFieldOut.of(field) for field in result.fields],
            unknown_elements=list(result.unknown),
        )


@router.post(
    "/persons/{person_id}/lrmx-imports",
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(ACCEPTED, _FILE)}},
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.DATE_IMPOSSIBLE,
        problems.PERSON_MISMATCH,
        problems.MEDIA_TYPE_REFUSED,
        problems.TOO_LARGE,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_lrmx_import(
    person_id: PersonId,
    caller: Annotated[Caller, requires("person:write", idempotent=True, buffered=False)],
    if_match: IfMatch,
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
    response: Response,
    validate_only: Annotated[bool, Query(description="Only show what would change")] = False,
    fields: Annotated[str | None, Query(max_length=2000, description="Elements to take; all without it")] = None,
) -> LrmxResultOut:
    """Send the bytes of an LRMX file as the body, up to 1 MiB; its fields become facts with the import as source."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in ACCEPTED:
        raise MediaTypeRefused(accepted=ACCEPTED)
    command = ImportLrmx(person_id, if_match, await _body(request), _chosen(fields), validate_only)
    result = await import_lrmx(
        command,
        begin=lambda: deps.unit_of_work(
            caller, roots, idempotency=None if validate_only else request.state.idempotency
        ),
        deps=deps,
    )
    tagged(response, result.version)
    if validate_only:
        response.status_code = 200
    elif not result.fields:
        response.headers["Idempotent-Replayed"] = "true"
    return LrmxResultOut.of(person_id, result)


def _chosen(fields: str | None) -> list[str] | None:
    """The elements to take; a school is taken with the education that it belongs to."""
    return [PAIRED.get(name, name) for name in fields.split(",")] if fields is not None else None


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise TooLarge(limit="1 MiB")
    return bytes(content)


@router.get("/persons/{person_id}/lrmx-imports", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def list_lrmx_imports(
    person_id: PersonId,
    caller: Annotated[Caller, requires("person:read")],
    uow: Uow,
    pages: Pages,
    response: Response,
) -> LrmxImportPage:
    """Which forms were imported for a person, when and by whom."""
    async with uow:
        await persons.get(uow, person_id)
        before = pages.after[0] if pages.after else None
        found = await lrmx_imports.list_page(uow, person_id, before, pages.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = pages.answer(response, found, lambda made: (made.import_id,))
    items = [LrmxImportOut.of(made) for made in page["items"]]
    return LrmxImportPage(items=items, next_page_token=page["next_page_token"])


@router.get(
    "/persons/{person_id}/lrmx",
    response_class=Response,
    responses={
        **refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
        200: {"description": "The form as a file", "content": {"application/xml": _FILE}},
    },
)
async def get_lrmx(
    person_id: PersonId,
    caller: Annotated[Caller, requires("lrmx:read")],
    uow: Uow,
    deps: CurrentDeps,
    fields: Annotated[
        str | None, Query(pattern=r"^id_number$", description="`id_number` fills the number in; else it is blank")
    ] = None,
) -> Response:
    """The appointment form of a person from the current facts; a view, and with the number an unmasking too."""
    if fields is not None and "idnumber:read" not in caller.permissions:
        raise RoleMissing(permission="idnumber:read")
    content = await export_lrmx(ExportLrmx(person_id, fields is not None), uow=uow, deps=deps)
    declared = re.match(rb"^\s*<\?xml\s[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", content[:200])
    media_type = f"application/xml; charset={declared[1].decode('ascii')}" if declared else "application/xml"
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'attachment; filename="{person_id}.lrmx"'}
    return Response(content, media_type=media_type, headers=headers)
