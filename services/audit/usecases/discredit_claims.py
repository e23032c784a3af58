"""What a certificate says counts no more once its issuer does not confirm it (不予承认)."""

from __future__ import annotations

from typing import Final

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.facts import AuditFact
from services.audit.store import claims

NOT_VERIFIED: Final = "学历学位验证未通过"
"""The reason that stands with such a claim."""
CERTIFIED: Final = AuditFact.EDUCATION
"""What a report on a certificate speaks of; its holder's name and birth date are another matter."""


async def discredit_claims(uow: UnitOfWork, material_id: str, dossier_id: str) -> list[str]:
    """Exclude the education claims on a certificate, in the transaction that records the report; ids of those changed.

    The dossier is held, so that no claim is entered meanwhile: one that comes later is excluded from the beginning.
    """
    await uow.lock(dossier_id)
    rows = await claims.exclude_of_material(uow, material_id, [CERTIFIED.value], "not_recognised", NOT_VERIFIED)
    for row in rows:
        uow.record("claim.excluded", row.id, row.version, row.model_dump(mode="json"), changed=("excluded",))
    return [row.id for row in rows]
