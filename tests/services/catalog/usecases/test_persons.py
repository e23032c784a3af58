"""Persons are registered, changed, found and related; others hear of it."""

import asyncio
from datetime import date

import pytest

from contracts.events import Kin
from contracts.problems import DateImpossible, NotFound, ValidationFailed, VersionStale
from contracts.values.ids import new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.store import persons
from services.catalog.usecases.change_person import change_person
from services.catalog.usecases.record_kin import RecordKin, record_kin
from services.catalog.usecases.search_persons import search_persons
from tests.services.catalog.office import Office, hear_of
from tests.support.contending import until_somebody_waits
from tests.support.rooms import somebody


async def test_a_registered_person_is_told(office: Office):
    """The event carries what other services keep; the journal carries no name."""
    person = await office.register("𠮷田", former_names=["吉田"], rank="副科级")
    (told,) = await office.told(person.person_id)
    assert told["type"] == "dangan.person.changed.v1"
    assert told["data"]["name"] == "𠮷田"
    assert told["data"]["former_names"] == ["吉田"]
    assert told["data"]["birth_date"]["value"] == "1970-01"
    assert int(told["sequence"]) == 1
    assert await office.journal(person.person_id) == ["person.registered"]


async def test_a_person_number_is_taken_once(office: Office):
    """Even by another unit; the fault names the member, and nothing is kept."""
    person = await office.register()
    with pytest.raises(ValidationFailed) as refused:
        await office.register("李四", person_no=person.person_no)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/person_no", "duplicate")]


async def test_a_person_is_registered_only_in_the_callers_units(office: Office):
    """Another unit is as good as unknown."""
    with pytest.raises(ValidationFailed) as refused:
        await office.register(unit_id=new_id("unt"))
    assert refused.value.errors[0].code == "unknown-reference"


async def test_nobody_is_born_tomorrow(office: Office):
    """A birth date after today is impossible."""
    with pytest.raises(DateImpossible):
        await office.register(birth_date=PartialDate.of(date(2999, 1, 1)))


async def test_a_change_is_told_with_the_next_version(office: Office):
    """Only what differs is a change; the dossier's card, which shows the name, gets a new version too."""
    kept = await office.keep()
    changes = {"name": "王晓明", "rank": None}
    person, _ = await change_person(kept.person_id, 1, changes, uow=office.uow())
    assert (person.name, person.version) == ("王晓明", 2)
    assert [int(event["sequence"]) for event in await office.told(kept.person_id)] == [1, 2]
    version = "select version from catalog.dossier where dossier_id = $1"
    assert await office.admin.fetchval(version, to_uuid(kept.dossier_id)) == 2
    unchanged, _ = await change_person(kept.person_id, 2, {"name": "王晓明"}, uow=office.uow())
    assert unchanged.version == 2
    assert len(await office.told(kept.person_id)) == 2


async def test_a_stale_change_names_what_changed(office: Office):
    """412 with the present version and the members changed since."""
    person = await office.register()
    await change_person(person.person_id, 1, {"rank": "正科级"}, uow=office.uow())
    with pytest.raises(VersionStale) as refused:
        await change_person(person.person_id, 1, {"name": "王晓明"}, uow=office.uow())
    assert refused.value.params == {"version": 2, "changed": ["rank"]}


async def test_a_search_finds_exactly_and_leaves_its_kind_and_count(office: Office):
    """Homophones and parts are not found; the journal holds the member and the count, not the words."""
    name = f"陈{office.unit_id[-6:]}"
    found = {(await office.register(name)).person_id for _ in range(2)}
    await office.register(name + "华")
    result, more = await search_persons("name", name, uow=office.uow())
    assert {person.person_id for person in result} == found
    assert not more
    row = await office.admin.fetchrow(
        "select verb, version, changed from catalog.journal where actor = $1 and resource = 'persons/searches'",
        office.archivist.account_id,
    )
    assert row is not None
    assert tuple(row) == ("persons.searched", 2, ["name"])


async def test_a_search_sees_only_the_callers_units(office: Office):
    """By number as well."""
    person = await office.register()
    stranger = somebody("archivist", new_id("unt"))
    assert await search_persons("person_no", person.person_no, uow=office.uow(stranger)) == ([], False)
    result, _ = await search_persons("person_no", person.person_no, uow=office.uow())
    assert [one.person_id for one in result] == [person.person_id]


async def test_kin_is_recorded_from_both_sides(office: Office):
    """The inverse relation is recorded with the relation, over units, and both persons are told of."""
    other_unit = await Office(office.deps, office.uow_for, office.admin).open()
    father, child = await other_unit.register("王父"), await office.register("王子")
    command = RecordKin(child.person_id, [Kin(person_id=father.person_id, relation="parent")], complete=True)
    person, kin = await record_kin(command, uow=office.uow())
    assert person.kin_complete
    assert [(one.person_id, one.relation) for one in kin] == [(father.person_id, "parent")]
    told = {event["type"]: event for event in (await office.told(child.person_id))[1:]}
    assert told["dangan.person.kin_changed.v1"]["data"] == {
        "person_id": child.person_id,
        "unit_id": office.unit_id,
        "kin": [{"person_id": father.person_id, "relation": "parent"}],
        "complete": True,
    }
    assert told["dangan.person.changed.v1"]["data"]["kin_complete"] is True
    inverse = (await office.told(father.person_id))[-1]
    assert inverse["data"]["kin"] == [{"person_id": child.person_id, "relation": "child"}]
    assert inverse["data"]["complete"] is False
    async with other_unit.uow() as uow:
        assert [one.relation for one in await persons.list_kin(uow, father.person_id)] == ["child"]


async def test_kin_recorded_again_changes_nothing(office: Office):
    """No new version and no event, since nothing is new."""
    one, two = await office.register("甲"), await office.register("乙")
    command = RecordKin(one.person_id, [Kin(person_id=two.person_id, relation="spouse")])
    await record_kin(command, uow=office.uow())
    person, _ = await record_kin(command, uow=office.uow())
    assert person.version == 2
    assert len(await office.told(one.person_id)) == 2


async def test_faulty_kin_is_refused_whole(office: Office):
    """Oneself, somebody twice, and an unknown person: each at its place, and none is recorded."""
    one, two = await office.register("甲"), await office.register("乙")
    pairs = [(two.person_id, "sibling"), (two.person_id, "spouse"), (one.person_id, "spouse"), (new_id("per"), "child")]
    command = RecordKin(one.person_id, [Kin(person_id=p, relation=r) for p, r in pairs])  # pyright: ignore
    with pytest.raises(ValidationFailed) as refused:
        await record_kin(command, uow=office.uow())
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/kin/1/person_id", "duplicate"),
        ("/kin/2/person_id", "duplicate"),
        ("/kin/3/person_id", "unknown-reference"),
    ]
    async with office.uow() as uow:
        assert await persons.list_kin(uow, one.person_id) == []


async def test_two_who_record_each_other_at_once_both_succeed(office: Office):
    """Rows are locked in one order, so neither waits for the other for ever."""
    one, two = await office.register("甲"), await office.register("乙")
    forth = RecordKin(one.person_id, [Kin(person_id=two.person_id, relation="spouse")])
    back = RecordKin(two.person_id, [Kin(person_id=one.person_id, relation="spouse")])
    await asyncio.gather(record_kin(forth, uow=office.uow()), record_kin(back, uow=office.uow()))
    async with office.uow() as uow:
        assert [kin.person_id for kin in await persons.list_kin(uow, two.person_id)] == [one.person_id]


async def test_kin_recorded_while_the_card_changes_takes_the_next_version(office: Office):
    """The card changes after the kin's act has read it and before it holds it: no version is told twice."""
    one, two = await office.register("甲"), await office.register("乙")
    command = RecordKin(one.person_id, [Kin(person_id=two.person_id, relation="spouse")], complete=True)
    key = to_uuid(one.person_id)
    async with office.admin.transaction():
        await office.admin.execute("select from catalog.person where person_id = $1 for update", key)
        act = asyncio.create_task(record_kin(command, uow=office.uow()))
        await until_somebody_waits(office.admin)
        await office.admin.execute("update catalog.person set version = 2, rank = '正科级' where person_id = $1", key)
    person, _ = await act
    assert (person.version, person.rank) == (3, "正科级")
    assert [int(event["sequence"]) for event in await office.told(one.person_id)] == [1, 3, 3]
    with pytest.raises(VersionStale) as refused:
        await change_person(one.person_id, 2, {"name": "丙"}, uow=office.uow())
    assert refused.value.params["changed"] == ["kin", "kin_complete"]


async def test_kin_of_a_person_outside_the_callers_units_is_not_recorded(office: Office):
    """The person in the address must be one of the caller's; only the relatives may be anybody."""
    stranger = new_id("unt")
    await hear_of(office.uow_for, stranger)
    person = await office.register()
    with pytest.raises(NotFound):
        await record_kin(RecordKin(person.person_id, [], True), uow=office.uow(somebody("archivist", stranger)))
