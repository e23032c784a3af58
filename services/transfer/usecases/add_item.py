"""Add an item to a draft."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.transfer.domain.item import Item
from services.transfer.domain.refusals import TooMany
from services.transfer.store import items, submissions
from services.transfer.usecases.journal import record_item, record_submission


@dataclass(frozen=True)
class AddItem:
    """A material as its department describes it; `formed_on` is None where the paper bears no date."""

    submission_id: str
    title: str
    formed_on: PartialDate | None
    declared_page_count: int


async def add_item(cmd: AddItem, *, uow: UnitOfWork, max_items: int) -> Item:
    """Put the item behind the others; the submission's version rises with it."""
    async with uow:
        if earlier := await uow.replay_of():
            return await items.get(uow, earlier)
        submission = await submissions.get(uow, cmd.submission_id, lock=True)
        touched = submission.touched(uow.now)
        position, count = await items.next_position(uow, cmd.submission_id)
        if count >= max_items:
            raise TooMany("/items", max_items)
        item = Item(
            item_id=new_id("itm"),
            submission_id=cmd.submission_id,
            position=position,
            title=cmd.title,
            formed_on=cmd.formed_on,
            declared_page_count=cmd.declared_page_count,
            page_count=0,
            state="draft",
            version=1,
        )
        await items.add(uow, item, submission.unit_id)
        await submissions.save(uow, touched)
        record_item(uow, "added", item, ("title", "formed_on", "declared_page_count"))
        record_submission(uow, "changed", touched, ("items",))
        await uow.remember(item.item_id)
    return item
