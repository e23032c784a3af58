"""A decision on who is meant that stands."""

from __future__ import annotations

from contracts.values.ids import new_id
from services.audit.store import identity
from services.audit.store.tables_identity import IdentityDecisionRow
from tests.services.audit.office import Office, Subject


async def a_decision_on(office: Office, subject: Subject) -> IdentityDecisionRow:
    """A newly entered person who is the subject of nothing else was decided to be somebody else."""
    async with office.deps.as_service() as uow:
        row = IdentityDecisionRow(
            id=new_id("idd"),
            unit_id=subject.unit_id,
            version=1,
            person_id=new_id("per"),
            candidate_id=subject.person_id,
            dossier_id=subject.dossier_id,
            outcome="other_person",
            state="in_force",
            match="same_sound",
            score=10,
            parts=[],
            said={"name": "李建帼"},
            name=None,
            name_kind=None,
            reason="籍贯不同",
            explanation=None,
            rules_digest=office.deps.rules.identity.digest,
            relation="not_related",
            declared_not_related=None,
            decided_by=new_id("acc"),
            decided_at=uow.now,
            undone_reason=None,
        )
        await identity.add(uow, row)
    return row
