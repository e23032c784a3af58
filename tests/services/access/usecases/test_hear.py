"""What is heard is kept by version: twice, late or in any order, the newest stands."""

from __future__ import annotations

import itertools

import pytest

from contracts.events import DossierChanged, MaterialFiled, MaterialRefiled, MaterialRemoved
from contracts.values.ids import new_id
from services.access.store import heard
from services.access.usecases.end_grant import RevokeGrant, revoke_grant
from tests.services.access.office import Case, Office, Person, account_of
from tests.support.rooms import somebody


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
async def test_the_newest_kin_list_stands_whatever_came_last(office: Office, order: tuple[int, ...]):
    person = Person(await office.unit())
    lists = {1: person.kin(complete=False), 2: person.kin(new_id("per")), 3: person.kin(new_id("per"), new_id("per"))}
    for version in order:
        assert await office.hear(lists[version], version=version) is None
        assert await office.hear(lists[version], version=version) is None
    async with office.deps.as_service() as uow:
        [kept] = (await heard.kin_lists(uow, [person.person_id])).values()
    assert kept.relatives == {relative.person_id for relative in lists[3].kin}


async def test_an_older_card_does_not_bring_an_old_name_back(office: Office):
    person = Person(await office.unit())
    await office.hear(person.card(name="李新国"), version=2)
    await office.hear(person.card(), version=1)
    async with office.deps.as_service() as uow:
        [kept] = await heard.list_persons(uow, [person.person_no])
    assert (kept.name, kept.version) == ("李新国", 2)


async def test_a_material_that_is_filed_anew_is_found_at_its_new_place(office: Office, case: Case):
    filed = await office.filed(case.subject, "4-1", pages=2)
    await office.hear(filed.model_copy(update={"category": "9-2", "item_no": 3}), version=2)
    await office.hear(filed, version=1)
    async with office.deps.as_service() as uow:
        page = await heard.find_page(uow, filed.pages[1].page_id)
    assert page is not None
    assert (page.place.category, page.item_no, page.page_no) == ("9-2", 3, 2)
    assert page.page == filed.pages[1]


def _refiled(filed: MaterialFiled, **changes: object) -> MaterialRefiled:
    told = filed.model_dump(exclude={"item_id", "submission_id"}) | {"from_category": "1", "from_item_no": 1}
    return MaterialRefiled.model_validate({**told, "reason": "moved", **changes})


def _removed(filed: MaterialFiled) -> MaterialRemoved:
    told = filed.model_dump(exclude={"item_id", "submission_id"}) | {"from_category": "1", "from_item_no": 1}
    return MaterialRemoved.model_validate({**told, "reason": "duplicate"})


@pytest.mark.parametrize("order", list(itertools.permutations([2, 3, 4])))
async def test_a_material_is_shown_where_the_last_word_puts_it(office: Office, case: Case, order: tuple[int, ...]):
    """Moved, taken out, brought back: in whatever order it is heard, the newest stands."""
    filed = await office.filed(case.subject, "4-1", pages=2)
    told = {
        2: _refiled(filed, category="3", item_no=1),
        3: _removed(filed),
        4: _refiled(filed, category="9-2", item_no=7, title="任免审批表", reason="restored"),
    }
    for version in order:
        assert await office.hear(told[version], version=version) is None
    async with office.deps.as_service() as uow:
        page = await heard.find_page(uow, filed.pages[0].page_id)
        (shown,) = await heard.list_materials(uow, filed.dossier_id, 10)
    assert page is not None
    assert (page.place.category, page.item_no, shown.title) == ("9-2", 7, "任免审批表")


async def test_a_removed_material_is_shown_to_nobody(office: Office, case: Case):
    """Its page is not found, it is not listed, and no request may name it. What was never heard of is waited for."""
    filed = await office.filed(case.subject, "4-1", pages=2)
    assert await office.hear(_removed(filed), version=2) is None
    async with office.deps.as_service() as uow:
        assert await heard.find_page(uow, filed.pages[0].page_id) is None
        assert list(await heard.list_materials(uow, filed.dossier_id, 10)) == []
        assert await heard.known_materials(uow, filed.dossier_id, [filed.material_id]) == set()
    unheard = _removed(filed).model_copy(update={"material_id": new_id("mat")})
    assert await office.hear(unheard, version=2) is not None


async def test_the_same_event_twice_takes_effect_once(office: Office, case: Case):
    grant = await office.granted(case)
    event_id = new_id("evt")
    for _ in range(2):
        await office.hear(case.subject.kin(case.viewers[0].person_id), version=2, event_id=event_id)
    told = await office.told(f"grants/{grant.id}")
    assert [one["type"] for one in told] == ["dangan.grant.approved.v1", "dangan.grant.ended.v1"]


async def test_a_dossier_that_moves_takes_its_requests_and_grants_along(office: Office, case: Case):
    """The leader of the new unit signs and revokes; the former one sees nothing of it any more."""
    grant, request = await office.granted(case), await office.submit(case)
    await office.decide(await office.waiting(request), case.head)
    unit_id = await office.unit()
    moved = DossierChanged(**case.subject.dossier(unit_id=unit_id).model_dump())
    await office.hear(moved, version=2)
    waiting = await office.waiting(request)
    assert (waiting.unit_id, waiting.version) == (unit_id, 2)
    assert ((await office.request(request.id)).version, (await office.grant(grant.id)).version) == (3, 2)
    assert (await office.journal(request.id))[-1] == ("view_request.moved", "service:access", 3)
    new_leader = somebody("leader", unit_id)
    await office.decide(await office.waiting(request), new_leader, declaration="not_related")
    ended = await revoke_grant(
        RevokeGrant(grant.id, ("misuse",)),
        uow=office.acting(new_leader, "grant:revoke"),
        policy=office.deps.rules,
    )
    assert (ended.state, ended.subject_unit_id) == ("revoked", unit_id)


async def test_an_older_place_of_a_dossier_moves_nothing(office: Office, case: Case):
    request = await office.submit(case)
    late = DossierChanged(**case.subject.dossier(unit_id=await office.unit()).model_dump())
    await office.hear(late, version=1)
    assert (await office.request(request.id)).subject.unit_id == case.archive_unit_id


async def test_an_account_that_is_told_of_before_its_person_is_joined_later(office: Office, case: Case):
    """Order does not matter: account, then card, then kin; the grant ends with the last piece."""
    person = Person(case.unit_id, "周兵")
    account = somebody("viewer", case.unit_id)
    await office.hear(account_of(account, person))
    named = (case.named[0], case.named[1].__class__("周兵", True, account_id=account.account_id))
    grant = await office.granted(case, viewers=named, declaration="not_related")
    await office.hear(person.kin(case.subject.person_id))
    assert (await office.grant(grant.id)).state == "running"
    await office.hear(person.card())
    assert (await office.grant(grant.id)).ended_reason == "recusal"
