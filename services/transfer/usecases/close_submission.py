"""Close a submission whose last item has ended, with its signed papers."""

from collections.abc import Sequence
from typing import Any

from chassis.deps import Deps
from chassis.documents import sign_document
from chassis.inbox import NotHeardYet
from chassis.printing import ENGINE
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.documents import Party, SubmissionDocument
from contracts.documents import Subject as PersonOnPaper
from contracts.events import ReceiptIssued
from contracts.values.ids import new_id
from services.transfer.domain.closing import Closing
from services.transfer.domain.item import Item
from services.transfer.domain.papers import Digests, Heading, issuing_year, receipt_of, return_note_of
from services.transfer.domain.submission import Submission
from services.transfer.store import heard, items, pages, papers, submissions, units
from services.transfer.store.papers import Paper, PaperKind
from services.transfer.usecases.journal import record_item, record_submission


async def close_submission(submission: Submission, closing: Closing, *, uow: UnitOfWork, deps: Deps) -> None:
    """Issue one receipt over the filed items and one return note over the returned ones, as far as there are any.

    Everything commits together with the outcome that closed it: the papers, their numbers, and the event.
    """
    closed = submission.closed(uow.now)
    heading = await _heading(closed, uow)
    leaves = await pages.list_of_submission(uow, submission.submission_id)
    digests = {item_id: [page.file.digest for page in found] for item_id, found in leaves.items()}
    # Always in this order, so that two closings cannot wait for one another's counters.
    receipt_id = await _issue_receipt(closed, closing, heading, digests, uow, deps)
    return_note_id = await _issue_return_note(closed, closing, heading, digests, uow, deps)
    filed = [item.named_in(receipt_id=receipt_id) for item in closing.filed]
    returned = [item.named_in(return_note_id=return_note_id) for item in closing.returned]
    await _put_into_papers([*filed, *returned], uow)
    await submissions.save(uow, closed)
    record_submission(uow, "closed", closed, ("state", "items"))
    uow.tell(
        ReceiptIssued(
            submission_id=closed.submission_id,
            unit_id=closed.unit_id,
            dossier_id=closed.subject.dossier_id,
            receipt_id=receipt_id,
            return_note_id=return_note_id,
            filed=len(closing.filed),
            returned=len(closing.returned),
        ),
        version=closed.version,
    )


async def _heading(submission: Submission, uow: UnitOfWork) -> Heading:
    """Names as they are known now; given back when the catalog has not told of the person yet."""
    subject = submission.subject
    person = await heard.find_person(uow, subject.person_id)
    dossier = await heard.find_dossier(uow, subject.dossier_id)
    if person is None or dossier is None or submission.delivered_at is None:
        raise NotHeardYet()
    issuer = await units.get(uow, str(submission.custodian_unit_id))
    sender = await units.get(uow, submission.unit_id)
    return Heading(
        submission_id=submission.submission_id,
        delivered_at=submission.delivered_at,
        issuer=Party(unit_id=issuer.unit_id, name=issuer.name),
        sender=Party(unit_id=sender.unit_id, name=sender.name),
        handed_in_by=submission.handed_in_by,
        mark=issuer.code,
        person=PersonOnPaper(person_no=person.person_no, name=person.name, dossier_no=dossier.dossier_no),
        issued_at=uow.now.astimezone(SHANGHAI).replace(microsecond=0),
        engine=ENGINE,
    )


async def _issue_receipt(
    submission: Submission, closing: Closing, heading: Heading, digests: Digests, uow: UnitOfWork, deps: Deps
) -> str | None:
    if not closing.filed:
        return None
    paper_id, number = new_id("rcp"), await _number("receipt", heading, uow)
    document = receipt_of(paper_id, number, heading, closing.filed, digests)
    await _save("receipt", paper_id, number, document, submission, uow, deps)
    return paper_id


async def _issue_return_note(
    submission: Submission, closing: Closing, heading: Heading, digests: Digests, uow: UnitOfWork, deps: Deps
) -> str | None:
    if not closing.returned:
        return None
    paper_id, number = new_id("rtn"), await _number("return_note", heading, uow)
    texts: Any = deps.rules.returns
    document = return_note_of(paper_id, number, heading, closing.returned, digests, texts)
    await _save("return_note", paper_id, number, document, submission, uow, deps)
    return paper_id


async def _put_into_papers(named: Sequence[Item], uow: UnitOfWork) -> None:
    await items.put_into_papers(uow, named)
    for item in named:
        record_item(uow, "named", item, ("receipt_id" if item.receipt_id else "return_note_id",))


async def _number(kind: PaperKind, heading: Heading, uow: UnitOfWork) -> int:
    return await uow.next_number(kind, heading.issuer.unit_id, issuing_year(heading.issued_at))


async def _save(
    kind: PaperKind,
    paper_id: str,
    number: int,
    document: SubmissionDocument,
    submission: Submission,
    uow: UnitOfWork,
    deps: Deps,
) -> None:
    paper = Paper(
        kind=kind,
        paper_id=paper_id,
        unit_id=submission.unit_id,
        custodian_unit_id=document.issuer.unit_id,
        submission_id=submission.submission_id,
        year=issuing_year(document.issued_at),
        number=number,
        issued_at=document.issued_at,
        jws=sign_document(document, deps.keys.private_jwk("receipt")),
    )
    await papers.add(uow, paper)
    uow.record(f"{kind}.issued", paper_id, 1, {"jws": paper.jws}, ("jws",))
