"""What the catalog tells is kept by version; an appraisal follows its dossier."""

from __future__ import annotations

import asyncio

import pytest

from contracts.events import DossierChanged
from contracts.problems import NotFound, VersionStale
from contracts.values.ids import new_id, to_uuid
from services.audit.store.tables import TaskRow
from tests.services.audit.office import Office, Subject, auditor


async def test_a_state_is_kept_by_version_whatever_order_it_comes_in(office: Office):
    """Newest first, then older ones and repeats: the newest stays."""
    subject = Subject()
    for version in (3, 1, 2, 3):
        await office.hear(subject.person(name=f"名{version}"), version)
        await office.hear(subject.kin(*(new_id("per") for _ in range(version))), version)
        state = "closed" if version == 3 else "open"
        await office.hear(DossierChanged(**subject.dossier(state=state).model_dump()), version)
    key = to_uuid(subject.person_id)
    assert await office.admin.fetchval("select name from audit.heard_person where person_id = $1", key) == "名3"
    kin = await office.admin.fetchval("select cardinality(kin_ids) from audit.heard_kin where person_id = $1", key)
    assert kin == 3
    dossier = await office.admin.fetchrow(
        "select state, version from audit.heard_dossier where dossier_id = $1", to_uuid(subject.dossier_id)
    )
    assert tuple(dossier) == ("closed", 3)


async def test_an_appraisal_follows_its_dossier(office: Office):
    """When another unit takes the dossier over, its auditors find task and decisions, and the old unit's none."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    await office.decide(await office.waiting(received.material_id))
    new_unit = await office.unit()
    moved = DossierChanged(**subject.dossier(unit_id=new_unit).model_dump())
    await office.hear(moved, version=2)
    task = await office.waiting(received.material_id)
    assert task.unit_id == new_unit
    with pytest.raises(NotFound):
        await office.decide(task, auditor(subject.unit_id))
    await office.decide(task, auditor(new_unit))
    (event,) = await office.told(received.material_id)
    assert event["data"]["dossier_unit_id"] == new_unit
    units = await office.admin.fetch(
        "select distinct unit_id from audit.decision where appraisal_id = $1", to_uuid(task.appraisal_id)
    )
    assert [row["unit_id"] for row in units] == [to_uuid(new_unit)]


async def test_a_move_stands_in_the_journal_with_a_version_of_its_own(office: Office):
    """The appraisal and each of its tasks show another unit, so that each has a new version; once, not at a repeat."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    first = await office.waiting(received.material_id)
    await office.decide(first)
    second, new_unit = await office.waiting(received.material_id), await office.unit()
    moved = DossierChanged(**subject.dossier(unit_id=new_unit).model_dump())
    for version, state in ((2, "open"), (2, "open"), (3, "closed")):
        await office.hear(moved.model_copy(update={"state": state}), version=version)
    assert (await office.journal(first.appraisal_id))[2:] == [("appraisal.moved", "service:audit", 3)]
    for task, version in ((first, 3), (second, 2)):
        assert (await office.journal(task.id))[-1] == ("task.moved", "service:audit", version)
    row = await office.appraisal(received.material_id)
    assert row is not None
    assert (row["version"], (await office.waiting(received.material_id)).version) == (3, 2)
    with pytest.raises(VersionStale) as stale:
        await office.decide(second)
    assert stale.value.params["changed"] == ["unit_id"]


async def test_a_material_told_before_the_move_goes_to_the_new_unit(office: Office):
    """The event still names the former unit; what is heard of the dossier is newer."""
    subject = await office.known_subject()
    new_unit = await office.unit()
    await office.hear(DossierChanged(**subject.dossier(unit_id=new_unit).model_dump()), version=2)
    received = await office.appraising(subject)
    assert received.dossier_unit_id == subject.unit_id
    assert (await office.waiting(received.material_id)).unit_id == new_unit


async def test_a_move_and_a_decision_at_once_both_take_effect(office: Office):
    """Neither stands in the other's way: the decision counts, at the latest when the person has seen the task
    where it is now, and the next step is the new unit's."""

    async def decide(task: TaskRow) -> None:
        person = auditor()
        try:
            await office.decide(task, person)
        except VersionStale as stale:
            await office.decide(task, person, seen_version=stale.params["version"])

    subject = await office.known_subject()
    for version in range(2, 6):
        received = await office.appraising(subject)
        task, new_unit = await office.waiting(received.material_id), await office.unit()
        moved = DossierChanged(**subject.dossier(unit_id=new_unit).model_dump())
        _, delay = await asyncio.gather(decide(task), office.hear(moved, version=version))
        assert delay is None
        second = await office.waiting(received.material_id)
        assert (second.step, second.unit_id) == (2, new_unit)
