"""Follow a filed item when the archivists give its material another place."""

from dataclasses import dataclass

from chassis.inbox import NotHeardYet
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.transfer.domain.item import Filed
from services.transfer.store import items, submissions
from services.transfer.usecases.journal import record_item, record_submission


@dataclass(frozen=True)
class FollowPlace:
    """Where a material stands now; `version` is the material's."""

    item_id: str
    material_id: str
    category: str
    item_no: int
    page_count: int
    version: int


async def follow_place(cmd: FollowPlace, *, uow: UnitOfWork) -> None:
    """Keep the new place. Papers that were signed say on where it stood then; NotHeardYet before its filing."""
    found = await items.get(uow, cmd.item_id)
    if found.material_id != cmd.material_id:
        raise NotFound()
    # The submission first, as every outcome does; its answer shows the places of its items.
    submission = await submissions.get(uow, found.submission_id, lock=True)
    item = await items.get_locked(uow, cmd.item_id)
    if not isinstance(item.ending, Filed):
        raise NotHeardYet()
    moved = item.moved(cmd.category, cmd.item_no, cmd.page_count, cmd.version)
    if moved is None:
        return
    await items.save(uow, moved)
    record_item(uow, "moved", moved, ("filed",))
    followed = submission.followed(uow.now)
    await submissions.save(uow, followed)
    record_submission(uow, "followed", followed, ("items",))
