"""Draft a submission."""

from dataclasses import dataclass

from chassis.identity import Roots
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.transfer.domain.subject import SubjectNamed
from services.transfer.domain.submission import Submission
from services.transfer.store import submissions
from services.transfer.usecases.journal import record_submission
from services.transfer.usecases.subjects import NameIndex, find_own_unit, find_subject


@dataclass(frozen=True)
class CreateSubmission:
    """Who hands in (None: the caller's only unit) and for whose dossier."""

    unit_id: str | None
    subject: SubjectNamed
    roots: Roots


async def create_submission(cmd: CreateSubmission, *, uow: UnitOfWork, name_index: NameIndex) -> Submission:
    """Make an empty draft; nobody but the department hears of it before it is delivered."""
    async with uow:
        if earlier := await uow.replay_of():
            return await submissions.get(uow, earlier)
        unit_id = await find_own_unit(uow, cmd.roots, cmd.unit_id, "/unit_id")
        submission = Submission(
            submission_id=new_id("sub"),
            unit_id=unit_id,
            subject=await find_subject(uow, cmd.subject, name_index),
            state="draft",
            version=1,
            created_by=uow.caller.account_id,
            created_at=uow.now,
            changed_at=uow.now,
        )
        await submissions.add(uow, submission)
        record_submission(uow, "created", submission, ("subject", "state"))
        await uow.remember(submission.submission_id)
    return submission
