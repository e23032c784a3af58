"""Take a draft back before it is delivered."""

from chassis.unit_of_work import UnitOfWork
from services.transfer.domain.submission import Submission
from services.transfer.store import items, pages, submissions
from services.transfer.usecases.journal import record_submission


async def withdraw_submission(submission_id: str, *, uow: UnitOfWork) -> Submission:
    """Withdraw the submission and its items; their page files are no longer used.

    After delivery it is too late (`state-conflict`): `material.received` has gone out.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await submissions.get(uow, earlier)
        submission = await submissions.get(uow, submission_id, lock=True)
        withdrawn = submission.withdrawn(uow.now)
        # Locked, so that a page that is being bound at this moment is in the list, or is refused.
        for item in await items.list_of(uow, submission_id, lock=True):
            digests = [page.file.digest for page in await pages.list_of_item(uow, item.item_id)]
            await uow.release_blob(submission.unit_id, digests, item.item_id)
        await items.set_state(uow, submission_id, "withdrawn")
        await submissions.save(uow, withdrawn)
        record_submission(uow, "withdrawn", withdrawn, ("state",))
        await uow.remember(submission_id)
    return withdrawn
