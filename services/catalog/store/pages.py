"""One page image: where its file is."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid


@dataclass(frozen=True)
class PageFile:
    """A page's file in the blob store, under the unit that handed it in."""

    page_id: str
    material_id: str
    person_id: str
    blob_unit_id: str
    digest: str
    media_type: str
    bytes: int


async def get_file(uow: UnitOfWork, page_id: str) -> PageFile:
    """Where a page's file is; NotFound outside the caller's units, and after the material was refused."""
    row = await uow.raw().fetchrow(
        """select m.material_id, d.person_id, m.blob_unit_id, p.digest, p.media_type, p.bytes
        from page p join material m on m.material_id = p.material_id join dossier d on d.dossier_id = m.dossier_id
        where p.page_id = $1 and m.state <> 'refused'""",
        to_uuid(page_id),
    )
    if row is None:
        raise NotFound()
    return PageFile(
        page_id,
        from_uuid("mat", row["material_id"]),
        from_uuid("per", row["person_id"]),
        from_uuid("unt", row["blob_unit_id"]),
        row["digest"],
        row["media_type"],
        row["bytes"],
    )
