"""Look a dossier through: what is wrong in it, and what it lacks. Done in the background after every change.

A look reads, thinks, and then writes, each by itself: while it thinks it holds no lock and no connection, and a long
dossier is looked through in a worker, so that nobody who works on the dossier waits for it. What it found is kept only
if nothing has changed since it read.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

from chassis.deps import Deps
from chassis.inbox import is_passing
from chassis.jobs import Job
from chassis.telemetry import log, place_of
from chassis.unit_of_work import UnitOfWork
from contracts.events import GapClosed, GapOpened
from services.catalog.domain.dossier_view import DossierView
from services.catalog.domain.findings import Context
from services.catalog.domain.gaps import Outcome, Piece, Standing
from services.catalog.domain.review import Seen, Snapshot, look
from services.catalog.rules import CatalogRules
from services.catalog.store import findings, gaps, reviews
from services.catalog.store.gaps import Gap
from services.catalog.store.reviews import Completeness, Due

AT_ONCE = 50
"""Dossiers that one run of the job looks through before it looks at the queue again."""
MARKED_AT_ONCE = 5000
LONG = 200
"""Materials from which on a dossier is looked through in a worker: fewer take less time than the way there."""
RESTED = timedelta(seconds=2)
"""A dossier that is being filled is looked at when it is let be, or when somebody asks; not after every row."""
ATTEMPTS = 3


def round_of(rules: CatalogRules, today: date) -> str:
    """What a look depends on beside the dossier: the rules, and the year, with which assessments come due."""
    books = (*sorted(rules.schemes), "titles", "findings", "gaps", "shelf")
    return f"{today.year}:{':'.join(rules.digests[book][:16] for book in books)}"


async def review_now(deps: Deps, dossier_id: str) -> None:
    """Look it through if it waits for that, so that who asks sees it as it is. Outside any transaction of the caller's.

    A dossier that changes faster than it can be looked at shows what the last look found.
    """
    for _ in range(ATTEMPTS):
        if await review_dossier(deps, dossier_id):
            return


async def review_dossier(deps: Deps, dossier_id: str) -> bool:
    """Compare the dossier with the rules, and write what is different from the last time.

    False when it has changed meanwhile: nothing was written, and it still waits for its look.
    """
    async with deps.as_service() as uow:
        due = await reviews.find_due(uow, dossier_id)
        if due is None:
            return True
        snapshot = await reviews.load(uow, dossier_id, deps.rules.gaps, deps.rules.shelf.bound_within)
    seen = await _look(deps, snapshot)
    async with deps.as_service() as uow:
        stands = await reviews.still_stands(uow, due)
        if stands:
            await _keep(uow, snapshot.view, due, seen, deps.rules)
    return stands


async def _look(deps: Deps, snapshot: Snapshot) -> Seen:
    rules: CatalogRules = deps.rules
    context = rules.contexts[snapshot.view.scheme_id]
    if len(snapshot.rows) >= LONG:
        # Without the titles read so far: they would weigh more than to read this dossier's anew.
        fresh = Context(context.scheme, context.titles, context.rules)
        return await deps.run_cpu(look, snapshot, fresh, rules.gaps)
    for position, row in enumerate(snapshot.rows):
        context.suggest(row.title)
        if position % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)  # new titles cost most, and hold up nobody else's request
    return look(snapshot, context, rules.gaps)


async def _keep(uow: UnitOfWork, view: DossierView, due: Due, seen: Seen, rules: CatalogRules) -> None:
    changed = await findings.sync(uow, view, seen.found)
    await _sync_gaps(uow, view, seen.standings)
    counted = Completeness(
        required=sum(len(one.required) for one in seen.standings),
        present=sum(one.present for one in seen.standings),
        explained=sum(len(one.explained) for one in seen.standings),
    )
    moved = await reviews.settle(uow, view, due, round_of(rules, uow.today), counted)
    if changed or moved:
        await findings.mark_tally(uow, view.unit_id)
    if changed:
        told = {"dossier_id": view.dossier_id}
        uow.record("findings.changed", view.dossier_id, view.version, told, changed=("findings",))


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


async def _review_due(deps: Deps, rested: timedelta = RESTED) -> None:
    """Look through what waits and has been let be, the longest first; one that fails is put off, so that the others
    go on."""
    while True:
        async with deps.as_service() as uow:
            waiting = await reviews.list_due(uow, AT_ONCE, rested)
        kept = [await _review_one(deps, due) for due in waiting]
        while await _tally(deps):
            pass
        if len(waiting) < AT_ONCE or not any(kept):
            return


async def _review_one(deps: Deps, due: Due) -> bool:
    try:
        return await review_dossier(deps, due.dossier_id)
    except Exception as error:
        if is_passing(error):
            raise
        log.error("review_failed", dossier=due.dossier_id, error=type(error).__name__, place=place_of(error))
        async with deps.as_service() as uow:
            await reviews.postpone(uow, due)
        return True


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
                await reviews.mark_overdue(uow, deps.rules.shelf.bound_within)
                return


REVIEW = Job("review_dossiers", 2, _review_due)
MARK_ROUNDS = Job("mark_dossiers_to_review", 3600, _mark_rounds, first_after_seconds=5)
