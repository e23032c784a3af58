"""Bound sets and who is in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import to_uuid
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables import CampaignDossier, HeardMaterial
from services.audit.store.tables_bound import BoundSet, BoundSetMember


@dataclass(frozen=True)
class Placed:
    """Where a person's forms stand in the file; pages from 1."""

    position: int
    first_page: int
    page_count: int


async def dossiers_to_bind(
    uow: UnitOfWork, campaign_id: str, unit_id: str, only: Collection[str], limit: int
) -> Sequence[CampaignDossier]:
    """Dossiers of a unit in a campaign that are in no set yet, or those named, held until the transaction ends."""
    bound = select(BoundSetMember.campaign_dossier_id).where(
        BoundSetMember.campaign_dossier_id == CampaignDossier.id, col(BoundSetMember.live)
    )
    statement = (
        select(CampaignDossier)
        .where(CampaignDossier.campaign_id == campaign_id, CampaignDossier.unit_id == unit_id, ~bound.exists())
        .order_by(col(CampaignDossier.id))
        .limit(limit)
        .with_for_update()
    )
    if only:
        statement = statement.where(col(CampaignDossier.id).in_(only))
    return (await uow.session.exec(statement)).all()


async def add(uow: UnitOfWork, bound_set: BoundSet, members: Sequence[BoundSetMember]) -> None:
    """Keep a new set."""
    uow.session.add(bound_set)
    await uow.session.flush()
    uow.session.add_all(members)
    await uow.session.flush()


async def get(uow: UnitOfWork, bound_set_id: str, *, lock: bool = False) -> BoundSet:
    """One set; NotFound outside the caller's scope."""
    statement = select(BoundSet).where(BoundSet.id == bound_set_id).execution_options(populate_existing=True)
    return found_one((await uow.session.exec(statement.with_for_update() if lock else statement)).first())


async def members_of(uow: UnitOfWork, bound_set_id: str) -> Sequence[BoundSetMember]:
    """Who is in a set, in the order of its pages."""
    statement = select(BoundSetMember).where(BoundSetMember.bound_set_id == bound_set_id)
    statement = statement.order_by(col(BoundSetMember.position)).execution_options(populate_existing=True)
    return (await uow.session.exec(statement)).all()


async def page_of(uow: UnitOfWork, campaign_id: str, *, after: str | None, limit: int) -> Sequence[BoundSet]:
    """The sets of a campaign, in the order in which they were asked for."""
    statement = select(BoundSet).where(BoundSet.campaign_id == campaign_id, in_scope(uow, BoundSet.unit_id))
    if after is not None:
        statement = statement.where(col(BoundSet.id) > after)
    return (await uow.session.exec(statement.order_by(col(BoundSet.id)).limit(limit))).all()


async def waiting(uow: UnitOfWork) -> Sequence[BoundSet]:
    """Sets that are to be compiled, oldest first."""
    statement = select(BoundSet).where(BoundSet.state == "compiling").order_by(col(BoundSet.asked_at)).limit(20)
    return (await uow.session.exec(statement)).all()


async def save(uow: UnitOfWork, row: BoundSet, **values: Any) -> BoundSet:
    """The set with these members, in its next version."""
    values["version"] = row.version + 1
    await uow.session.exec(update(BoundSet).where(col(BoundSet.id) == row.id).values(**values))
    return BoundSet.model_validate({**row.model_dump(), **values})


async def put_done(uow: UnitOfWork, bound_set_id: str, done: int) -> None:
    """How far it is: no new version, since nothing that anybody decides by has changed."""
    await uow.raw().execute(
        "update bound_set set done = $2 where id = $1 and state = 'compiling'", to_uuid(bound_set_id), done
    )


async def put_places(uow: UnitOfWork, bound_set_id: str, places: Sequence[Placed]) -> None:
    """Where each person's forms begin, by one statement."""
    await uow.raw().execute(
        """update bound_set_member m set first_page = p.first_page, page_count = p.page_count
        from unnest($2::int[], $3::int[], $4::int[]) as p(position, first_page, page_count)
        where m.bound_set_id = $1 and m.position = p.position""",
        to_uuid(bound_set_id),
        [one.position for one in places],
        [one.first_page for one in places],
        [one.page_count for one in places],
    )


async def release(uow: UnitOfWork, bound_set_id: str) -> None:
    """Its dossiers may be compiled anew."""
    await uow.raw().execute("update bound_set_member set live = false where bound_set_id = $1", to_uuid(bound_set_id))


async def take_out(uow: UnitOfWork, campaign_dossier_id: str) -> None:
    """What is determined of a dossier is open again, or another: the set in which it stands tells what was, and a new
    one may have it."""
    await uow.raw().execute(
        "update bound_set_member set live = false where campaign_dossier_id = $1 and live",
        to_uuid(campaign_dossier_id),
    )


async def dossiers_of(uow: UnitOfWork, bound_set_id: str, *, lock: bool = False) -> Sequence[CampaignDossier]:
    """The dossiers of a set as they stand now, always in one order, so that two acts do not wait for one another."""
    within = select(BoundSetMember.campaign_dossier_id).where(BoundSetMember.bound_set_id == bound_set_id)
    statement = select(CampaignDossier).where(col(CampaignDossier.id).in_(within)).order_by(col(CampaignDossier.id))
    statement = statement.execution_options(populate_existing=True)
    return (await uow.session.exec(statement.with_for_update() if lock else statement)).all()


async def filed_forms(uow: UnitOfWork, dossier_ids: Collection[str], title: str) -> dict[str, HeardMaterial]:
    """By dossier the last filed material of this title."""
    statement = (
        select(HeardMaterial)
        .where(col(HeardMaterial.dossier_id).in_(dossier_ids), ~col(HeardMaterial.removed))
        .where(HeardMaterial.title == title)
        .order_by(col(HeardMaterial.material_id))
    )
    return {row.dossier_id: row for row in (await uow.session.exec(statement)).all()}
