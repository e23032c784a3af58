"""A page is shown to a named viewer through a running grant, and register and journal know before the first byte."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, Recusal, Refusal, ViewRefused
from contracts.values.ids import new_id, to_uuid
from services.access.domain.grant import Grant
from services.access.domain.scope import Scope
from services.access.usecases.end_grant import RevokeGrant, end_expired, revoke_grant
from services.access.usecases.view_page import Admitted, view_materials, view_page
from tests.services.access.office import Case, Office
from tests.support.rooms import somebody

DRAWN = b"drawn"


async def view(office: Office, grant: Grant, page_id: str, caller: Caller, draw: Any = None) -> bytes:
    async def drawn(_: Admitted) -> bytes:
        return DRAWN

    return await view_page(
        grant.id,
        page_id,
        begin=lambda: office.acting(caller, "grant:view"),
        policy=office.deps.rules,
        draw=draw or drawn,
    )


async def test_the_first_view_is_one_line_and_one_row(office: Office, case: Case):
    """Looking again adds nothing; the other viewer has a line of their own."""
    filed = await office.filed(case.subject, "4-1", pages=2)
    grant = await office.granted(case)
    first, second = (page.page_id for page in filed.pages)
    for caller, page_id in ((case.first, first), (case.first, first), (case.second, first), (case.first, second)):
        assert await view(office, grant, page_id, caller) == DRAWN
    assert await office.register(grant.id) == [(to_uuid(first), 1), (to_uuid(first), 2), (to_uuid(second), 1)]
    assert await office.journal(first) == [
        ("page.viewed", case.first.account_id, 1),
        ("page.viewed", case.second.account_id, 1),
    ]


async def test_the_same_page_twice_at_once_is_one_line(office: Office, case: Case):
    filed = await office.filed(case.subject)
    grant = await office.granted(case)
    page_id = filed.pages[0].page_id
    assert await asyncio.gather(*(view(office, grant, page_id, case.first) for _ in range(4))) == [DRAWN] * 4
    assert len(await office.register(grant.id)) == 1
    assert len(await office.journal(page_id)) == 1


async def refused(office: Office, grant: Grant, page_id: str, caller: Caller) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await view(office, grant, page_id, caller)
    assert await office.register(grant.id) == []
    assert await office.journal(page_id) == []
    return caught.value


async def test_a_page_outside_the_scope_is_refused(office: Office, case: Case):
    outside = await office.filed(case.subject, "9-2")
    grant = await office.granted(case)
    no = await refused(office, grant, outside.pages[0].page_id, case.first)
    assert isinstance(no, ViewRefused)
    assert no.params == {"predicate": "outside_scope"}


async def test_listed_materials_only(office: Office, case: Case):
    listed, other = await office.filed(case.subject), await office.filed(case.subject, item_no=2)
    grant = await office.granted(case, scope=Scope("materials", material_ids=(listed.material_id,)))
    assert (await refused(office, grant, other.pages[0].page_id, case.first)).params["predicate"] == "outside_scope"
    assert await view(office, grant, listed.pages[0].page_id, case.first) == DRAWN


async def test_who_is_not_named_learns_nothing(office: Office, case: Case):
    """A colleague, the head who signed and the leader see no page through others' grant."""
    filed = await office.filed(case.subject)
    grant = await office.granted(case)
    colleague = somebody("viewer", case.unit_id)
    signer = replace(case.leader, posts=(("viewer", case.unit_id), *case.leader.posts))
    for caller in (colleague, signer):
        assert isinstance(await refused(office, grant, filed.pages[0].page_id, caller), NotFound)
    for page_id in (new_id("pag"), (await office.filed(await office.person(case.unit_id))).pages[0].page_id):
        assert isinstance(await refused(office, grant, page_id, case.first), NotFound)
    with pytest.raises(NotFound):
        await view(office, replace(grant, id=new_id("grt")), filed.pages[0].page_id, case.first)


async def test_a_viewer_sent_from_a_unit_below_is_let_in(office: Office, case: Case):
    filed = await office.filed(case.subject)
    grant = await office.granted(case)
    below = replace(case.first, posts=(("viewer", await office.unit(case.unit_id)),))
    assert await view(office, grant, filed.pages[0].page_id, below) == DRAWN
    assert len(await office.register(grant.id)) == 1


async def test_a_revoked_grant_shows_nothing(office: Office, case: Case):
    filed = await office.filed(case.subject)
    grant = await office.granted(case)
    await revoke_grant(
        RevokeGrant(grant.id, ("misuse",)),
        uow=office.acting(case.leader, "grant:revoke"),
        policy=office.deps.rules,
    )
    assert (await refused(office, grant, filed.pages[0].page_id, case.first)).params == {"predicate": "grant_revoked"}


@pytest.mark.parametrize("written_down", [False, True])
async def test_a_grant_that_is_over_shows_nothing(office: Office, case: Case, written_down: bool):
    """From its last moment on, whether the job has ended it yet or not."""
    filed = await office.filed(case.subject)
    grant = await office.granted(case)
    await office.end_time(grant)
    if written_down:
        await end_expired(office.deps)
    assert (await refused(office, grant, filed.pages[0].page_id, case.first)).params == {"predicate": "grant_expired"}


async def test_a_grant_for_later_shows_nothing_yet(office: Office, case: Case):
    filed = await office.filed(case.subject)
    grant = await office.granted(case)
    await office.admin.execute(
        "update access.view_grant set valid_from = now() + interval '1 h' where id = $1", to_uuid(grant.id)
    )
    no = await refused(office, grant, filed.pages[0].page_id, case.first)
    assert no.params == {"predicate": "grant_not_begun"}


async def test_a_relation_that_shows_at_sign_in_recuses(office: Office, case: Case):
    """The form named an account; the gateway vouches for a number that is the subject's."""
    filed = await office.filed(case.subject)
    account = somebody("viewer", case.unit_id)
    named = (case.named[0], replace(case.named[1], person_no=None, account_id=account.account_id))
    grant = await office.granted(case, viewers=named, declaration="not_related")
    itself = replace(account, person_no=case.subject.person_no)
    assert isinstance(await refused(office, grant, filed.pages[0].page_id, itself), Recusal)


async def test_what_cannot_be_drawn_is_no_view(office: Office, case: Case):
    filed = await office.filed(case.subject)
    grant = await office.granted(case)

    async def broken(_: Admitted) -> bytes:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        await view(office, grant, filed.pages[0].page_id, case.first, broken)
    assert await office.register(grant.id) == []


async def test_a_revocation_while_the_page_is_drawn_wins(office: Office, case: Case):
    filed = await office.filed(case.subject)
    grant = await office.granted(case)

    async def slow(_: Admitted) -> bytes:
        await revoke_grant(
            RevokeGrant(grant.id, ("misuse",)),
            uow=office.acting(case.leader, "grant:revoke"),
            policy=office.deps.rules,
        )
        return DRAWN

    with pytest.raises(ViewRefused):
        await view(office, grant, filed.pages[0].page_id, case.first, slow)
    assert await office.register(grant.id) == []


async def test_nothing_ends_a_grant_between_the_judgement_and_the_answer(office: Office, case: Case):
    """Whoever would end it waits until the view has committed; another view does not wait."""
    page_id = (await office.filed(case.subject)).pages[0].page_id
    grant = await office.granted(case)
    await view(office, grant, page_id, case.first)
    lock = "select from access.view_request where id = $1 for {} nowait"
    seen: list[str] = []

    class Watched(UnitOfWork):
        """A transaction that tells, just before its end, whether the request is held."""

        async def __aexit__(self, *end: Any) -> None:
            for mode in ("share", "update"):
                try:
                    await office.admin.execute(lock.format(mode), to_uuid(grant.request_id))
                    seen.append(mode)
                except asyncpg.LockNotAvailableError:
                    seen.append(f"no {mode}")
            await super().__aexit__(*end)

    def begin() -> UnitOfWork:
        deps = office.deps
        return Watched(deps.db, case.first, case.first.roots("grant:view"), deps.speaker)

    async def drawn(_: Admitted) -> bytes:
        seen.append("drawn")
        return DRAWN

    await view_page(grant.id, page_id, begin=begin, policy=office.deps.rules, draw=drawn)
    assert seen == ["share", "update", "drawn", "share", "no update"]


async def test_the_granted_materials_are_listed_in_the_order_of_the_catalogue(office: Office, case: Case):
    await office.filed(case.subject, "9-2")
    third = await office.filed(case.subject, "4-2", item_no=1)
    second = await office.filed(case.subject, "4-1", item_no=2)
    first = await office.filed(case.subject, "4-1", item_no=1)
    grant = await office.granted(case)
    shown = await view_materials(grant.id, uow=office.acting(case.first, "grant:view"), policy=office.deps.rules)
    assert [one.material_id for one in shown] == [one.material_id for one in (first, second, third)]
    assert (await office.journal(grant.id))[-1] == ("grant.materials_viewed", case.first.account_id, 1)
    with pytest.raises(NotFound):
        await view_materials(
            grant.id, uow=office.acting(somebody("viewer", case.unit_id), "grant:view"), policy=office.deps.rules
        )
