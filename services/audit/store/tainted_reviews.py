"""Reviews, first and second, by somebody who is found to be the subject or a relative afterwards.

All of it is the service's own act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.campaign import CampaignState
from services.audit.domain.progress import Progress
from services.audit.domain.spot_check import IN_FORCE
from services.audit.store.scope import in_scope
from services.audit.store.tables_campaign import TaintedReviewRow

Noticed = Literal["kin", "account", "removal"]
Outcome = Literal["released", "for_superior"]

# Held in one order, as by whoever takes a reviewer off, and before the sheets.
_HOLD = "select from campaign_dossier where id = any ($1::uuid[]) order by id for update"
_HOLD_OF = "select from campaign_dossier where person_id = any ($1::uuid[]) order by id for update"
_REVIEWS = """
select r.id, r.campaign_dossier_id, r.account_id, r.opened, d.campaign_id, d.unit_id, d.person_id, d.state,
  c.state as campaign_state
from review r join campaign_dossier d on d.id = r.campaign_dossier_id join campaign c on c.id = d.campaign_id
where r.id = any ($1::uuid[]) and r.state <> 'void' order by d.id, r.id
"""
# Of a dossier the second review that counts is the last: it is open, or what came of it is in force.
_SECOND_REVIEWS = """
select s.id, s.campaign_dossier_id, s.account_id, true as opened, d.campaign_id, d.unit_id, d.person_id, d.state,
  c.state as campaign_state
from second_review s join campaign_dossier d on d.id = s.campaign_dossier_id join campaign c on c.id = d.campaign_id
where s.id = any ($1::uuid[]) and (s.ended_at is null or d.state = any ($2::text[]))
  and not exists (select from second_review l where l.campaign_dossier_id = d.id and l.id > s.id)
order by d.id, s.id
"""
_RELATED = """
from unnest($1::uuid[], $2::uuid[]) as related (subject_id, reviewer_id)
join heard_person p on p.person_id = related.reviewer_id
join campaign_dossier d on d.person_id = related.subject_id
"""
_OF_RELATED = f"""
select r.id, d.id as campaign_dossier_id {_RELATED}
join review r on r.campaign_dossier_id = d.id and r.state <> 'void'
join heard_account a on a.account_id = r.account_id and a.person_no = p.person_no
"""
_SECOND_OF_RELATED = f"""
select s.id, d.id as campaign_dossier_id {_RELATED}
join second_review s on s.campaign_dossier_id = d.id
join heard_account a on a.account_id = s.account_id and a.person_no = p.person_no
"""
_OF_ACCOUNT = """
select r.id, d.id as campaign_dossier_id from campaign_dossier d join review r on r.campaign_dossier_id = d.id
where d.campaign_id = $1 and r.account_id = $2 and r.state <> 'void'
  and ($3::uuid[] is null or d.id = any ($3))
"""
_OF_DOSSIER = """
select review_id, second_review_id from tainted_review where campaign_dossier_id = $1 and outcome = 'for_superior'
"""
# Until the superior has confirmed or corrected what is in force, or others reviewed it: here, or in a later campaign.
_UNCONFIRMED = text("""
select t.person_id, t.campaign_id from tainted_review t
where t.person_id = any (:persons) and t.outcome = 'for_superior'
  and not exists (select from superior_review s where s.campaign_dossier_id = t.campaign_dossier_id
    and s.reviewed_at >= t.noticed_at and s.outcome <> 'return_for_redetermination')
  and not exists (select from review r where r.id = t.review_id and r.state = 'void')
  and not exists (select from second_review l
    where l.campaign_dossier_id = t.campaign_dossier_id and l.id > t.second_review_id)
  and not exists (select from campaign_dossier d
    where d.person_id = t.person_id and d.id > t.campaign_dossier_id and d.state = any (:in_force))
order by t.id
""").bindparams(bindparam("persons", type_=ARRAY(IdType("per"))), bindparam("in_force", type_=ARRAY(Text)))
_SECOND_OF_ACCOUNT = """
select s.id, d.id as campaign_dossier_id from campaign_dossier d join second_review s on s.campaign_dossier_id = d.id
where d.campaign_id = $1 and s.account_id = $2 and ($3::uuid[] is null or d.id = any ($3))
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
class Sheets:
    """Reviews and second reviews by somebody, each with its dossier in the campaign."""

    reviews: Mapping[str, str]
    second_reviews: Mapping[str, str]

    @property
    def dossiers(self) -> set[str]:
        """All their dossiers."""
        return {*self.reviews.values(), *self.second_reviews.values()}


@dataclass(frozen=True)
class Tainted:
    """A review, or a second one, and where its dossier stands."""

    review_id: str
    account_id: str
    opened: bool
    campaign_dossier_id: str
    campaign_id: str
    unit_id: str
    person_id: str
    state: Progress
    campaign_state: CampaignState

    @property
    def second(self) -> bool:
        """Whether it is a second review."""
        return self.review_id.startswith("snd_")


@dataclass(frozen=True)
class Voided:
    """What was taken back: reviews and dossiers with their new versions."""

    reviews: dict[str, int]
    dossiers: dict[str, int]


async def of_related(uow: UnitOfWork, pairs: Collection[tuple[str, str]]) -> Sheets:
    """Reviews of the first person of each pair by the second one."""
    subjects, reviewers = [to_uuid(one) for one, _ in pairs], [to_uuid(other) for _, other in pairs]
    firsts = await uow.raw().fetch(_OF_RELATED, subjects, reviewers)
    seconds = await uow.raw().fetch(_SECOND_OF_RELATED, subjects, reviewers)
    return Sheets(_by_id("rev", firsts), _by_id("snd", seconds))


async def of_account(
    uow: UnitOfWork, campaign_id: str, account_id: str, campaign_dossier_ids: Sequence[str] | None
) -> Sheets:
    """Reviews by an account in a campaign, or in these dossiers of it."""
    only = None if campaign_dossier_ids is None else [to_uuid(one) for one in campaign_dossier_ids]
    asked = (to_uuid(campaign_id), to_uuid(account_id), only)
    firsts = await uow.raw().fetch(_OF_ACCOUNT, *asked)
    seconds = await uow.raw().fetch(_SECOND_OF_ACCOUNT, *asked)
    return Sheets(_by_id("rev", firsts), _by_id("snd", seconds))


async def left_to_superior(uow: UnitOfWork, campaign_dossier_id: str) -> Sheets:
    """What of a dossier was left to the superior."""
    rows = await uow.raw().fetch(_OF_DOSSIER, to_uuid(campaign_dossier_id))
    firsts = [from_uuid("rev", row["review_id"]) for row in rows if row["review_id"]]
    seconds = [from_uuid("snd", row["second_review_id"]) for row in rows if row["second_review_id"]]
    return Sheets(dict.fromkeys(firsts, campaign_dossier_id), dict.fromkeys(seconds, campaign_dossier_id))


async def unconfirmed_of(uow: UnitOfWork, person_ids: Collection[str]) -> list[tuple[str, str]]:
    """(person, campaign) of each finding that is with the superior still."""
    asked = {"persons": list(person_ids), "in_force": [state.value for state in IN_FORCE]}
    rows = await (await uow.session.connection()).execute(_UNCONFIRMED, asked)
    return [(from_uuid("per", person_id), from_uuid("cmp", campaign_id)) for person_id, campaign_id in rows]


def _by_id(prefix: str, rows: Sequence[Any]) -> dict[str, str]:
    return {from_uuid(prefix, row["id"]): from_uuid("cdo", row["campaign_dossier_id"]) for row in rows}


async def hold_of(uow: UnitOfWork, person_ids: Collection[str]) -> None:
    """Hold the dossiers of these persons in all campaigns: whoever takes one up meanwhile comes before or after."""
    await uow.raw().fetch(_HOLD_OF, [to_uuid(one) for one in person_ids])


async def hold(uow: UnitOfWork, campaign_dossier_ids: Collection[str]) -> None:
    """Hold these dossiers until the end of this transaction."""
    await uow.raw().fetch(_HOLD, [to_uuid(one) for one in campaign_dossier_ids])


async def as_held(uow: UnitOfWork, review_ids: Collection[str]) -> list[Tainted]:
    """These reviews as they stand once their dossiers are held, without those that are void by now."""
    rows = await uow.raw().fetch(_REVIEWS, [to_uuid(one) for one in review_ids])
    return [_tainted("rev", row) for row in rows]


async def seconds_as_held(uow: UnitOfWork, second_review_ids: Collection[str]) -> list[Tainted]:
    """These second reviews as they stand, without those in whose place another came, or that went with their pair."""
    ids = [to_uuid(one) for one in second_review_ids]
    rows = await uow.raw().fetch(_SECOND_REVIEWS, ids, [state.value for state in IN_FORCE])
    return [_tainted("snd", row) for row in rows]


def _tainted(prefix: str, row: Any) -> Tainted:
    return Tainted(
        review_id=from_uuid(prefix, row["id"]),
        account_id=from_uuid("acc", row["account_id"]),
        opened=row["opened"],
        campaign_dossier_id=from_uuid("cdo", row["campaign_dossier_id"]),
        campaign_id=from_uuid("cmp", row["campaign_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        person_id=from_uuid("per", row["person_id"]),
        state=Progress(row["state"]),
        campaign_state=CampaignState(row["campaign_state"]),
    )


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
    dossiers = await end_seconds(uow, campaign_dossier_ids, state)
    return Voided({from_uuid("rev", row["id"]): row["version"] for row in reviews}, dossiers)


async def end_seconds(uow: UnitOfWork, campaign_dossier_ids: Collection[str], state: Progress) -> dict[str, int]:
    """The second review of each of these dossiers is over before anything came of it; their new versions."""
    await uow.raw().execute(
        "update second_review set ended_at = $2 where campaign_dossier_id = any ($1::uuid[]) and ended_at is null",
        [to_uuid(one) for one in campaign_dossier_ids],
        uow.now,
    )
    return await release(uow, campaign_dossier_ids, state)


async def keep(uow: UnitOfWork, one: Tainted, noticed: Noticed, outcome: Outcome) -> TaintedReviewRow | None:
    """Keep the finding; None where it is kept already."""
    named = {"second_review_id": one.review_id, "review_id": None} if one.second else {"review_id": one.review_id}
    found = await uow.session.exec(select(TaintedReviewRow.id).filter_by(**named))
    if found.first() is not None:
        return None
    row = TaintedReviewRow(
        id=new_id("tnr"),
        unit_id=one.unit_id,
        campaign_id=one.campaign_id,
        campaign_dossier_id=one.campaign_dossier_id,
        person_id=one.person_id,
        **named,
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
