"""Take a draft back before it is delivered."""

from chassis.unit_of_work import UnitOfWork
from services.transfer.domain.submission import Submission
from services.transfer.store import blob_uses, items, pages, submissions
from services.transfer.store.blob_uses import BlobUse
from services.transfer.usecases.journal import record_item, record_submission


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
        gone = [item.withdrawn() for item in await items.list_of(uow, submission_id, lock=True)]
        leaves = await pages.list_of_submission(uow, submission_id)
        files = [page for found in leaves.values() for page in found]
        uses = [BlobUse(submission.unit_id, digest, page.item_id) for page in files for digest in page.file.files]
        await blob_uses.end(uow, uses)
        await items.withdraw(uow, submission_id)
        await submissions.save(uow, withdrawn)
        for item in gone:
            record_item(uow, "withdrawn", item, ("state",))
        record_submission(uow, "withdrawn", withdrawn, ("state",))
        await uow.remember(submission_id)
    return withdrawn
