"""Show how a dossier would be divided into volumes, before anything is."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.volume import ThickWarning, VolumePlan, VolumeRules, plans, propose, warnings
from services.catalog.rules import CatalogRules
from services.catalog.store import dossiers, volumes


@dataclass(frozen=True)
class Proposal:
    """The division, what it would be measured by, and where it is thicker than it should be."""

    version: int
    rules: VolumeRules
    division: list[VolumePlan]
    warnings: list[ThickWarning]


async def propose_volumes(
    dossier_id: str, starts: tuple[int, ...] | None, *, uow: UnitOfWork, rules: CatalogRules
) -> Proposal:
    """The proposal, or the measure of given ranges; NotFound outside the caller's units."""
    async with uow:
        dossier = await dossiers.get(uow, dossier_id)
        sections = await volumes.sections(uow.raw(), dossier_id)
    limit = rules.shelf.volume.limit
    division = plans(starts, sections) if starts else propose(sections, limit)
    return Proposal(dossier.version, rules.shelf.volume, division, warnings(division, sections, limit))
