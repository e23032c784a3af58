"""A request is judged, numbered, and put before the first signer; what is refused leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.unit_of_work import IdempotencyKey
from contracts.problems import IdempotencyKeyReused, PersonMismatch, Recusal, ValidationFailed, ViewRefused
from contracts.values.ids import new_id, to_uuid
from services.access.domain.period import Period
from services.access.domain.scope import Scope
from services.access.domain.view_request import Viewer
from services.access.usecases.subjects import ByDossier, ByPerson
from tests.services.access.office import Case, Office, account_of, new_case
from tests.support.rooms import somebody


async def count(office: Office, case: Case) -> int:
    return await office.admin.fetchval(
        "select count(*) from access.view_request where unit_id = $1", to_uuid(case.unit_id)
    )


async def test_a_request_waits_for_the_head_of_its_unit(office: Office, case: Case):
    """State, task, number, event and journal row stand together."""
    request = await office.submit(case)
    kept = await office.request(request.id)
    assert kept == request
    assert (kept.state, kept.version, kept.unit_id) == ("submitted", 1, case.unit_id)
    assert kept.request_no.endswith("-0001")
    assert {viewer.relation for viewer in kept.viewers} == {"not_related"}
    task = await office.waiting(request)
    assert (task.step, task.role, task.unit_id) == (1, "approver", case.unit_id)
    [event] = await office.told(f"view-requests/{request.id}")
    assert event["type"] == "dangan.view_request.submitted.v1"
    assert event["data"] == {
        "view_request_id": request.id,
        "request_no": request.request_no,
        "unit_id": case.unit_id,
        "dossier_id": case.subject.dossier_id,
        "purpose": "personnel",
    }
    assert await office.journal(request.id) == [("view_request.submitted", case.asker.account_id, 1)]


async def test_a_person_number_selects_and_the_name_confirms(office: Office, case: Case):
    by_number = await office.submit(case, subject=ByPerson(case.subject.person_no, case.subject.name))
    assert by_number.subject.dossier_id == case.subject.dossier_id
    await office.hear(case.subject.card(name="李新国", former_names=["李建国"]), version=2)
    by_former_name = await office.submit(case, subject=ByPerson(case.subject.person_no, "李建国"))
    assert by_former_name.subject.dossier_id == case.subject.dossier_id


@pytest.mark.parametrize(("number", "name"), [(None, "李建民"), ("nobody", "李建国")])
async def test_number_and_name_must_agree(office: Office, case: Case, number: str | None, name: str):
    with pytest.raises(PersonMismatch):
        await office.submit(case, subject=ByPerson(number or case.subject.person_no, name))
    assert await count(office, case) == 0


async def test_an_unknown_dossier_is_named(office: Office, case: Case):
    with pytest.raises(ValidationFailed) as caught:
        await office.submit(case, subject=ByDossier(new_id("dos")))
    assert [(fault.pointer, fault.code) for fault in caught.value.errors] == [
        ("/subject/dossier_id", "unknown-reference")
    ]


async def test_numbers_have_no_gap_and_count_by_unit(office: Office, case: Case):
    """Requests at once get numbers in a row; a refused one takes none; another unit begins with 1."""
    with pytest.raises(ViewRefused):
        await office.submit(case, viewers=case.named[:1])
    made = await asyncio.gather(*(office.submit(case) for _ in range(5)))
    assert sorted(one.request_no[-4:] for one in made) == ["0001", "0002", "0003", "0004", "0005"]
    assert (await office.submit(await new_case(office))).request_no.endswith("-0001")


def viewer(name: str = "郑伟", **members: Any) -> Viewer:
    return Viewer(**{"name": name, "party_member": True, "account_id": new_id("acc"), **members})


@pytest.mark.parametrize(
    ("changes", "predicate"),
    [
        ({"viewers": (viewer(),)}, "alone"),
        ({"viewers": (viewer(), viewer(party_member=False))}, "not_party_member_or_not_sent"),
        ({"scope": Scope("whole"), "purpose": "study"}, "unrelated_to_purpose"),
        ({"purpose": "history"}, "unrelated_to_purpose"),
    ],
)
async def test_five_rules_of_no_viewing_refuse_with_their_code(
    office: Office, case: Case, changes: dict[str, Any], predicate: str
):
    with pytest.raises(ViewRefused) as caught:
        await office.submit(case, declaration="not_related", **changes)
    assert caught.value.params == {"predicate": predicate}
    assert await count(office, case) == 0


async def test_a_viewer_whose_account_was_switched_off_is_sent_by_nobody(office: Office, case: Case):
    await office.hear(account_of(case.second, case.viewers[1], active=False))
    gone = replace(case.named[1], account_id=case.second.account_id)
    with pytest.raises(ViewRefused) as caught:
        await office.submit(case, viewers=(case.named[0], gone))
    assert caught.value.params == {"predicate": "not_party_member_or_not_sent"}


async def faults(office: Office, case: Case, **changes: Any) -> Sequence[tuple[str, str]]:
    with pytest.raises(ValidationFailed) as caught:
        await office.submit(case, **changes)
    assert await count(office, case) == 0
    return [(fault.pointer, fault.code) for fault in caught.value.errors]


async def test_all_faults_of_the_form_are_answered_together(office: Office, case: Case):
    today = await office.today()
    assert await faults(
        office,
        case,
        purpose="curiosity",
        period=Period(today - timedelta(days=1), today),
        viewers=(case.named[0], case.named[1], replace(case.named[0], name="另一人")),
    ) == [("/from_on", "out-of-range"), ("/purpose", "not-allowed-value"), ("/viewers/2", "duplicate")]


async def test_a_form_keeps_the_limits_of_the_policy(office: Office, case: Case):
    materials = tuple(new_id("mat") for _ in range(201))
    assert await faults(office, case, viewers=tuple(viewer() for _ in range(11))) == [("/viewers", "too-many")]
    assert await faults(office, case, scope=Scope("materials", material_ids=materials)) == [
        ("/scope/material_ids", "too-many")
    ]


async def test_a_listed_material_is_one_of_this_dossier(office: Office, case: Case):
    mine = await office.filed(case.subject)
    other = await office.filed(await office.person(case.archive_unit_id))
    scope = Scope("materials", material_ids=(mine.material_id, other.material_id, new_id("mat")))
    assert await faults(office, case, scope=scope) == [
        ("/scope/material_ids/1", "unknown-reference"),
        ("/scope/material_ids/2", "unknown-reference"),
    ]
    assert (await office.submit(case, scope=Scope("materials", material_ids=(mine.material_id,)))).scope.material_ids


async def test_a_viewer_s_number_and_name_must_agree(office: Office, case: Case):
    with pytest.raises(PersonMismatch) as caught:
        await office.submit(case, viewers=(case.named[0], replace(case.named[1], name="孙部长")))
    assert caught.value.pointer == "/viewers/1"


async def test_only_one_s_own_units_ask(office: Office, case: Case):
    assert await faults(office, case, unit_id=case.archive_unit_id) == [("/unit_id", "unknown-reference")]
    below = await office.unit(case.unit_id)
    assert (await office.submit(case, unit_id=below)).unit_id == below


async def test_with_several_units_the_asking_one_is_named(office: Office, case: Case):
    two = replace(case.asker, posts=(("viewer", case.unit_id), ("viewer", case.archive_unit_id)))
    with pytest.raises(ValidationFailed) as caught:
        await office.submit(case, two)
    assert [(fault.pointer, fault.code) for fault in caught.value.errors] == [("/unit_id", "required")]
    assert (await office.submit(case, two, unit_id=case.unit_id)).unit_id == case.unit_id


@pytest.mark.parametrize("who", ["asker", "viewer"])
@pytest.mark.parametrize("told_of", ["subject", "person"])
async def test_a_relative_neither_asks_nor_views(office: Office, case: Case, who: str, told_of: str):
    relative = await office.person(case.unit_id, "李建民")
    if told_of == "subject":
        await office.hear(case.subject.kin(relative.person_id), version=2)
    else:
        await office.hear(relative.kin(case.subject.person_id), version=2)
    with pytest.raises(Recusal):
        if who == "asker":
            await office.submit(case, relative.account("viewer", case.unit_id))
        else:
            named = Viewer(relative.name, party_member=True, person_no=relative.person_no)
            await office.submit(case, viewers=(*case.named, named))
    assert await count(office, case) == 0


async def test_nobody_asks_for_their_own_dossier(office: Office, case: Case):
    with pytest.raises(Recusal):
        await office.submit(case, case.subject.account("viewer", case.unit_id))


async def test_an_account_is_known_to_be_somebody_by_what_the_gateway_tells(office: Office, case: Case):
    """The form names only an account; whose it is, access has heard."""
    account = somebody("viewer", case.unit_id)
    await office.hear(account_of(account, case.subject))
    named = Viewer("化名", party_member=True, account_id=account.account_id)
    with pytest.raises(Recusal):
        await office.submit(case, viewers=(*case.named, named))


async def test_where_nothing_can_be_told_the_person_declares(office: Office, case: Case):
    """Without a declaration it is asked for; with one the approver sees that nobody verified it."""
    stranger = somebody("viewer", case.unit_id)
    assert await faults(office, case, caller=stranger) == [("/relation_declaration", "required")]
    request = await office.submit(case, stranger, declaration="not_related")
    kept = await office.request(request.id)
    assert (kept.requester_relation, kept.declaration) == ("not_verified", "not_related")
    assert {one.relation for one in kept.viewers} == {"not_related"}
    assert await office.journal(request.id) == [
        ("view_request.submitted", stranger.account_id, 1),
        ("relation.declared", stranger.account_id, 1),
    ]
    with pytest.raises(Recusal):
        await office.submit(case, stranger, declaration="related")


async def test_a_repeated_key_asks_once(office: Office, case: Case):
    key = IdempotencyKey(f"{case.asker.account_id} POST /v1/view-requests", new_id("req"), b"a" * 32)
    first = await office.submit(case, key=key)
    again = await office.submit(case, key=key)
    assert again.id == first.id
    assert await count(office, case) == 1
    with pytest.raises(IdempotencyKeyReused):
        await office.submit(case, key=replace(key, request_hash=b"b" * 32))
