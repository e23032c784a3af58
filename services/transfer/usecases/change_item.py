"""Change what a draft says of an item."""

from dataclasses import dataclass, replace
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.transfer.domain.item import Item
from services.transfer.store import items, submissions
from services.transfer.usecases.journal import record_item, record_submission


@dataclass(frozen=True)
class ChangeItem:
    """`changes` holds the members to change: `title`, `formed_on`, `declared_page_count`."""

    item_id: str
    seen: int
    changes: dict[str, Any]


async def change_item(cmd: ChangeItem, *, uow: UnitOfWork) -> Item:
    """Change an item of a draft."""
    async with uow:
        # The submission's row is locked before the item's, here as everywhere: two changes cannot wait in a ring.
        found = await items.get(uow, cmd.item_id)
        submission = await submissions.get(uow, found.submission_id, lock=True)
        before = await items.get_locked(uow, cmd.item_id)
        await check_version(uow, cmd.item_id, before.version, cmd.seen)
        touched = submission.touched(uow.now)
        changed = [name for name, value in cmd.changes.items() if getattr(before, name) != value]
        if not changed:
            return before
        item = replace(before, **cmd.changes, version=before.version + 1)
        await items.save(uow, item)
        await submissions.save(uow, touched)
        record_item(uow, "changed", item, changed)
        record_submission(uow, "changed", touched, ("items",))
    return item
