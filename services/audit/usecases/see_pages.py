"""Look at the page files of a received material: the long part of its appraisal, outside any transaction."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.identity import Caller
from chassis.images import ImageFacts, ImageLimits, ImageRefused, inspect_image
from chassis.inbox import NotHeardYet
from chassis.tasks import end
from contracts.events import Envelope, MaterialReceived, PageRef
from services.audit.domain.checks import PageSeen
from services.audit.domain.rulebook import Rulebook
from services.audit.store import heard


async def see_pages(event: Envelope[MaterialReceived], deps: Deps) -> list[PageSeen]:
    """What each page file was found to be, in order.

    Nothing is decoded before person and dossier are heard of: until then the event comes again and again, and
    each time costs one query only. A file that is not in the store is on its way there, or the store is away:
    the event is given back, and nothing is said against the material.
    """
    rules: Rulebook = deps.rules.appraisal
    limits = ImageLimits(rules.limits.max_image_bytes, rules.limits.max_image_pixels)
    received = event.data
    async with deps.db.reading(Caller.service(deps.name), "*") as connection:
        if not await heard.both_known(connection, received.person_id, received.dossier_id):
            raise NotHeardYet()
    at_once = asyncio.Semaphore(deps.settings.workers)

    async def see(page: PageRef) -> PageSeen:
        async with at_once, deps.blobs.local(received.unit_id, page.digest) as path:
            return page_seen(page, await deps.run_cpu(partial(look, path, limits)))

    looks = [asyncio.ensure_future(see(page)) for page in received.pages]
    try:
        return await asyncio.gather(*looks)
    except (BlobMissing, FileNotFoundError):
        raise NotHeardYet() from None
    finally:
        await end(looks)


def look(path: Path, limits: ImageLimits) -> ImageFacts | None:
    """What a file is; None for one that is no page image at all. Runs in a worker process."""
    try:
        return inspect_image(path, limits, strict=False)
    except ImageRefused:
        return None


def page_seen(page: PageRef, facts: ImageFacts | None) -> PageSeen:
    """The facts in the words of the checks."""
    if facts is None:
        return PageSeen(page.page_id, page.digest, decodes=False, blank=False, dpi=None, dpi_on_a4=0)
    return PageSeen(page.page_id, page.digest, facts.decodes, facts.blank, facts.dpi, facts.dpi_on_a4)
