"""How people stand to the subject of a dossier, out of what access has heard of persons, kin and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from contracts.values.ternary import Ternary
from services.access.domain.recusal import Declaration, KinKnowledge, Statement
from services.access.domain.view_request import ViewRequest
from services.access.store import heard


@dataclass(frozen=True)
class Someone:
    """A person as a form or a sign-in names them."""

    account_id: str | None = None
    person_no: str | None = None


def caller_as_someone(caller: Caller) -> Someone:
    """The caller, with the person number that the gateway vouches for."""
    return Someone(caller.account_id, caller.person_no)


def viewers_as_someone(request: ViewRequest) -> list[Someone]:
    """The viewers of a request."""
    return [Someone(viewer.account_id, viewer.person_no) for viewer in request.viewers]


async def persons_of(uow: UnitOfWork, people: Sequence[Someone]) -> list[frozenset[str]]:
    """For each of them the persons they may be: by number, and by what the gateway told of the account.

    Two at once are possible while the catalog corrects a number, or where form and account disagree; then
    both count, because a relative must not slip through by a mistake.
    """
    accounts = await heard.list_accounts(uow, [one.account_id for one in people if one.account_id])
    number_of = {account.account_id: account.person_no for account in accounts}
    numbers = [{one.person_no, number_of.get(one.account_id or "")} - {None} for one in people]
    known = await heard.list_persons(uow, sorted({number for some in numbers for number in some if number}))
    return [frozenset(card.person_id for card in known if card.person_no in some) for some in numbers]


async def statements_on(
    uow: UnitOfWork, subject_id: str, people: Sequence[Someone], declared: Declaration | None
) -> list[Statement]:
    """What is known of each one's relation to the subject. Looks beyond the caller's units: kin work anywhere."""
    async with uow.as_service():
        persons = await persons_of(uow, people)
        everyone = frozenset({subject_id}).union(*persons)
        kin = KinKnowledge(await heard.kin_lists(uow, everyone))
    return [Statement(_related(kin, some, subject_id), declared) for some in persons]


def _related(kin: KinKnowledge, persons: frozenset[str], subject_id: str) -> Ternary:
    answer = Ternary.NO if persons else Ternary.CANNOT_TELL
    for person_id in persons:
        answer = answer | kin.related(person_id, subject_id)
    return answer


async def caller_related(uow: UnitOfWork) -> set[str]:
    """Persons whose dossiers the caller keeps away from: themselves and their known relatives."""
    async with uow.as_service():
        [persons] = await persons_of(uow, [caller_as_someone(uow.caller)])
        return await heard.related_to(uow, persons)


async def hold_kin(uow: UnitOfWork, subject_id: str, people: Sequence[Someone]) -> None:
    """Let no news of kin of these people come in between a check and what rests on it."""
    async with uow.as_service():
        persons = frozenset({subject_id}).union(*(await persons_of(uow, people)))
    for person_id in sorted(persons):
        await uow.lock(person_id)
