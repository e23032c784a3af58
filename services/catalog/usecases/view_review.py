"""See what the review of a dossier found: an up-to-date one, and a view of the dossier."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from services.catalog.store import dossiers, findings, gaps, reviews
from services.catalog.store.findings import Finding
from services.catalog.store.gaps import Gap, KeptProfile
from services.catalog.store.reviews import Completeness
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.review_dossier import review_now


@dataclass(frozen=True)
class FindingFilter:
    """Which findings of a dossier to list."""

    states: Sequence[str]
    severities: Sequence[str] | None


@dataclass(frozen=True)
class DossierGaps:
    """What a dossier lacks, and how much of what it must hold is there."""

    gaps: Sequence[Gap]
    completeness: Completeness
    profile: KeptProfile


async def view_findings(
    dossier_id: str,
    wanted: FindingFilter,
    after: Sequence[Any] | None,
    limit: int,
    *,
    uow: UnitOfWork,
    deps: Deps,
) -> list[tuple[Finding, int]]:
    """One page of findings; NotFound outside the caller's units."""
    version = await _reviewed(uow, dossier_id, deps)
    async with uow:
        found = await findings.list_page(uow, dossier_id, wanted.states, wanted.severities, after, limit)
        uow.record("findings.viewed", dossier_id, version, {"findings": [one.finding_id for one, _ in found]})
        return found


async def view_gaps(dossier_id: str, states: Sequence[str], *, uow: UnitOfWork, deps: Deps) -> DossierGaps:
    """All gaps of a dossier; NotFound outside the caller's units."""
    version = await _reviewed(uow, dossier_id, deps)
    async with uow:
        found = await gaps.list_of(uow, dossier_id, states)
        uow.record("gaps.viewed", dossier_id, version, {"gaps": [one.gap_id for one in found]})
        profile = await gaps.get_profile(uow, dossier_id, deps.rules.gaps)
        return DossierGaps(found, await reviews.get_completeness(uow, dossier_id), profile)


async def _reviewed(uow: UnitOfWork, dossier_id: str, deps: Deps) -> int:
    """Let in, then look: the look has transactions of its own, and none waits for it. The version that was let in."""
    async with uow:
        dossier = await dossiers.get(uow, dossier_id)
        await refuse_related(uow, dossier.person_id)
        version = dossier.version
    await review_now(deps, dossier_id)
    return version
