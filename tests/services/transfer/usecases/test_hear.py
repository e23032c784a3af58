"""What transfer keeps of the catalog's word."""

import pytest

from services.transfer.store import heard
from tests.services.transfer.desk import NAME, Cadre, Desk


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 3, 1, 2)])
async def test_the_newest_version_of_a_dossier_stays_in_whatever_order_it_is_told(desk: Desk, order):
    cadre = Cadre(desk.archive.unit_id)
    for version in order:
        assert await desk.hear(cadre.dossier(dossier_no=f"D-{version}"), version=version) is None
    async with desk.uow() as uow:
        dossier = await heard.find_dossier(uow, cadre.dossier_id)
    assert dossier is not None
    assert dossier.dossier_no == "D-3"


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 2, 1)])
async def test_the_newest_name_of_a_person_stays_and_former_ones_are_known(desk: Desk, order):
    cadre = Cadre(desk.archive.unit_id)
    names = {1: cadre.person(), 2: cadre.person(name="欧阳建邦", former_names=[NAME])}
    for version in order:
        await desk.hear(names[version], version=version)
    async with desk.uow() as uow:
        (person,) = await heard.list_persons(uow, cadre.person_no)
        named = await heard.find_person(uow, cadre.person_id)
    assert person.names == {"欧阳建邦", NAME}
    assert named is not None
    assert named.name == "欧阳建邦"


async def test_a_person_may_be_heard_of_after_the_dossier(desk: Desk):
    cadre = Cadre(desk.archive.unit_id)
    await desk.hear(cadre.dossier())
    await desk.hear(cadre.person())
    async with desk.uow() as uow:
        dossier = await heard.find_dossier_of(uow, cadre.person_id)
    assert dossier is not None
    assert dossier.dossier_id == cadre.dossier_id
