"""Reviews by somebody who is found to be the subject or a relative afterwards. All of it is the service's own act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.campaign import CampaignState
from services.audit.domain.progress import Progress
from services.audit.store.scope import in_scope
from services.audit.store.tables_campaign import TaintedReviewRow

Noticed = Literal["kin", "removal"]
Outcome = Literal["released", "for_superior"]

# Held in one order, as by whoever takes a reviewer off, and before the sheets.
_HOLD = "select from campaign_dossier where id = any ($1::uuid[]) order by id for update"
_REVIEWS = """
select r.id, r.campaign_dossier_id, r.account_id, r.opened, d.campaign_id, d.unit_id, d.person_id, d.state,
  c.state as campaign_state
from review r join campaign_dossier d on d.id = r.campaign_dossier_id join campaign c on c.id = d.campaign_id
where r.id = any ($1::uuid[]) and r.state <> 'void' order by d.id, r.id
"""
_OF_KIN = """
select r.id, d.id as campaign_dossier_id from unnest($1::uuid[], $2::uuid[]) as related (subject_id, reviewer_id)
join heard_person p on p.person_id = related.reviewer_id
join campaign_dossier d on d.person_id = related.subject_id
join review r on r.campaign_dossier_id = d.id and r.state <> 'void'
join heard_account a on a.account_id = r.account_id and a.person_no = p.person_no
"""
_OF_ACCOUNT = """
select r.id, d.id as campaign_dossier_id from campaign_dossier d join review r on r.campaign_dossier_id = d.id
where d.campaign_id = $1 and r.account_id = $2 and r.state <> 'void'
  and ($3::uuid[] is null or d.id = any ($3))
"""
_VOID = """
update review set state = 'void', void_reason = 'related', version = version + 1
where campaign_dossier_id = any ($1::uuid[]) and state <> 'void' returning id, version
"""
_VOID_ONE = """
update review set state = 'void', void_reason = 'related', version = version + 1 where id = $1 returning version
"""
_RELEASE = """
update campaign_dossier set state = $2, result = null, version = version + 1 where id = any ($1::uuid[])
returning id, version
"""


@dataclass(frozen=True)
class Tainted:
    """A review and where its dossier stands."""

    review_id: str
    account_id: str
    opened: bool
    campaign_dossier_id: str
    campaign_id: str
    unit_id: str
    person_id: str
    state: Progress
    campaign_state: CampaignState


@dataclass(frozen=True)
class Voided:
    """What was taken back: reviews and dossiers with their new versions."""

    reviews: dict[str, int]
    dossiers: dict[str, int]


async def of_kin(uow: UnitOfWork, person_id: str, kin_ids: Collection[str]) -> dict[str, str]:
    """Reviews of these persons by one another, each with its dossier in the campaign."""
    person, kin = to_uuid(person_id), [to_uuid(one) for one in kin_ids]
    many = [person] * len(kin)
    return _by_review(await uow.raw().fetch(_OF_KIN, [*many, *kin], [*kin, *many]))


async def of_account(
    uow: UnitOfWork, campaign_id: str, account_id: str, campaign_dossier_ids: Sequence[str] | None
) -> dict[str, str]:
    """Reviews of an account in a campaign, or in these dossiers of it, each with its dossier."""
    only = None if campaign_dossier_ids is None else [to_uuid(one) for one in campaign_dossier_ids]
    return _by_review(await uow.raw().fetch(_OF_ACCOUNT, to_uuid(campaign_id), to_uuid(account_id), only))


def _by_review(rows: Sequence[dict[str, object]]) -> dict[str, str]:
    return {from_uuid("rev", row["id"]): from_uuid("cdo", row["campaign_dossier_id"]) for row in rows}  # pyright: ignore


async def hold(uow: UnitOfWork, campaign_dossier_ids: Collection[str]) -> None:
    """Hold these dossiers until the end of this transaction."""
    await uow.raw().fetch(_HOLD, [to_uuid(one) for one in campaign_dossier_ids])


async def as_held(uow: UnitOfWork, review_ids: Collection[str]) -> list[Tainted]:
    """These reviews as they stand once their dossiers are held, without those that are void by now."""
    rows = await uow.raw().fetch(_REVIEWS, [to_uuid(one) for one in review_ids])
    return [
        Tainted(
            review_id=from_uuid("rev", row["id"]),
            account_id=from_uuid("acc", row["account_id"]),
            opened=row["opened"],
            campaign_dossier_id=from_uuid("cdo", row["campaign_dossier_id"]),
            campaign_id=from_uuid("cmp", row["campaign_id"]),
            unit_id=from_uuid("unt", row["unit_id"]),
            person_id=from_uuid("per", row["person_id"]),
            state=Progress(row["state"]),
            campaign_state=CampaignState(row["campaign_state"]),
        )
        for row in rows
    ]


async def void_one(uow: UnitOfWork, review_id: str) -> int:
    """One sheet counts no more; its new version."""
    return await uow.raw().fetchval(_VOID_ONE, to_uuid(review_id))


async def release(uow: UnitOfWork, campaign_dossier_ids: Collection[str], state: Progress) -> dict[str, int]:
    """These dossiers wait to be given out; their new versions."""
    rows = await uow.raw().fetch(_RELEASE, [to_uuid(one) for one in campaign_dossier_ids], state.value)
    return {from_uuid("cdo", row["id"]): row["version"] for row in rows}


async def void_pairs(uow: UnitOfWork, campaign_dossier_ids: Collection[str], state: Progress) -> Voided:
    """Both sheets of each count no more, nor what compared them and the second review that began on them."""
    ids = [to_uuid(one) for one in campaign_dossier_ids]
    reviews = await uow.raw().fetch(_VOID, ids)
    await uow.raw().execute("delete from comparison where campaign_dossier_id = any ($1::uuid[])", ids)
    await uow.raw().execute(
        "update second_review set ended_at = $2 where campaign_dossier_id = any ($1::uuid[]) and ended_at is null",
        ids,
        uow.now,
    )
    dossiers = await release(uow, campaign_dossier_ids, state)
    return Voided({from_uuid("rev", row["id"]): row["version"] for row in reviews}, dossiers)


async def keep(uow: UnitOfWork, one: Tainted, noticed: Noticed, outcome: Outcome) -> TaintedReviewRow | None:
    """Keep the finding; None where it is kept already."""
    found = await uow.session.exec(select(TaintedReviewRow.id).where(TaintedReviewRow.review_id == one.review_id))
    if found.first() is not None:
        return None
    row = TaintedReviewRow(
        id=new_id("tnr"),
        unit_id=one.unit_id,
        campaign_id=one.campaign_id,
        campaign_dossier_id=one.campaign_dossier_id,
        person_id=one.person_id,
        review_id=one.review_id,
        account_id=one.account_id,
        noticed=noticed,
        state=one.state.value,
        outcome=outcome,
        noticed_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    return row


async def page_of(
    uow: UnitOfWork, campaign_id: str, *, after: str | None, limit: int, hidden_persons: Collection[str]
) -> Sequence[TaintedReviewRow]:
    """The findings of a campaign, in order, without those on `hidden_persons`."""
    statement = select(TaintedReviewRow).where(
        TaintedReviewRow.campaign_id == campaign_id, in_scope(uow, TaintedReviewRow.unit_id)
    )
    if after is not None:
        statement = statement.where(col(TaintedReviewRow.id) > after)
    if hidden_persons:
        statement = statement.where(col(TaintedReviewRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement.order_by(col(TaintedReviewRow.id)).limit(limit))).all()
