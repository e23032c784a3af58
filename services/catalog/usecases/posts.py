"""Whether the caller holds the very post that a task waits for: two roles may share a permission."""

from chassis.identity import Caller, Roots
from chassis.unit_of_work import UnitOfWork
from contracts.problems import RoleMissing
from contracts.values.ids import to_uuid

DECIDE = "catalog-task:decide"


def roots_of(caller: Caller, role: str) -> Roots:
    """The units at the top of what a caller does in this role; none without it."""
    units = {unit for held, unit in caller.posts if held == role}
    return "*" if "*" in units else frozenset(units)


async def require_post(uow: UnitOfWork, role: str, unit_id: str) -> None:
    """RoleMissing when the caller does not hold the role over this unit."""
    roots = roots_of(uow.caller, role)
    if roots == "*" or unit_id in roots:
        return
    over = "select exists (select from unit_scope where unit_id = $1 and ancestors && $2::uuid[])"
    if not roots or not await uow.raw().fetchval(over, to_uuid(unit_id), [to_uuid(unit) for unit in roots]):
        raise RoleMissing(permission=DECIDE)
