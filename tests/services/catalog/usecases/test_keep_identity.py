"""What audit decided of who is meant: the name is kept, and taken back; in any order and however often it is told."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.inbox import take
from chassis.sealing import SealBroken, seal
from contracts.events import Envelope, IdentityResolved
from contracts.problems import StateConflict
from contracts.values.ids import new_id
from services.catalog.store import persons
from services.catalog.store.facts import current_facts
from services.catalog.usecases.change_person import change_person
from services.catalog.usecases.keep_identity import keep_identity
from services.catalog.usecases.open_dossier import open_dossier
from tests.services.catalog.office import Office


def resolved(office: Office, person_id: str, name: str | None = "张玮", **changes: Any) -> IdentityResolved:
    """A material means this person, under another spelling of the name."""
    decision_id = changes.get("decision_id", new_id("idd"))
    sealed = seal(office.deps.keys, name.encode(), context=decision_id) if name else None
    told: dict[str, Any] = {
        "decision_id": decision_id,
        "unit_id": office.unit_id,
        "outcome": "same_person",
        "state": "in_force",
        "person_id": person_id,
        "other_person_id": None,
        "material_id": new_id("mat"),
        "dossier_id": None,
        "name_kind": "variant" if name else None,
        "sealed_name": base64.b64encode(sealed.content).decode() if sealed else None,
        "sealed_by": sealed.key_id if sealed else None,
        "decided_by": new_id("acc"),
    }
    return IdentityResolved.model_validate({**told, **changes})


def undone(told: IdentityResolved) -> IdentityResolved:
    """The same, taken back."""
    return told.model_copy(update={"state": "undone"})


async def hear(office: Office, told: IdentityResolved, version: int) -> None:
    """Let the catalog hear of it as the inbox would."""
    event = Envelope[IdentityResolved](
        id=new_id("evt"),
        source="/deployments/test/services/audit",
        type=IdentityResolved.type_name(),
        subject=f"identity-decisions/{told.decision_id}",
        time=datetime(2026, 11, 24, tzinfo=UTC),
        dataschema="about:blank",
        partitionkey=told.decision_id,
        sequence=f"{version:020d}",
        data=told,
    )
    async with office.uow_for("catalog") as uow:
        assert await take(uow, event)
        await keep_identity(event, uow, office.deps)


async def names(office: Office, person_id: str) -> list[dict[str, Any]]:
    """The further names of a person, as the facts have them."""
    async with office.uow_for("catalog") as uow:
        return [dict(fact.value) for fact in (await current_facts(uow, person_id)).of("former_name")]


async def test_the_name_is_kept_told_and_taken_back_with_the_decision(office: Office):
    """A fact with its reason; others hear the name by `person.changed` alone; nothing else of the person changes."""
    person = await office.register("张伟", former_names=["张建国"])
    told = resolved(office, person.person_id)
    await hear(office, told, 1)
    assert await names(office, person.person_id) == [{"text": "张建国"}, {"text": "张玮", "variant": True}]
    events = await office.told(person.person_id)
    assert [event["data"]["former_names"] for event in events] == [["张建国"], ["张建国", "张玮"]]
    async with office.uow_for("catalog") as uow:
        kept = (await current_facts(uow, person.person_id)).of("former_name")[-1]
        assert kept.provenance.kind == "entry"
        assert told.decision_id in (kept.provenance.reason or "")
    await hear(office, undone(told), 2)
    assert await names(office, person.person_id) == [{"text": "张建国"}]
    assert [event["data"]["former_names"] for event in await office.told(person.person_id)][-1] == ["张建国"]
    verbs = ["person.registered", "person.name_kept", "person.name_taken_back"]
    assert await office.journal(person.person_id) == verbs


@pytest.mark.parametrize("versions", [(2, 1), (2, 1, 2), (2, 2, 1)])
async def test_what_was_taken_back_is_not_kept_by_an_earlier_word_that_comes_late(
    office: Office, versions: tuple[int, ...]
):
    """The latest version counts."""
    person = await office.register("张伟")
    told = resolved(office, person.person_id)
    for version in versions:
        await hear(office, told if version == 1 else undone(told), version)
    assert await names(office, person.person_id) == []
    assert len(await office.told(person.person_id)) == 1


async def test_a_former_name_is_kept_as_such_and_a_known_one_not_again(office: Office):
    """Taking the decision back leaves a name that was there before it."""
    person = await office.register("张伟", former_names=["张玮"])
    told = resolved(office, person.person_id, name_kind="former")
    await hear(office, told, 1)
    await hear(office, undone(told), 2)
    assert await names(office, person.person_id) == [{"text": "张玮"}]
    await hear(office, resolved(office, person.person_id, "张建国", name_kind="former"), 1)
    assert await names(office, person.person_id) == [{"text": "张玮"}, {"text": "张建国"}]


async def test_a_name_that_an_archivist_ended_since_is_not_ended_again(office: Office):
    """The decision is taken back all the same."""
    person = await office.register("张伟")
    told = resolved(office, person.person_id)
    await hear(office, told, 1)
    await change_person(person.person_id, 2, {"former_names": []}, uow=office.uow())
    await hear(office, undone(told), 2)
    assert await names(office, person.person_id) == []
    assert (await office.journal(person.person_id))[-1] == "person.changed"


async def test_without_a_name_and_of_another_person_nothing_is_kept(office: Office):
    """The card stays as it is."""
    person = await office.register("张伟")
    await hear(office, resolved(office, person.person_id, None), 1)
    await hear(office, resolved(office, person.person_id, None, outcome="other_person"), 1)
    async with office.uow_for("catalog") as uow:
        assert (await persons.get(uow, person.person_id)).version == 1


async def test_a_person_who_is_here_already_gets_no_second_dossier(office: Office):
    """Until the decision is taken back."""
    kept, double = await office.keep("张伟"), await office.register("张玮")
    told = resolved(office, kept.person_id, None, material_id=None, other_person_id=double.person_id)
    await hear(office, told, 1)
    with pytest.raises(StateConflict) as refused:
        await open_dossier(double.person_id, "D-2", office.unit_id, uow=office.uow())
    assert refused.value.params == {"state": "same person"}
    await hear(office, undone(told), 2)
    assert await open_dossier(double.person_id, "D-2", office.unit_id, uow=office.uow())


async def test_a_name_sealed_for_another_decision_does_not_open(office: Office):
    """Nothing is kept; the event is tried again, and then lies with the dead letters."""
    person = await office.register("张伟")
    told = resolved(office, person.person_id).model_copy(update={"decision_id": new_id("idd")})
    with pytest.raises(SealBroken):
        await hear(office, told, 1)
    assert await names(office, person.person_id) == []
