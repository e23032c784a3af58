"""The fact matrix of a person: what all their papers say, side by side."""

from __future__ import annotations

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.fact_matrix import FactMatrix, fact_matrix
from services.audit.store import claims
from services.audit.store.claims import KnownClaim
from services.audit.store.tables import HeardDossier
from services.audit.usecases.recuse import refuse_related


async def view_fact_matrix(
    person_id: str, *, uow: UnitOfWork, rules: DeterminationRules
) -> tuple[FactMatrix, dict[str, KnownClaim]]:
    """The matrix, and its claims by id. A view: it stands in the journal, like that of a page."""
    async with uow:
        _, known = await claims_on(uow, person_id)
        uow.record("fact_matrix.viewed", person_id, 1, {"claim_ids": [one.row.id for one in known]})
    matrix = fact_matrix((one.claim(rules.kind_of) for one in known), rules.education)
    return matrix, {one.row.id: one for one in known}


async def claims_on(uow: UnitOfWork, person_id: str) -> tuple[HeardDossier, list[KnownClaim]]:
    """A person's dossier and the standing claims on them; NotFound outside the caller's scope, refused on the caller
    and their relatives."""
    dossiers = await claims.dossiers_of(uow, [person_id])
    if not dossiers:
        raise NotFound()
    await refuse_related(uow, person_id)
    return dossiers[person_id], await claims.list_standing(uow, [person_id])
