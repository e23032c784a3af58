"""Rename, move, close or reopen a unit."""

from dataclasses import dataclass, replace
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.transfer.domain.refusals import CodeTaken, UnitUnknown
from services.transfer.domain.unit import Unit, replanted
from services.transfer.store import units
from services.transfer.usecases.journal import record_unit
from services.transfer.usecases.tell_unit import tell_unit


@dataclass(frozen=True)
class ChangeUnit:
    """`changes` holds the members to change: `parent_id` (None: becomes a root), `code`, `name`, `active`."""

    unit_id: str
    seen: int
    changes: dict[str, Any]


async def change_unit(cmd: ChangeUnit, *, uow: UnitOfWork) -> Unit:
    """Change a unit. Where its way from the root changes, so does that of every unit below: each is told of."""
    async with uow, uow.as_service():
        await uow.lock(units.TREE)
        before = await units.get(uow, cmd.unit_id)
        await check_version(uow, cmd.unit_id, before.version, cmd.seen)
        wanted = replace(before, **cmd.changes)
        changed = [name for name in cmd.changes if getattr(wanted, name) != getattr(before, name)]
        if not changed:
            return before
        parent = await units.find(uow, wanted.parent_id) if wanted.parent_id else None
        if wanted.parent_id and parent is None:
            raise UnitUnknown("/parent_id")
        below = await units.list_below(uow, cmd.unit_id) if {"parent_id", "code"} & set(changed) else ()
        branch = replanted(wanted, parent, below)
        if await units.has_sibling(uow, branch[0]):
            raise CodeTaken()
        for unit in branch:
            await units.save(uow, unit)
            await tell_unit(uow, unit)
            record_unit(uow, "changed", unit, changed if unit.unit_id == cmd.unit_id else ("path",))
    return branch[0]
