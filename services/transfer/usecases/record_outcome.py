"""Follow what became of an item, and close its submission when it was the last."""

from dataclasses import dataclass

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from contracts.events import MaterialReturned
from contracts.problems import NotFound
from services.transfer.domain.closing import closing_of
from services.transfer.domain.item import Fact, Item, Returned
from services.transfer.domain.submission import Submission
from services.transfer.store import items, submissions
from services.transfer.usecases.close_submission import close_submission
from services.transfer.usecases.journal import record_item, record_submission


@dataclass(frozen=True)
class RecordOutcome:
    """What was heard of a material that transfer told of."""

    item_id: str
    material_id: str
    fact: Fact


async def record_outcome(cmd: RecordOutcome, *, uow: UnitOfWork, deps: Deps) -> None:
    """Keep the item's new state. Runs in the subscriber's transaction.

    The submission's row is locked first: of two outcomes at once the second sees the first, and so one of
    them, and only one, closes the submission. An item that transfer does not know is refused: transfer told
    of it first, so waiting would not help.
    """
    found = await items.get(uow, cmd.item_id)
    if found.material_id != cmd.material_id:
        raise NotFound()
    submission = await submissions.get(uow, found.submission_id, lock=True)
    before = await items.list_of(uow, found.submission_id)
    heard = next(item for item in before if item.item_id == cmd.item_id).hear(cmd.fact)
    if heard is None:
        return
    await items.save(uow, heard)
    record_item(uow, heard.state, heard, ("state",))
    if isinstance(heard.ending, Returned):
        uow.tell(_returned(heard, heard.ending, submission), version=heard.version)
    after = [heard if item.item_id == heard.item_id else item for item in before]
    closing = closing_of(after)
    if closing:
        await close_submission(submission, closing, uow=uow, deps=deps)
        return
    followed = submission.followed(uow.now)
    await submissions.save(uow, followed)
    record_submission(uow, "followed", followed, ("items",))


def _returned(item: Item, ending: Returned, submission: Submission) -> MaterialReturned:
    return MaterialReturned(
        material_id=str(item.material_id),
        item_id=item.item_id,
        submission_id=item.submission_id,
        unit_id=submission.unit_id,
        dossier_id=submission.subject.dossier_id,
        reasons=list(ending.reasons),
    )
