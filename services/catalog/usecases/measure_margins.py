"""Measure the binding margins of pages that came in or were scanned anew: work of the service itself."""

from datetime import timedelta

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.images import ImageRefused, measure_margin
from chassis.jobs import Job
from services.catalog.domain.margin import MarginFacts, Verdict, judge_margin
from services.catalog.rules.imaging_file import ImagingRules
from services.catalog.store import margins, processing_needs
from services.catalog.store.margins import DuePage


async def measure_margins(deps: Deps) -> None:
    """One page after another, each in a worker and written down by itself. What cannot be had waits its turn."""
    rules: ImagingRules = deps.rules.imaging
    async with deps.as_service() as uow:
        due = await margins.list_due(uow, rules.measure.at_once)
    for page in due:
        try:
            facts, verdict = await _measured(page, deps, rules)
        except (BlobMissing, OSError):
            async with deps.as_service() as uow:
                await margins.put_off(uow, page.page_id, uow.now + timedelta(minutes=rules.measure.retry_minutes))
            continue
        async with deps.as_service() as uow:
            if not await margins.save(uow, page, facts, verdict):
                continue
            # What cannot be measured says nothing about an edge that an earlier scan asked for.
            if verdict != "unmeasured":
                await processing_needs.note_margin(uow, page.page_id, needs_edge=verdict == "needs_edge")
            if verdict in ("needs_edge", "unmeasured"):
                found = {"verdict": verdict, "margin_mm": facts.margin_mm, "scan_no": page.scan_no}
                uow.record(f"page.{verdict}", page.page_id, page.scan_no, found)


async def _measured(page: DuePage, deps: Deps, rules: ImagingRules) -> tuple[MarginFacts, Verdict]:
    try:
        async with deps.blobs.local(page.blob_unit_id, page.digest) as path:
            seen = await deps.run_cpu(measure_margin, path, rules.limits, rules.measure.line_mm)
    except ImageRefused:
        return MarginFacts(None, False, 0.0), "unmeasured"
    facts = MarginFacts(seen.margin_mm, seen.ink_in_line, seen.dpi)
    return facts, judge_margin(facts, rules.measure.rule)


MEASURE = Job("measure_margins", 60, measure_margins, first_after_seconds=60)
"""Nobody waits for it: what was just handed in goes its way first."""
