"""Look a dossier through: what is wrong in it, and what it lacks. Done in the background after every change."""

import asyncio
from collections.abc import Sequence
from datetime import date

from chassis.deps import Deps
from chassis.inbox import is_passing
from chassis.jobs import Job
from chassis.telemetry import log, place_of
from chassis.unit_of_work import UnitOfWork
from contracts.events import GapClosed, GapOpened
from services.catalog.domain.dossier_view import DossierView
from services.catalog.domain.findings import find
from services.catalog.domain.gaps import Outcome, Piece, Standing, evaluate
from services.catalog.rules import CatalogRules
from services.catalog.store import findings, gaps, reviews
from services.catalog.store.gaps import Gap
from services.catalog.store.reviews import Completeness, Due

AT_ONCE = 50
"""Dossiers that one run of the job looks through before it looks at the queue again."""
MARKED_AT_ONCE = 5000


def round_of(rules: CatalogRules, today: date) -> str:
    """What a look depends on beside the dossier: the rules, and the year, with which assessments come due."""
    books = (*sorted(rules.schemes), "titles", "findings", "gaps")
    return f"{today.year}:{':'.join(rules.digests[book][:16] for book in books)}"


async def review_now(uow: UnitOfWork, dossier_id: str, rules: CatalogRules) -> None:
    """Look it through if it waits for that, so that who asks sees the dossier as it is."""
    async with uow.as_service():
        due = await reviews.find_due(uow, dossier_id)
        if due is not None:
            await review_dossier(uow, dossier_id, due, rules)


async def review_dossier(uow: UnitOfWork, dossier_id: str, due: Due | None, rules: CatalogRules) -> None:
    """Compare the dossier with the rules, and write what is different from the last time. As the service."""
    await uow.lock(f"review/{dossier_id}")
    view = await reviews.load(uow, dossier_id, rules.schemes)
    context = rules.contexts[view.scheme_id]
    for position, row in enumerate(view.rows):
        context.suggest(row.title)
        if position % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)  # a long dossier holds up nobody else's request
    changed = await findings.sync(uow, view, find(view, context))
    standings = await _standings(uow, view, rules)
    await _sync_gaps(uow, view, standings)
    counted = Completeness(
        required=sum(len(one.required) for one in standings),
        present=sum(one.present for one in standings),
        explained=sum(len(one.explained) for one in standings),
    )
    moved = await reviews.settle(uow, view, due, round_of(rules, uow.today), counted)
    if changed or moved:
        await findings.mark_tally(uow, view.unit_id)
    if changed:
        uow.record("findings.changed", dossier_id, view.version, {"dossier_id": dossier_id}, changed=("findings",))


async def _standings(uow: UnitOfWork, view: DossierView, rules: CatalogRules) -> list[Standing]:
    kept = await gaps.get_profile(uow, view.dossier_id, rules.gaps)
    explained = await gaps.list_explained(uow, view.dossier_id)
    return evaluate(view, kept.profile, rules.gaps, rules.contexts[view.scheme_id].plain, explained)


async def _sync_gaps(uow: UnitOfWork, view: DossierView, standings: Sequence[Standing]) -> None:
    known = {gap.rule: gap for gap in await gaps.list_of(uow, view.dossier_id)}
    standing_of = {standing.rule.id: standing for standing in standings}
    for standing in standings:
        gap = known.get(standing.rule.id)
        if standing.missing and (gap is None or gap.state == "closed" or gap.missing != standing.missing):
            _tell_opened(uow, view, await gaps.open_gap(uow, view, standing))
    for gap in known.values():
        standing = standing_of.get(gap.rule)
        if gap.state == "open" and (standing is None or not standing.missing):
            outcome = _outcome(gap, standing)
            _tell_closed(uow, view, await gaps.close_gap(uow, view, gap, outcome))


def _outcome(gap: Gap, standing: Standing | None) -> Outcome:
    if standing is None or not set(gap.missing) & set(standing.required):
        return "not_required"
    return "explained" if set(gap.missing) & set(standing.explained) else "filed"


def _tell_opened(uow: UnitOfWork, view: DossierView, gap: Gap) -> None:
    opened = GapOpened(
        gap_id=gap.gap_id,
        dossier_id=view.dossier_id,
        person_id=view.person_id,
        unit_id=view.unit_id,
        rule=gap.rule,
        category=gap.category,
        years=years_of(gap.missing),
    )
    uow.tell(opened, version=gap.version)
    uow.record("gap.opened", gap.gap_id, gap.version, opened, changed=("state", "missing"))


def _tell_closed(uow: UnitOfWork, view: DossierView, gap: Gap) -> None:
    closed = GapClosed(
        gap_id=gap.gap_id,
        dossier_id=view.dossier_id,
        person_id=view.person_id,
        unit_id=view.unit_id,
        rule=gap.rule,
        outcome=gap.outcome or "not_required",
    )
    uow.tell(closed, version=gap.version)
    uow.record("gap.closed", gap.gap_id, gap.version, closed, changed=("state", "outcome"))


def years_of(pieces: Sequence[Piece]) -> list[int]:
    """The years of pieces, each once."""
    return sorted({piece.year for piece in pieces if piece.year is not None})


# The background


async def _review_due(deps: Deps) -> None:
    """Look through what waits, the longest first; one that fails is put off, so that the others go on."""
    while True:
        async with deps.as_service() as uow:
            waiting = await reviews.list_due(uow, AT_ONCE)
        for due in waiting:
            await _review_one(deps, due)
        while await _tally(deps):
            pass
        if len(waiting) < AT_ONCE:
            return


async def _review_one(deps: Deps, due: Due) -> None:
    try:
        async with deps.as_service() as uow:
            await review_dossier(uow, due.dossier_id, due, deps.rules)
    except Exception as error:
        if is_passing(error):
            raise
        log.error("review_failed", dossier=due.dossier_id, error=type(error).__name__, place=place_of(error))
        async with deps.as_service() as uow:
            await reviews.postpone(uow, due)


async def _tally(deps: Deps) -> bool:
    async with deps.as_service() as uow:
        return await findings.tally_next(uow)


async def _mark_rounds(deps: Deps) -> None:
    """Call for a look at every dossier that the present rules, or this year, have not seen; some at a time."""
    last: str | None = None
    while True:
        async with deps.as_service() as uow:
            current = round_of(deps.rules, uow.today)
            last = await reviews.mark_other_rounds(uow, last, current, MARKED_AT_ONCE)
            if last is None:
                await reviews.mark_overdue(uow)
                return


REVIEW = Job("review_dossiers", 2, _review_due)
MARK_ROUNDS = Job("mark_dossiers_to_review", 3600, _mark_rounds, first_after_seconds=5)
