"""What belongs to a dossier's paper goes along when another unit keeps it."""

from chassis.identity import Caller
from contracts.values.ids import new_id, to_uuid
from services.catalog.store import volumes
from services.catalog.store.volumes import Spot
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.divide_dossier import DivideDossier, divide_dossier
from services.catalog.usecases.keep_store_rooms import add_cabinet, add_store_room
from services.catalog.usecases.place_volume import PlaceVolume, place_volume
from services.catalog.usecases.raise_need import RaiseNeed, raise_need
from services.catalog.usecases.record_processing import RecordProcessing, record_processing
from tests.services.catalog.office import Office, hear_of
from tests.support.rooms import somebody

_UNITS = """
select 'state' as what, unit_id from catalog.catalogue_state where dossier_id = $1
union all select 'volume', unit_id from catalog.volume where dossier_id = $1
union all select 'placement', unit_id from catalog.placement where volume_id = $2
union all select 'loose', unit_id from catalog.loose_sheet where material_id = $3
union all select 'need', unit_id from catalog.processing_need where material_id = $3
union all select 'record', unit_id from catalog.processing_record where material_id = $3
"""


async def test_the_papers_rows_follow_the_dossier(office: Office):
    """The volume still says in which cabinet it stands, though the new unit does not see that room."""
    other = new_id("unt")
    await hear_of(office.uow_for, other)
    archivist = somebody("archivist", office.unit_id)
    both = Caller(archivist.account_id, posts=(*archivist.posts, ("archivist", other)))
    kept = await office.keep()
    material = await office.file(kept, "党员登记表", "2001")
    await raise_need(RaiseNeed(material, "needs_edge"), uow=office.uow())
    await record_processing(RecordProcessing(material, "fold"), uow=office.uow(), tickets=office.deps.tickets)
    await divide_dossier(DivideDossier(kept.dossier_id, 2, "original"), uow=office.uow(), rules=office.deps.rules)
    room = await add_store_room(office.unit_id, "K1", "库房", uow=office.uow())
    shelving = {"code": "A1", "kind": "fixed", "layers": 1, "slots": 1, "slot_capacity": 1}
    cabinet = await add_cabinet(room, shelving, uow=office.uow())
    async with office.uow() as uow:
        (shown,) = await volumes.list_of_dossier(uow.raw(), kept.dossier_id)
    volume_id = shown.volume.volume_id
    await place_volume(PlaceVolume(volume_id, 1, Spot(cabinet, 1, 1)), uow=office.uow())
    await change_dossier(kept.dossier_id, 3, {"unit_id": other}, uow=office.uow(both))
    rows = await office.admin.fetch(_UNITS, to_uuid(kept.dossier_id), to_uuid(volume_id), to_uuid(material))
    assert {row["what"]: row["unit_id"] for row in rows} == dict.fromkeys(
        ("state", "volume", "placement", "loose", "need", "record"), to_uuid(other)
    )
    async with office.uow(somebody("archivist", other)) as uow:
        moved = await volumes.get_shown(uow.raw(), volume_id)
    assert (moved.volume.spot, moved.cabinet_code) == (Spot(cabinet, 1, 1), None)
    # The slot is taken for the old unit too, though it does not see by whom.
    async with office.uow() as uow:
        assert await volumes.count_in_slot(uow, Spot(cabinet, 1, 1)) == 1
