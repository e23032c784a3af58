"""Make the enhanced image of a page from its scan, or turn one down. The scan itself is never touched."""

from dataclasses import asdict, dataclass
from typing import Any

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.images import Enhanced, EnhanceSettings, ImageRefused, enhance
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import DependencyDown, StateConflict
from services.catalog.domain.enhancement import Enhancement, Rejection, RejectionReason
from services.catalog.domain.page import Page
from services.catalog.rules.imaging_file import ImagingRules
from services.catalog.store import enhancements, pages
from services.catalog.usecases.replace_page import hold_page


@dataclass(frozen=True)
class EnhancePage:
    """What to do with the page: members of `EnhanceSettings` that differ from the office's settings."""

    page_id: str
    seen_version: int
    changes: dict[str, Any]


@dataclass(frozen=True)
class RejectEnhancement:
    """An enhanced image that is not used, and why."""

    page_id: str
    enhancement_no: int
    seen_version: int
    reason: RejectionReason
    note: str | None


async def enhance_page(cmd: EnhancePage, *, uow: UnitOfWork, deps: Deps) -> tuple[Enhancement, int]:
    """The image, and the page's version after it. The page is drawn between two transactions.

    StateConflict when the page was scanned anew meanwhile; nothing is kept then but a file that nothing uses.
    """
    rules: ImagingRules = deps.rules.imaging
    async with uow:
        if earlier := await uow.replay_of():
            return await _earlier(uow, cmd.page_id, earlier)
        page = await hold_page(uow, cmd.page_id, cmd.seen_version)
    settings = EnhanceSettings(**{**rules.enhance, **cmd.changes})  # type: ignore[arg-type]
    made = await _drawn(page, settings, deps)
    async with deps.blobs.receive(len(made.content)) as incoming:
        await incoming.write(made.content)
        await incoming.finish()
        await incoming.keep(page.blob_unit_id)
    async with uow:
        if earlier := await uow.replay_of():
            return await _earlier(uow, cmd.page_id, earlier)
        now = await hold_page(uow, cmd.page_id, cmd.seen_version)
        if now.scan_no != page.scan_no or now.blob_unit_id != page.blob_unit_id:
            raise StateConflict(state="scanned anew")
        enhancement = Enhancement(
            page_id=page.page_id,
            unit_id=now.unit_id,
            enhancement_no=await enhancements.next_no(uow, page.page_id),
            scan_no=page.scan_no,
            digest=incoming.digest,
            media_type=made.media_type,
            bytes=incoming.size,
            width=made.width,
            height=made.height,
            blob_unit_id=page.blob_unit_id,
            operations=made.operations,
            rules_digest=rules.digest,
            made_by=uow.caller.account_id,
            made_at=uow.now,
        )
        await enhancements.add(uow, enhancement)
        version = await _write(uow, now, "page.enhanced", asdict(enhancement))
        await uow.remember(f"{page.page_id}/{enhancement.enhancement_no}")
    return enhancement, version


async def _drawn(page: Page, settings: EnhanceSettings, deps: Deps) -> Enhanced:
    try:
        async with deps.blobs.local(page.blob_unit_id, page.scan.digest) as path:
            return await deps.run_cpu(enhance, path, settings)
    except (BlobMissing, FileNotFoundError):
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    except ImageRefused as refused:
        raise refused.refusal() from None


async def reject_enhancement(cmd: RejectEnhancement, *, uow: UnitOfWork) -> tuple[Enhancement, int]:
    """Turn an image down; the one made before it, if there is one, is shown again. Another may be made."""
    async with uow:
        if earlier := await uow.replay_of():
            return await _earlier(uow, cmd.page_id, earlier)
        page = await hold_page(uow, cmd.page_id, None)
        found = await enhancements.get(uow, cmd.page_id, cmd.enhancement_no)
        await check_version(uow, cmd.page_id, page.version, cmd.seen_version)
        rejection = Rejection(cmd.reason, cmd.note, uow.caller.account_id, uow.now)
        rejected = found.rejected(rejection)
        await enhancements.save_rejection(uow, rejected, rejection)
        state = {"enhancement_no": cmd.enhancement_no, "reason": cmd.reason, "note": cmd.note}
        version = await _write(uow, page, "page.enhancement_rejected", state)
        await uow.remember(f"{cmd.page_id}/{cmd.enhancement_no}")
    return rejected, version


async def _write(uow: UnitOfWork, page: Page, verb: str, state: dict[str, Any]) -> int:
    changed = page.changed()
    await pages.save_version(uow, changed)
    uow.record(verb, page.page_id, changed.version, state, changed=("enhanced",))
    return changed.version


async def _earlier(uow: UnitOfWork, page_id: str, remembered: str) -> tuple[Enhancement, int]:
    number = int(remembered.rpartition("/")[2])
    return await enhancements.get(uow, page_id, number), (await pages.get(uow, page_id)).version
