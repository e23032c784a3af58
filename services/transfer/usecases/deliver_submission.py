"""Hand a drafted submission in (报送)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chassis import jws
from chassis.unit_of_work import UnitOfWork
from contracts.events import MaterialReceived, PageRef
from contracts.values.ids import new_id
from services.transfer.domain.item import Item
from services.transfer.domain.papers import PROVISIONAL_TYP, provisional_of
from services.transfer.domain.states import SUBMISSION_MOVES, move
from services.transfer.domain.subject import KnownDossier
from services.transfer.domain.submission import Deliverer, Submission, check_contents
from services.transfer.store import items, pages, submissions
from services.transfer.store.pages import Page
from services.transfer.usecases.journal import record_item, record_submission
from services.transfer.usecases.subjects import find_custodian


async def deliver_submission(
    submission_id: str, *, uow: UnitOfWork, receipt_key: Mapping[str, Any], max_pages: int
) -> Submission:
    """Deliver: mint the ids of materials and pages, tell audit of each material, sign a provisional receipt.

    All of it, or nothing. From here on the submission cannot be withdrawn.
    """
    async with uow:
        if earlier := await uow.replay_of():
            return await submissions.get(uow, earlier)
        submission = await submissions.get(uow, submission_id, lock=True)
        move(SUBMISSION_MOVES, submission.state, "deliver")
        # Locked, so that a page that is being bound at this moment is counted, or is refused.
        drafts = await items.list_of(uow, submission_id, lock=True)
        check_contents(drafts, max_pages)
        dossier = await find_custodian(uow, submission.subject)
        handed_in = [item.delivered(new_id("mat")) for item in drafts]
        leaves = {
            item_id: [replace(page, page_id=new_id("pag")) for page in found]
            for item_id, found in (await pages.list_of_submission(uow, submission_id)).items()
        }
        digests = {item_id: [page.file.digest for page in found] for item_id, found in leaves.items()}
        by = Deliverer.of(uow.caller.account_id, "" if uow.caller.client else uow.caller.name)
        slip = provisional_of(submission, handed_in, digests, by.account_id, uow.now)
        delivered = submission.delivered(by, uow.now, dossier.unit_id, jws.sign(slip, receipt_key, typ=PROVISIONAL_TYP))
        await pages.deliver(uow, [page for found in leaves.values() for page in found], dossier.unit_id)
        await items.deliver(uow, handed_in, dossier.unit_id)
        await submissions.save(uow, delivered)
        for item in handed_in:
            uow.tell(_received(item, delivered, dossier, leaves[item.item_id]), version=item.version)
            record_item(uow, "delivered", item, ("state", "material_id", "pages"))
        record_submission(uow, "delivered", delivered, ("state", "items"))
        await uow.remember(submission_id, status=202)
    return delivered


def _received(item: Item, submission: Submission, dossier: KnownDossier, leaves: Sequence[Page]) -> MaterialReceived:
    return MaterialReceived(
        material_id=str(item.material_id),
        item_id=item.item_id,
        submission_id=item.submission_id,
        unit_id=submission.unit_id,
        dossier_id=dossier.dossier_id,
        dossier_unit_id=dossier.unit_id,
        person_id=dossier.person_id,
        declared_person_no=submission.subject.declared_person_no,
        declared_name_index=submission.subject.declared_name_index,
        title=item.title,
        formed_on=item.formed_on,
        declared_page_count=item.declared_page_count,
        pages=[_page_ref(page) for page in leaves],
    )


def _page_ref(page: Page) -> PageRef:
    file = page.file
    return PageRef.model_validate(
        {
            "page_id": page.page_id,
            "digest": file.digest,
            "media_type": file.media_type,
            "bytes": file.bytes,
            "width": file.width,
            "height": file.height,
            "source_digest": file.source_digest,
            "source_page_no": file.source_page_no,
        }
    )
