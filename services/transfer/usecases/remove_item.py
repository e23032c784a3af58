"""Take an item out of a draft."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.transfer.store import items, pages, submissions
from services.transfer.usecases.journal import record_item, record_submission


@dataclass(frozen=True)
class RemoveItem:
    """The item, and the version that the caller saw."""

    item_id: str
    seen: int


async def remove_item(cmd: RemoveItem, *, uow: UnitOfWork) -> None:
    """Delete the item with its pages; their files are no longer used by it."""
    async with uow:
        found = await items.get(uow, cmd.item_id)
        submission = await submissions.get(uow, found.submission_id, lock=True)
        item = await items.get_locked(uow, cmd.item_id)
        await check_version(uow, cmd.item_id, item.version, cmd.seen)
        touched = submission.touched(uow.now)
        digests = [digest for page in await pages.list_of_item(uow, cmd.item_id) for digest in page.file.files]
        await uow.release_blob(submission.unit_id, digests, cmd.item_id)
        await items.remove(uow, cmd.item_id)
        await submissions.save(uow, touched)
        record_item(uow, "removed", item, ("state",))
        record_submission(uow, "changed", touched, ("items",))
