"""Who reviews which dossier. All of it is the service's own act: nobody else sees a sheet that is not opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.assignment import Pair
from services.audit.domain.campaign import RemovalReason

_GIVE = """
insert into review (id, unit_id, version, campaign_dossier_id, account_id, state, sheet, assigned_at)
select g.id, d.unit_id, 1, d.id, g.account_id, 'open', '{}', $4
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as g (id, campaign_dossier_id, account_id)
join campaign_dossier d on d.id = g.campaign_dossier_id
"""

_LOADS = """
select r.account_id, count(*) filter (where r.state <> 'void') as assigned,
  count(*) filter (where r.opened and r.state <> 'void') as opened
from campaign_dossier d join review r on r.campaign_dossier_id = d.id
where d.campaign_id = $1 group by r.account_id order by r.account_id
"""

# A sheet of an opened pair counts: it is not taken back.
_VOID = """
update review r set state = 'void', void_reason = $3, version = r.version + 1
from campaign_dossier d
where d.id = r.campaign_dossier_id and d.campaign_id = $1 and r.account_id = $2 and r.state <> 'void' and not r.opened
  and ($4::uuid[] is null or d.id = any ($4))
returning r.id, r.version, d.id as campaign_dossier_id
"""


# Held in one order, and before the sheets, as by whoever hands a sheet in: the pair must not open meanwhile.
_HOLD = """
select from campaign_dossier d
where d.campaign_id = $1 and d.state = 'first_review' and ($3::uuid[] is null or d.id = any ($3))
  and exists (select from review r where r.campaign_dossier_id = d.id and r.account_id = $2 and r.state <> 'void')
order by d.id for update
"""

_ACCOUNTS = """
select a.account_id, a.active,
  (select (array_agg(p.person_id))[1] from heard_person p where p.person_no = a.person_no having count(*) = 1)
    as person_id
from heard_account a where a.account_id = any ($1::uuid[]) order by a.account_id
"""


@dataclass(frozen=True)
class Account:
    """An account as the gateway told of it. `person_id`: whose it is, if that is one person of the catalog."""

    account_id: str
    active: bool
    person_id: str | None


@dataclass(frozen=True)
class Load:
    """How many dossiers somebody has, and of how many the pair is opened. Not how many they have handed in."""

    account_id: str
    assigned: int
    opened: int


@dataclass(frozen=True)
class Given:
    """A sheet and where it belongs."""

    review_id: str
    version: int
    campaign_dossier_id: str


async def accounts(uow: UnitOfWork, account_ids: Sequence[str]) -> list[Account]:
    """Those of these accounts that were heard of, in order of their ids."""
    async with uow.as_service():
        rows = await uow.raw().fetch(_ACCOUNTS, [to_uuid(one) for one in account_ids])
    return [
        Account(
            from_uuid("acc", row["account_id"]),
            row["active"],
            from_uuid("per", row["person_id"]) if row["person_id"] else None,
        )
        for row in rows
    ]


async def give(uow: UnitOfWork, pairs: Sequence[Pair]) -> list[Given]:
    """Make an empty sheet for each of these reviewers."""
    given = [(new_id("rev"), pair.id, account_id) for pair in pairs for account_id in pair.account_ids]
    columns = [[to_uuid(row[n]) for row in given] for n in range(3)]
    async with uow.as_service():
        await uow.raw().execute(_GIVE, *columns, uow.now)
    return [Given(review_id, 1, campaign_dossier_id) for review_id, campaign_dossier_id, _ in given]


async def loads_of(uow: UnitOfWork, campaign_id: str) -> list[Load]:
    """What each reviewer of a campaign has, in order of their accounts."""
    async with uow.as_service():
        rows = await uow.raw().fetch(_LOADS, to_uuid(campaign_id))
    return [Load(from_uuid("acc", row["account_id"]), row["assigned"], row["opened"]) for row in rows]


async def count_open(uow: UnitOfWork, campaign_id: str) -> int:
    """How many dossiers of a campaign have a sheet that nobody else has seen yet."""
    async with uow.as_service():
        return await uow.raw().fetchval(
            """select count(distinct d.id) from campaign_dossier d join review r on r.campaign_dossier_id = d.id
            where d.campaign_id = $1 and r.state <> 'void' and not r.opened""",
            to_uuid(campaign_id),
        )


async def earlier(
    uow: UnitOfWork, campaign_dossier_ids: Sequence[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]]]:
    """Of dossiers that wait: who has them still, and who was taken off them."""
    async with uow.as_service():
        rows = await uow.raw().fetch(
            """select campaign_dossier_id, array_agg(account_id order by account_id) filter (where state <> 'void')
                as kept, array_agg(account_id) filter (where state = 'void') as barred
            from review where campaign_dossier_id = any ($1::uuid[]) group by campaign_dossier_id""",
            [to_uuid(one) for one in campaign_dossier_ids],
        )
    kept: dict[str, tuple[str, ...]] = {}
    barred: dict[str, frozenset[str]] = {}
    for row in rows:
        key = from_uuid("cdo", row["campaign_dossier_id"])
        kept[key] = tuple(from_uuid("acc", one) for one in row["kept"] or ())
        barred[key] = frozenset(from_uuid("acc", one) for one in row["barred"] or ())
    return kept, barred


async def hold(uow: UnitOfWork, campaign_id: str, account_id: str, campaign_dossier_ids: Sequence[str] | None) -> None:
    """Hold the dossiers that somebody reviews until the end of this transaction."""
    only = None if campaign_dossier_ids is None else [to_uuid(one) for one in campaign_dossier_ids]
    async with uow.as_service():
        await uow.raw().fetch(_HOLD, to_uuid(campaign_id), to_uuid(account_id), only)


async def void(
    uow: UnitOfWork,
    campaign_id: str,
    account_id: str,
    reason: RemovalReason,
    campaign_dossier_ids: Sequence[str] | None,
) -> list[Given]:
    """Take somebody off all their dossiers of a campaign, or off these, as far as the pairs are not opened."""
    only = None if campaign_dossier_ids is None else [to_uuid(one) for one in campaign_dossier_ids]
    async with uow.as_service():
        rows = await uow.raw().fetch(_VOID, to_uuid(campaign_id), to_uuid(account_id), reason, only)
    return [
        Given(from_uuid("rev", row["id"]), row["version"], from_uuid("cdo", row["campaign_dossier_id"])) for row in rows
    ]


async def opened_of(
    uow: UnitOfWork, campaign_id: str, account_id: str, campaign_dossier_ids: Sequence[str]
) -> dict[str, str]:
    """Of these dossiers those in which somebody's sheet is opened, each with the state in which it stands."""
    async with uow.as_service():
        rows = await uow.raw().fetch(
            """select d.id, d.state from campaign_dossier d join review r on r.campaign_dossier_id = d.id
            where d.campaign_id = $1 and r.account_id = $2 and r.opened and d.id = any ($3::uuid[])""",
            to_uuid(campaign_id),
            to_uuid(account_id),
            [to_uuid(one) for one in campaign_dossier_ids],
        )
    return {from_uuid("cdo", row["id"]): row["state"] for row in rows}
