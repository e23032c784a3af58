"""Items of submissions with their outcomes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import to_uuid
from contracts.values.partial_date import PartialDate
from services.transfer.domain.item import Filed, Item, Place, Returned
from services.transfer.store.statements import execute, fetch, fetch_first, table_of
from services.transfer.store.tables import ItemRow

_TABLE = table_of(ItemRow)
_PLAIN = (
    "item_id",
    "submission_id",
    "position",
    "title",
    "declared_page_count",
    "page_count",
    "state",
    "version",
    "material_id",
    "receipt_id",
    "return_note_id",
    "place_version",
)


def _item(row: RowMapping) -> Item:
    formed_on = PartialDate.model_validate(row["formed_on"]) if row["formed_on"] else None
    return Item(formed_on=formed_on, ending=_ending(row), **{name: row[name] for name in _PLAIN})


def _ending(row: RowMapping) -> Filed | Returned | None:
    if row["state"] == "filed":
        names = ("dossier_id", "category", "item_no", "page_count")
        place = {name: row[f"filed_{name}"] for name in names}
        return Filed(Place(filed_on=row["filed_on"], **place))
    if row["state"] == "returned":
        return Returned(row["returned_by"], tuple(row["reasons"]))
    return None


def _columns(item: Item) -> dict[str, Any]:
    formed_on = item.formed_on.model_dump(mode="json") if item.formed_on else None
    columns = {name: getattr(item, name) for name in _PLAIN} | {"formed_on": formed_on}
    if isinstance(item.ending, Filed):
        place = item.ending.place
        columns |= {
            "filed_dossier_id": place.dossier_id,
            "filed_category": place.category,
            "filed_item_no": place.item_no,
            "filed_on": place.filed_on,
            "filed_page_count": place.page_count,
        }
    if isinstance(item.ending, Returned):
        columns |= {"returned_by": item.ending.by, "reasons": list(item.ending.reasons)}
    return columns


async def get(uow: UnitOfWork, item_id: str) -> Item:
    """One item; NotFound when there is none in scope."""
    row = await fetch_first(uow, select(_TABLE).where(_TABLE.c.item_id == item_id))
    if row is None:
        raise NotFound()
    return _item(row)


async def get_locked(uow: UnitOfWork, item_id: str) -> Item:
    """One item that nobody else changes meanwhile; NotFound when there is none in scope."""
    row = await fetch_first(uow, select(_TABLE).where(_TABLE.c.item_id == item_id).with_for_update())
    if row is None:
        raise NotFound()
    return _item(row)


async def list_of(uow: UnitOfWork, submission_id: str, *, lock: bool = False) -> Sequence[Item]:
    """The items of a submission in their order (limits.toml bounds their number)."""
    statement = select(_TABLE).where(_TABLE.c.submission_id == submission_id).order_by(_TABLE.c.position)
    rows = await fetch(uow, statement.with_for_update() if lock else statement)
    return [_item(row) for row in rows]


async def next_position(uow: UnitOfWork, submission_id: str) -> tuple[int, int]:
    """The position of the next item, and how many there are. The submission is locked by the caller."""
    statement = select(
        (func.coalesce(func.max(_TABLE.c.position), 0) + 1).label("position"), func.count().label("count")
    ).where(_TABLE.c.submission_id == submission_id)
    row = await fetch_first(uow, statement)
    return (row["position"], row["count"]) if row else (1, 0)


async def add(uow: UnitOfWork, item: Item, unit_id: str) -> None:
    """A new item of a draft; `unit_id` is the submission's."""
    await execute(uow, insert(_TABLE).values(_columns(item) | {"unit_id": unit_id}))


async def save(uow: UnitOfWork, item: Item) -> None:
    """The present state of an item whose submission is locked."""
    await execute(uow, update(_TABLE).where(_TABLE.c.item_id == item.item_id).values(_columns(item)))


async def remove(uow: UnitOfWork, item_id: str) -> None:
    """Delete an item of a draft, and with it its pages."""
    await execute(uow, delete(_TABLE).where(_TABLE.c.item_id == item_id))


async def deliver(uow: UnitOfWork, items: Sequence[Item], custodian_unit_id: str) -> None:
    """Save the items of a submission that is handed in, in one statement."""
    await uow.raw().execute(
        """update submission_item i set state = d.state, version = d.version, material_id = d.material_id,
          custodian_unit_id = $5
        from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[]) as d(item_id, state, version, material_id)
        where i.item_id = d.item_id""",
        [to_uuid(item.item_id) for item in items],
        [item.state for item in items],
        [item.version for item in items],
        [to_uuid(item.material_id) for item in items if item.material_id],
        to_uuid(custodian_unit_id),
    )


async def withdraw(uow: UnitOfWork, submission_id: str) -> None:
    """Withdraw all items of a submission, which are locked, each a version further."""
    statement = update(_TABLE).where(_TABLE.c.submission_id == submission_id)
    await execute(uow, statement.values(state="withdrawn", version=_TABLE.c.version + 1))


async def put_into_papers(uow: UnitOfWork, items: Sequence[Item]) -> None:
    """Save in which paper each item of a submission that closes stands, in one statement."""
    await uow.raw().execute(
        """update submission_item i set version = d.version, receipt_id = d.receipt_id,
          return_note_id = d.return_note_id
        from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[]) as d(item_id, version, receipt_id, return_note_id)
        where i.item_id = d.item_id""",
        [to_uuid(item.item_id) for item in items],
        [item.version for item in items],
        [to_uuid(item.receipt_id) if item.receipt_id else None for item in items],
        [to_uuid(item.return_note_id) if item.return_note_id else None for item in items],
    )
