"""A difference of an inventory ends: by an archivist's word on its task, or because the volume is found by a scan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import StateConflict
from services.catalog.domain.inventory import Outcome, check_settling, ended_by
from services.catalog.store import inventories, inventory_lines, inventory_tasks
from services.catalog.store.inventories import Inventory
from services.catalog.store.inventory_lines import Scan, Settlement
from services.catalog.store.inventory_tasks import Difference
from services.catalog.usecases.posts import require_post


@dataclass(frozen=True)
class SettleDifference:
    """Which task, the version that was seen, and how the difference ended."""

    task_id: str
    seen_version: int
    outcome: Outcome
    note: str | None


async def settle_difference(cmd: SettleDifference, *, uow: UnitOfWork) -> Difference:
    """Settle once: of two archivists at the same moment the second is told that the first was faster."""
    async with uow:
        if await uow.replay_of():
            return await inventory_tasks.get(uow, cmd.task_id)
        asked = await inventory_tasks.get(uow, cmd.task_id)
        inventory = await inventories.lock(uow, asked.inventory_id)
        found = await inventory_tasks.get(uow, cmd.task_id)  # as it is now that nobody else can settle it
        await require_post(uow, found.owner_role, found.task.unit_id)
        await check_version(uow, cmd.task_id, found.task.version, cmd.seen_version)
        if found.task.state != "pending":
            raise StateConflict(state=found.task.state)
        check_settling(inventory.state)
        await end_differences(uow, inventory, [Settlement(found.code, cmd.outcome, cmd.note)])
        await uow.remember(cmd.task_id)
        return await inventory_tasks.get(uow, cmd.task_id)


async def end_differences(uow: UnitOfWork, inventory: Inventory, settlements: Sequence[Settlement]) -> set[str]:
    """Write how they ended, and close their tasks; the numbers of those that are differences of this inventory.

    The caller holds the inventory.
    """
    known = await inventory_lines.settle(uow, inventory.inventory_id, settlements)
    await inventory_tasks.close(uow, inventory.inventory_id, sorted(known))
    settled = replace(inventory, version=inventory.version + 1)
    await inventories.save(uow, settled)
    uow.record(
        "inventory.settled",
        inventory.inventory_id,
        settled.version,
        {"codes": sorted(known)},
        changed=("differences",),
    )
    return known


async def end_by_rescan(uow: UnitOfWork, inventory: Inventory, scans: Sequence[Scan]) -> None:
    """The count is over, and volumes of its differences were found where they are to stand. All or none.

    What the checkers confirmed stays as they saw it. StateConflict where a scan ends no difference of this inventory.
    """
    check_settling(inventory.state)
    lines = await inventory_lines.find(uow.raw(), inventory.inventory_id, [one.code for one in scans])
    settlements: list[Settlement] = []
    for one in scans:
        line = lines.get(one.code)
        outcome = ended_by(line.result, line.expected_at, one.spot) if line and line.settled_at is None else None
        if outcome is None:
            raise StateConflict(state=inventory.state)
        settlements.append(Settlement(one.code, outcome, None))
    await end_differences(uow, inventory, settlements)


async def end_elsewhere(uow: UnitOfWork, scanned_in: Inventory, codes: Sequence[str]) -> None:
    """These volumes were scanned where they are to stand: the differences about them in earlier inventories end."""
    waiting = await inventory_tasks.list_open(uow, codes, scanned_in.inventory_id)
    if not waiting:
        return
    lines = await inventory_lines.find(uow.raw(), scanned_in.inventory_id, codes)
    for inventory_id, about in waiting.items():
        earlier = await inventories.lock(uow, inventory_id)
        then = await inventory_lines.find(uow.raw(), inventory_id, about)
        ended = [
            Settlement(code, "found_later" if then[code].result == "missing" else "moved_back", None)
            for code in about
            if lines[code].result == "found" and then[code].settled_at is None
        ]
        if ended:
            await end_differences(uow, earlier, ended)
