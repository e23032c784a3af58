"""Point a draft at another dossier."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.transfer.domain.states import require_draft
from services.transfer.domain.subject import SubjectNamed
from services.transfer.domain.submission import Submission
from services.transfer.store import submissions
from services.transfer.usecases.journal import record_submission
from services.transfer.usecases.subjects import NameIndex, find_subject


@dataclass(frozen=True)
class ChangeSubmission:
    """The new subject (None: unchanged), and the version that the caller saw."""

    submission_id: str
    seen: int
    subject: SubjectNamed | None


async def change_submission(cmd: ChangeSubmission, *, uow: UnitOfWork, name_index: NameIndex) -> Submission:
    """Change a draft; what was delivered stays as it was examined."""
    async with uow:
        submission = await submissions.get(uow, cmd.submission_id, lock=True)
        await check_version(uow, cmd.submission_id, submission.version, cmd.seen)
        require_draft(submission.state)
        if cmd.subject is None:
            return submission
        subject = await find_subject(uow, cmd.subject, name_index)
        changed = submission.retargeted(subject, uow.now)
        await submissions.save(uow, changed)
        record_submission(uow, "changed", changed, ("subject",))
    return changed
