"""Views stand in the journal, and the catalogue is whole."""

import pytest

from contracts.events import Kin
from contracts.problems import NotFound, Recusal
from contracts.values.digest import digest_of
from services.catalog.usecases.record_kin import RecordKin, record_kin
from services.catalog.usecases.view_catalogue import view_catalogue
from services.catalog.usecases.view_material import view_material
from services.catalog.usecases.view_page import view_page
from tests.services.catalog.office import Office, page
from tests.support.rooms import somebody


async def test_the_catalogue_holds_every_material_and_page_in_order(office: Office):
    """By category, subclass and number; the page sum is that of the rows."""
    kept = await office.keep()
    pages = [page(), page()]
    await office.file(kept, "党员登记表", "1990", pages=pages, page_count=2)
    await office.file(kept, "工资变动审批表", "1991")
    await office.file(kept, "学位证书", "1980")
    await office.file(kept, "来信")
    found = await view_catalogue(kept.dossier_id, uow=office.uow())
    assert [(entry.place, entry.item_no, entry.title) for entry in found.entries] == [
        ("4-1", 1, "学位证书"),
        ("6", 1, "党员登记表"),
        ("9-1", 1, "工资变动审批表"),
    ]
    assert found.entries[1].page_ids == tuple(p.page_id for p in pages)
    assert sum(entry.page_count for entry in found.entries) == 4
    assert await office.journal(kept.dossier_id) == ["dossier.opened", *3 * ["dossier.changed"], "catalogue.viewed"]


async def test_a_category_ten_stands_last(office: Office):
    """Numbers, not text, order the categories."""
    kept = await office.keep()
    await office.file(kept, "体检表")
    await office.file(kept, "自传")
    found = await view_catalogue(kept.dossier_id, uow=office.uow())
    assert [entry.place for entry in found.entries] == ["2", "10"]


async def test_a_page_view_is_recorded(office: Office):
    """Pages of queued materials too: the archivist must see what to decide on."""
    kept = await office.keep()
    async with office.deps.blobs.receive(100) as incoming:
        await incoming.write(b"an image")
        await incoming.finish()
        await incoming.keep(office.unit_id)
    filed, queued = (page().model_copy(update={"digest": digest_of(b"an image")}) for _ in range(2))
    await office.file(kept, "党员登记表", pages=[filed])
    await office.file(kept, "来信", pages=[queued])
    for one in (filed, queued):
        shown, content = await view_page(one.page_id, uow=office.uow(), blobs=office.deps.blobs)
        assert (shown.digest, shown.blob_unit_id) == (one.digest, office.unit_id)
        assert b"".join([chunk async for chunk in content]) == b"an image"
        assert await office.journal(one.page_id) == ["page.viewed"]


async def test_views_are_refused_outside_the_unit_and_to_the_person_and_relatives(office: Office):
    """A stranger finds nothing; the person and the spouse must keep away; no row is written."""
    kept, spouse = await office.keep(), await office.register("配偶")
    shown = page()
    material_id = await office.file(kept, "党员登记表", pages=[shown])
    pair = RecordKin(kept.person_id, [Kin(person_id=spouse.person_id, relation="spouse")])
    await record_kin(pair, uow=office.uow())
    other = await Office(office.deps, office.uow_for, office.admin).open()
    for person_no in (kept.person_no, spouse.person_no):
        related = somebody("archivist", office.unit_id, person_no=person_no)
        with pytest.raises(Recusal):
            await view_catalogue(kept.dossier_id, uow=office.uow(related))
        with pytest.raises(Recusal):
            await view_material(material_id, uow=office.uow(related))
        with pytest.raises(Recusal):
            await view_page(shown.page_id, uow=office.uow(related), blobs=office.deps.blobs)
    with pytest.raises(NotFound):
        await view_catalogue(kept.dossier_id, uow=office.uow(other.archivist))
    with pytest.raises(NotFound):
        await view_page(shown.page_id, uow=office.uow(other.archivist), blobs=office.deps.blobs)
    assert await office.journal(shown.page_id) == []
    assert await office.journal(material_id) == ["material.filed"]
    assert "catalogue.viewed" not in await office.journal(kept.dossier_id)
