"""Labels with bar and QR code: print them, and open what a scanned one names."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.print_files import file_answer
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, Pages, Uow, refusals, requires
from contracts import problems
from contracts.problems import FieldFault, NotFound, PageTokenInvalid, ValidationFailed
from contracts.values.ids import CabinetId, DossierId, UnitId
from contracts.values.paper_number import PaperNumberInvalid
from services.catalog.api.volume_shapes import PlaceOut, VolumeOut
from services.catalog.papers.labels import read_slot_number, slot_digest, volume_digest
from services.catalog.store import rooms, volumes
from services.catalog.store.volumes import ShownVolume, Spot
from services.catalog.usecases.print_labels import print_slot_labels, print_volume_labels

router = APIRouter(tags=["volumes"])

_PDF = {200: {"description": "A4 sheets of labels", "content": {"application/pdf": {}}}}
Skip = Annotated[int, Query(ge=0, le=299, description="Places at the beginning of the sheet that are used up")]


class LabelOut(BaseModel):
    """What a scanned label names: a volume or a slot."""

    kind: Literal["volume", "slot"]
    volume: VolumeOut | None
    place: PlaceOut | None = Field(description="The slot; of a volume, where it stands")
    current: bool | None = Field(description="Whether the label still says what is so; null without its digest")


@router.get(
    "/labels",
    response_class=Response,
    responses={
        **_PDF,
        **refusals(
            problems.ROLE_MISSING,
            problems.NOT_FOUND,
            problems.VALIDATION_FAILED,
            problems.PAGE_TOKEN_INVALID,
            problems.GLYPH_MISSING,
        ),
    },
)
async def print_labels(
    caller: Annotated[Caller, requires("volume:read")],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    paging: Pages,
    of: Annotated[Literal["volumes", "slots"], Query(description="Slots only with cabinet_id")] = "volumes",
    unit_id: Annotated[UnitId | None, Query(description="Volumes of this unit")] = None,
    dossier_id: Annotated[DossierId | None, Query(description="Volumes of this dossier")] = None,
    cabinet_id: Annotated[CabinetId | None, Query(description="Volumes in this cabinet, or its slots")] = None,
    skip: Skip = 0,
) -> Response:
    """Labels as one PDF, for a dossier, a cabinet or a unit; `Link` names the next lot where there are more."""
    given = [value for value in (unit_id, dossier_id, cabinet_id) if value is not None]
    if len(given) != 1 or (of == "slots" and cabinet_id is None):
        other = {"other": "unit_id, dossier_id, of"}
        raise ValidationFailed(errors=[FieldFault("/cabinet_id", "contradiction", other)])
    headers = Response()
    if of == "slots" and cabinet_id is not None:
        async with deps.db.reading(caller, roots) as connection:
            cabinet = await rooms.get_cabinet(connection, cabinet_id)
        spots = _spots_after(cabinet, paging.after, paging.size + 1)
        shown = paging.answer(headers, spots, list)["items"]
        pdf = await print_slot_labels(cabinet, shown, skip, uow=uow, deps=deps)
    else:
        async with deps.db.reading(caller, roots) as connection:
            found = await _volumes(connection, unit_id, dossier_id, cabinet_id, paging.after, paging.size + 1)
        if not found:
            raise NotFound()
        pdf = await print_volume_labels(paging.answer(headers, found, _key)["items"], skip, uow=uow, deps=deps)
    answer = file_answer(pdf, "pdf", "labels")
    if link := headers.headers.get("Link"):
        answer.headers["Link"] = link
    return answer


def _spots_after(cabinet: rooms.Cabinet, after: list[Any] | None, limit: int) -> list[tuple[int, int]]:
    last = (after[0], after[1]) if after else (0, 0)
    spots = ((layer, slot) for layer in range(1, cabinet.layers + 1) for slot in range(1, cabinet.slots + 1))
    return [spot for spot in spots if spot > last][:limit]


async def _volumes(
    connection: Any,
    unit_id: str | None,
    dossier_id: str | None,
    cabinet_id: str | None,
    after: list[Any] | None,
    limit: int,
) -> list[ShownVolume]:
    if dossier_id is not None:
        return _following(await volumes.list_of_dossier(connection, dossier_id), after)
    if cabinet_id is not None:
        last = (after[0], after[1], after[2]) if after else None
        return await volumes.list_in_slots(connection, cabinet_id, None, None, last, limit)
    return await volumes.list_of_units(connection, unit_id, after[-1] if after else None, limit)


def _following(found: list[ShownVolume], after: list[Any] | None) -> list[ShownVolume]:
    """The rest of a dossier's volumes; from the beginning again when the last one printed was dissolved since."""
    if after is None:
        return found
    ids = [shown.volume.volume_id for shown in found]
    if after[-1] not in ids:
        raise PageTokenInvalid()
    return found[ids.index(after[-1]) + 1 :]


def _key(shown: ShownVolume) -> list[Any]:
    spot = shown.volume.spot
    return [spot.layer if spot else 0, spot.slot if spot else 0, shown.volume.volume_id]


@router.get(
    "/labels/{number}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.VALIDATION_FAILED)
)
async def get_label(
    number: Annotated[str, Path(pattern=r"^[0-9]{20}$")],
    caller: Annotated[Caller, requires("volume:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    response: Response,
    digest: Annotated[str | None, Query(pattern=r"^[0-9a-f]{16}$", description="As in the QR code")] = None,
) -> LabelOut:
    """What a scanned number names. A misread number is told from an unknown one by its check digits."""
    try:
        slot = read_slot_number(number)
    except PaperNumberInvalid:
        raise ValidationFailed(errors=[FieldFault("/number", "code-misread")]) from None
    response.headers["Cache-Control"] = PRIVATE
    async with deps.db.reading(caller, roots) as connection:
        if slot is not None:
            return await _slot(connection, slot, digest)
        found = await volumes.find_by_code(connection, number)
    if not found:
        raise NotFound()
    volume = VolumeOut.of(found[0])
    present = volume_digest(found[0].volume, volume.dossier_no, volume.name)
    return LabelOut(kind="volume", volume=volume, place=volume.place, current=_agrees(digest, present))


def _agrees(digest: str | None, present: str) -> bool | None:
    return None if digest is None else digest == present


async def _slot(connection: Any, slot: tuple[int, int, int], digest: str | None) -> LabelOut:
    paper_no, layer, number = slot
    cabinet = await rooms.find_cabinet_by_paper(connection, paper_no)
    if cabinet is None or not (1 <= layer <= cabinet.layers and 1 <= number <= cabinet.slots):
        raise NotFound()
    place = PlaceOut.of(Spot(cabinet.cabinet_id, layer, number), cabinet.room_code, cabinet.code)
    present = slot_digest(cabinet, layer, number)
    return LabelOut(kind="slot", volume=None, place=place, current=_agrees(digest, present))
