"""The dossiers of a campaign: how they come in, where they stand, in which order they are taken up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, literal, tuple_, update
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.campaign import Queue, Weights
from services.audit.domain.progress import Progress
from services.audit.store.found import found_one
from services.audit.store.scope import UNITS, in_scope
from services.audit.store.tables import CampaignDossier

# Any number of dossiers by one statement. What is known of a dossier may have been told by a unit that kept it
# before: the statement looks at all of it, and at no dossier outside the caller's units ($3).
_ENTER = """
with entering as materialized (
  select d.dossier_id, d.unit_id, d.person_id from heard_dossier d
  where d.state = 'open' and d.unit_id = any ($3::uuid[]) and {chosen}
),
paper as (
  select m.dossier_id, sum(m.page_count) as pages, count(*) filter (where m.formed_on is null) as undated,
    count(distinct m.category) filter (where m.category = any ($9::text[])) as present
  from heard_material m where not m.removed and m.dossier_id in (select dossier_id from entering)
  group by m.dossier_id
),
refused as (
  select a.dossier_id, count(*) as many from appraisal a
  where a.state = 'rejected' and a.dossier_id in (select dossier_id from entering) group by a.dossier_id
),
gaps as (
  select g.dossier_id, count(*) as many from heard_gap g
  where g.open and g.dossier_id in (select dossier_id from entering) group by g.dossier_id
),
entered as (
  insert into campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, rank, state, difficulty,
    entered_at)
  select uuidv7(), e.unit_id, 1, $1, e.dossier_id, e.person_id, p.rank, 'planned',
    coalesce(paper.pages, 0) * $5::int + coalesce(paper.undated, 0) * $6::int + coalesce(refused.many, 0) * $7::int
      + (cardinality($9::text[]) - coalesce(paper.present, 0)) * $8::int + coalesce(gaps.many, 0) * $10::int,
    $2
  from entering e
  left join heard_person p on p.person_id = e.person_id
  left join paper on paper.dossier_id = e.dossier_id
  left join refused on refused.dossier_id = e.dossier_id
  left join gaps on gaps.dossier_id = e.dossier_id
  on conflict (campaign_id, dossier_id) do nothing
  returning 1
)
select count(*) from entered
"""
_BY_UNITS = _ENTER.format(chosen="d.unit_id in (select s.unit_id from unit_scope s where s.ancestors && $4::uuid[])")
_BY_LIST = _ENTER.format(chosen="d.dossier_id = any ($4::uuid[])")

# The index by campaign, unit and state counts, without a look at the rows.
BOARD = f"""
select d.unit_id, d.state, d.many from campaign c left join lateral (
  select unit_id, state, count(*) as many from campaign_dossier
  where campaign_id = $1 and unit_id = any ({UNITS}) group by unit_id, state
) as d on true
where c.id = $1 order by d.unit_id, d.state
"""  # noqa: S608  # a constant of this module

_MOVE = """
update campaign_dossier set state = $2, training = training or id = any ($3::uuid[]), version = version + 1
where id = any ($1::uuid[]) and ($4::text is null or state = $4) returning id, version
"""


@dataclass(frozen=True)
class Count:
    """How many dossiers of a unit stand in a state."""

    unit_id: str
    state: Progress
    many: int


async def enter(
    uow: UnitOfWork,
    campaign_id: str,
    weights: Weights,
    *,
    unit_ids: Sequence[str] = (),
    dossier_ids: Sequence[str] = (),
) -> int:
    """Take in the open dossiers of these units and all below them, or these very dossiers; how many are new."""
    scope, statement, chosen = list(uow.unit_keys), _BY_LIST if dossier_ids else _BY_UNITS, dossier_ids or unit_ids
    async with uow.as_service():
        return await uow.raw().fetchval(
            statement,
            to_uuid(campaign_id),
            uow.now,
            scope,
            [to_uuid(one) for one in chosen],
            weights.per_page,
            weights.per_undated_material,
            weights.per_refused_material,
            weights.per_missing_category,
            list(weights.key_categories),
            weights.per_gap,
        )


async def open_among(uow: UnitOfWork, dossier_ids: Sequence[str]) -> set[str]:
    """Which of these dossiers are open and in the caller's scope."""
    rows = await uow.raw().fetch(
        "select dossier_id from heard_dossier where dossier_id = any ($1::uuid[]) and state = 'open'",
        [to_uuid(one) for one in dossier_ids],
    )
    return {from_uuid("dos", row["dossier_id"]) for row in rows}


async def board_of(connection: RawConnection, campaign_id: str) -> list[Count]:
    """Counts by unit and state, of the caller's units; NotFound where the campaign is not theirs to see."""
    rows = await connection.fetch(BOARD, to_uuid(campaign_id))
    if not rows:
        raise NotFound()
    return [
        Count(from_uuid("unt", row["unit_id"]), Progress(row["state"]), row["many"]) for row in rows if row["unit_id"]
    ]


async def get(uow: UnitOfWork, campaign_dossier_id: str, *, lock: bool = False) -> CampaignDossier:
    """One dossier of a campaign; NotFound outside the caller's scope."""
    statement = select(CampaignDossier).where(CampaignDossier.id == campaign_dossier_id)
    if lock:
        statement = statement.with_for_update()
    return found_one((await uow.session.exec(statement)).first())


async def page_of(
    uow: UnitOfWork,
    campaign_id: str,
    *,
    queue: Queue,
    after: tuple[int, str] | None,
    limit: int,
    states: Collection[Progress] = (),
    unit_id: str | None = None,
    hidden_persons: Collection[str] = (),
    lock: bool = False,
) -> Sequence[CampaignDossier]:
    """A campaign's dossiers in the order of its queue, without those of `hidden_persons`: the caller's own."""
    key = tuple_(col(CampaignDossier.difficulty), col(CampaignDossier.id))
    statement = select(CampaignDossier).where(CampaignDossier.campaign_id == campaign_id)
    statement = statement.where(in_scope(uow, CampaignDossier.unit_id)).limit(limit)
    order = (col(CampaignDossier.difficulty), col(CampaignDossier.id))
    statement = statement.order_by(*(order if queue == "easy_first" else (one.desc() for one in order)))
    if after is not None:
        last = tuple_(literal(after[0], Integer()), literal(after[1], IdType("cdo")))
        statement = statement.where(key > last if queue == "easy_first" else key < last)
    if states:
        statement = statement.where(col(CampaignDossier.state).in_([state.value for state in states]))
    if unit_id is not None:
        statement = statement.where(CampaignDossier.unit_id == unit_id)
    if hidden_persons:
        statement = statement.where(col(CampaignDossier.person_id).not_in(hidden_persons))
    if lock:
        statement = statement.with_for_update()
    return (await uow.session.exec(statement)).all()


async def count_training(uow: UnitOfWork, campaign_id: str) -> int:
    """How many dossiers of a campaign were given out for practice."""
    async with uow.as_service():
        return await uow.raw().fetchval(
            "select count(*) from campaign_dossier where campaign_id = $1 and training", to_uuid(campaign_id)
        )


async def put_difficulty(uow: UnitOfWork, row: CampaignDossier, difficulty: int) -> CampaignDossier:
    """The dossier at another place in the queue."""
    values = {"difficulty": difficulty, "version": row.version + 1}
    await uow.session.exec(update(CampaignDossier).where(col(CampaignDossier.id) == row.id).values(**values))
    return CampaignDossier.model_validate({**row.model_dump(), **values})


async def put_states(
    uow: UnitOfWork,
    campaign_dossier_ids: Sequence[str],
    state: Progress,
    *,
    training_ids: Collection[str] = (),
    only: Progress | None = None,
) -> dict[str, int]:
    """Move many dossiers to a state by one statement, or those that stand in `only`; their new versions.

    `training_ids` are for practice.
    """
    rows = await uow.raw().fetch(
        _MOVE,
        [to_uuid(one) for one in campaign_dossier_ids],
        state.value,
        [to_uuid(one) for one in training_ids],
        only.value if only else None,
    )
    return {from_uuid("cdo", row["id"]): row["version"] for row in rows}


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's places in campaigns into the scope of the unit that keeps it now: (id, new version) of each.

    What hangs on them (reviews, comparisons) goes with them by its foreign key.
    """
    moved = await uow.session.exec(
        update(CampaignDossier)
        .where(col(CampaignDossier.dossier_id) == dossier_id, col(CampaignDossier.unit_id) != unit_id)
        .values(unit_id=unit_id, version=CampaignDossier.version + 1)
        .returning(col(CampaignDossier.id), col(CampaignDossier.version))
    )
    return [(campaign_dossier_id, version) for campaign_dossier_id, version in moved.all()]
