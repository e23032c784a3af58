"""What a paper says counts no more once its issuer does not confirm it (不予承认), or it is another person's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.facts import AuditFact
from services.audit.store import claims
from services.audit.store.tables_claims import ClaimRow

NOT_VERIFIED: Final = "学历学位验证未通过"
"""The reason that stands with such a claim."""
NOT_THEIRS: Final = "经认定系他人材料"
"""The reason that stands with a claim on another person's paper."""
CERTIFIED: Final = AuditFact.EDUCATION
"""What a report on a certificate speaks of; its holder's name and birth date are another matter."""


async def discredit_claims(uow: UnitOfWork, material_id: str, dossier_id: str) -> list[str]:
    """Exclude the education claims on a certificate, in the transaction that records the report; ids of those changed.

    The dossier is held, so that no claim is entered meanwhile: one that comes later is excluded from the beginning.
    """
    await uow.lock(dossier_id)
    rows = await claims.exclude_of_material(uow, material_id, [CERTIFIED.value], "not_recognised", NOT_VERIFIED)
    return _recorded(uow, rows, "claim.excluded")


async def disown_claims(uow: UnitOfWork, material_id: str, dossier_id: str) -> list[str]:
    """Exclude every claim on a paper of which it is decided that it is another person's; ids of those changed."""
    await uow.lock(dossier_id)
    facts = [fact.value for fact in AuditFact]
    rows = await claims.exclude_of_material(uow, material_id, facts, "other_person", NOT_THEIRS)
    return _recorded(uow, rows, "claim.excluded")


async def own_claims(uow: UnitOfWork, material_id: str, person_id: str, dossier_id: str, reason: str) -> list[str]:
    """Let them count again for the person once that decision is undone, with its reason; ids of those changed."""
    await uow.lock(dossier_id)
    rows = await claims.count_again(uow, material_id, person_id, "other_person", reason)
    return _recorded(uow, rows, "claim.counted_again")


def _recorded(uow: UnitOfWork, rows: Sequence[ClaimRow], verb: str) -> list[str]:
    for row in rows:
        uow.record(verb, row.id, row.version, row.model_dump(mode="json"), changed=("excluded",))
    return [row.id for row in rows]
