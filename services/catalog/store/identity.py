"""What audit decided of who is meant, as last heard."""

from chassis.unit_of_work import UnitOfWork
from contracts.events import IdentityResolved
from contracts.values.ids import from_uuid, to_uuid

_LEARN = """
insert into identity_decision (decision_id, version, person_id, other_person_id, outcome, in_force)
values ($1, $2, $3, $4, $5, $6)
on conflict (decision_id) do update set version = excluded.version, in_force = excluded.in_force
where identity_decision.version < excluded.version
returning fact_id
"""


async def learn(uow: UnitOfWork, told: IdentityResolved, version: int) -> tuple[bool, str | None]:
    """Keep a decision unless a newer version is known: whether it was news, and the name fact that it brought."""
    row = await uow.raw().fetchrow(
        _LEARN,
        to_uuid(told.decision_id),
        version,
        to_uuid(told.person_id),
        to_uuid(told.other_person_id) if told.other_person_id else None,
        told.outcome,
        told.state == "in_force",
    )
    if row is None:
        return False, None
    return True, from_uuid("fct", row["fact_id"]) if row["fact_id"] else None


async def set_fact(uow: UnitOfWork, decision_id: str, fact_id: str | None) -> None:
    """Note which name the decision brought."""
    await uow.raw().execute(
        "update identity_decision set fact_id = $2 where decision_id = $1",
        to_uuid(decision_id),
        to_uuid(fact_id) if fact_id else None,
    )


async def is_another(uow: UnitOfWork, person_id: str) -> bool:
    """Whether this person was decided to be one who was there before."""
    return await uow.raw().fetchval(
        """select exists (select from identity_decision
        where other_person_id = $1 and in_force and outcome = 'same_person')""",
        to_uuid(person_id),
    )
