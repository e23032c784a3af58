"""Each person has one dossier, kept by one unit; all in it follows the unit."""

import pytest

from contracts.events import Kin
from contracts.problems import NotFound, Recusal, StateConflict, ValidationFailed, VersionStale
from contracts.values.ids import new_id, to_uuid
from services.catalog.store import dossiers, materials
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.change_person import change_person
from services.catalog.usecases.open_dossier import open_dossier
from services.catalog.usecases.record_kin import RecordKin, record_kin
from services.catalog.usecases.search_dossiers import search_dossiers
from tests.services.catalog.office import Office, hear_of
from tests.support.rooms import somebody


async def test_an_opened_dossier_is_told(office: Office):
    """With number, person, unit and state."""
    kept = await office.keep()
    (told,) = await office.told(kept.dossier_id)
    assert told["type"] == "dangan.dossier.opened.v1"
    assert told["data"] == {
        "dossier_id": kept.dossier_id,
        "dossier_no": kept.dossier_no,
        "person_id": kept.person_id,
        "unit_id": office.unit_id,
        "state": "open",
    }


async def test_a_person_has_one_dossier(office: Office):
    """A second one is a state conflict."""
    kept = await office.keep()
    with pytest.raises(StateConflict):
        await open_dossier(kept.person_id, "another", office.unit_id, uow=office.uow())


async def test_a_dossier_number_is_taken_once(office: Office):
    """The fault names the member; the person is left without a dossier, to be tried again."""
    kept, person = await office.keep(), await office.register()
    with pytest.raises(ValidationFailed) as refused:
        await open_dossier(person.person_id, kept.dossier_no, office.unit_id, uow=office.uow())
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/dossier_no", "duplicate")]
    assert await open_dossier(person.person_id, kept.dossier_no + "-2", None, uow=office.uow())


@pytest.mark.parametrize("member", ["/person_id", "/unit_id"])
async def test_an_unknown_person_or_unit_is_a_fault(office: Office, member: str):
    """What is outside the caller's units does not exist."""
    person = await office.register()
    person_id = new_id("per") if member == "/person_id" else person.person_id
    unit_id = new_id("unt") if member == "/unit_id" else office.unit_id
    with pytest.raises(ValidationFailed) as refused:
        await open_dossier(person_id, "no", unit_id, uow=office.uow())
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [(member, "unknown-reference")]


async def test_a_custodian_keeps_the_dossiers_of_other_units(office: Office):
    """The person serves elsewhere; the custodian's archivist sees card and person."""
    custodian = new_id("unt")
    await hear_of(office.uow_for, custodian)
    both = somebody("archivist", office.unit_id)
    both = type(both)(both.account_id, posts=(*both.posts, ("archivist", custodian)))
    person = await office.register()
    dossier_id = await open_dossier(person.person_id, person.person_no, custodian, uow=office.uow(both))
    async with office.uow(somebody("archivist", custodian)) as uow:
        card = await dossiers.get_card(uow.raw(), dossier_id)
    assert (card["unit_id"], card["person"]["name"]) == (custodian, "王小明")
    with pytest.raises(NotFound):
        async with office.uow() as uow:
            await dossiers.get_card(uow.raw(), dossier_id)


async def test_everything_moves_with_the_dossier(office: Office):
    """Materials, pages and waiting tasks come into the new unit's scope, and leave the old one's."""
    kept = await office.keep()
    await office.file(kept, "党员登记表")
    queued = await office.file(kept, "来信")
    other = new_id("unt")
    await hear_of(office.uow_for, other)
    both = type(office.archivist)(office.archivist.account_id, posts=(*office.archivist.posts, ("archivist", other)))
    await change_dossier(kept.dossier_id, 2, {"unit_id": other}, uow=office.uow(both))
    rows = await office.admin.fetch(
        """select unit_id from catalog.dossier where dossier_id = $1
        union all select unit_id from catalog.material where dossier_id = $1
        union all select p.unit_id from catalog.page p join catalog.material m using (material_id)
          where m.dossier_id = $1
        union all select t.unit_id from catalog.filing_task t join catalog.material m using (material_id)
          where m.dossier_id = $1""",
        to_uuid(kept.dossier_id),
    )
    assert len(rows) == 6
    assert {row["unit_id"] for row in rows} == {to_uuid(other)}
    assert (await office.task_of(queued))["version"] == 2
    async with office.uow(both) as uow:
        assert (await materials.get(uow.raw(), queued)).version == 2
    told = (await office.told(kept.dossier_id))[-1]
    assert (told["type"], told["data"]["unit_id"]) == ("dangan.dossier.changed.v1", other)


async def test_a_dossier_moves_only_within_the_callers_units(office: Office):
    """Beyond them it goes by a hand-over."""
    kept = await office.keep()
    with pytest.raises(ValidationFailed) as refused:
        await change_dossier(kept.dossier_id, 1, {"unit_id": new_id("unt")}, uow=office.uow())
    assert refused.value.errors[0].code == "unknown-reference"


async def test_nobody_keeps_the_dossier_or_card_of_themselves_or_a_relative(office: Office):
    """Not opened, changed or closed, nor the list of kin by which recusal is decided; nothing is written."""
    kept, spouse = await office.keep(), await office.register("配偶")
    pair = RecordKin(kept.person_id, [Kin(person_id=spouse.person_id, relation="spouse")])
    await record_kin(pair, uow=office.uow())
    related = somebody("archivist", office.unit_id, person_no=kept.person_no)
    acts = (
        lambda uow: change_dossier(kept.dossier_id, 1, {"state": "closed"}, uow=uow),
        lambda uow: change_person(spouse.person_id, 2, {"rank": "正科级"}, uow=uow),
        lambda uow: record_kin(RecordKin(kept.person_id, [], True), uow=uow),
        lambda uow: open_dossier(spouse.person_id, "D-spouse", None, uow=uow),
    )
    for act in acts:
        with pytest.raises(Recusal):
            await act(office.uow(related))
    assert await office.journal(kept.dossier_id) == ["dossier.opened"]
    assert await office.journal(spouse.person_id) == ["person.registered", "person.kin_changed"]
    unknown = somebody("archivist", office.unit_id)
    await change_dossier(kept.dossier_id, 1, {"state": "closed"}, uow=office.uow(unknown))


async def test_a_change_that_missed_a_filing_is_told_what_changed(office: Office):
    """Each version of a dossier has its row in the journal."""
    kept = await office.keep()
    await office.file(kept, "党员登记表")
    with pytest.raises(VersionStale) as refused:
        await change_dossier(kept.dossier_id, 1, {"state": "closed"}, uow=office.uow())
    assert refused.value.params == {"version": 2, "changed": ["material_count", "page_count"]}


@pytest.mark.parametrize("member", ["name", "person_no", "dossier_no"])
async def test_a_dossier_is_found_by_exact_name_or_number(office: Office, member: str):
    """And the search stands in the journal by its kind."""
    name = f"陈{office.unit_id[-6:]}"
    kept = await office.keep(name)
    await office.keep(name + "华")
    value = {"name": name, "person_no": kept.person_no, "dossier_no": kept.dossier_no}[member]
    found, more = await search_dossiers(member, value, uow=office.uow())  # pyright: ignore[reportArgumentType]
    assert [card["id"] for card in found] == [kept.dossier_id]
    assert not more
    row = await office.admin.fetchrow(
        "select version, changed from catalog.journal where actor = $1 and resource = 'dossiers/searches'",
        office.archivist.account_id,
    )
    assert row is not None
    assert tuple(row) == (1, [member])
