"""Confirm an inventory by two people, settle its differences, and close it."""

from collections.abc import Sequence
from dataclasses import replace

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, ValidationFailed
from services.catalog.domain.inventory import check_settling, close, confirm
from services.catalog.rules.shelf_file import ShelfRules
from services.catalog.store import inventories, inventory_lines, inventory_tasks
from services.catalog.store.filing_tasks import OWNER_ROLE
from services.catalog.store.inventories import Inventory
from services.catalog.store.inventory_lines import Settlement
from services.catalog.usecases.settle_difference import end_differences


async def confirm_inventory(inventory_id: str, seen_version: int, *, uow: UnitOfWork, rules: ShelfRules) -> None:
    """The caller stands for the count. The first confirmation ends the scanning, the second must be another's.

    With the end of the scanning the differences are known: each becomes an archivist's task.
    """
    async with uow:
        if await uow.replay_of():
            return
        inventory = await inventories.lock(uow, inventory_id)
        await check_version(uow, inventory_id, inventory.version, seen_version)
        checkers = await inventories.list_checkers(uow, inventory_id)
        state = confirm(inventory.state, checkers, uow.caller.account_id)
        await inventories.add_checker(uow, inventory)
        if inventory.state == "counting":
            await inventory_tasks.open_all(uow, inventory, OWNER_ROLE, uow.now + rules.settled_within)
        await _save(uow, replace(inventory, state=state, version=inventory.version + 1), "inventory.confirmed")


async def settle_differences(
    inventory_id: str, seen_version: int, settlements: Sequence[Settlement], *, uow: UnitOfWork
) -> None:
    """Say how differences ended: all or none, each a difference of this inventory."""
    async with uow:
        if await uow.replay_of():
            return
        inventory = await inventories.lock(uow, inventory_id)
        await check_version(uow, inventory_id, inventory.version, seen_version)
        check_settling(inventory.state)
        known = await end_differences(uow, inventory, settlements)
        faults = [
            FieldFault(f"/settlements/{at}/code", "unknown-reference")
            for at, one in enumerate(settlements)
            if one.code not in known
        ]
        if faults:
            raise ValidationFailed(errors=faults)
        await uow.remember(inventory_id)


async def close_inventory(inventory_id: str, seen_version: int, *, uow: UnitOfWork) -> None:
    """Close it for good; it stays in the register."""
    async with uow:
        if await uow.replay_of():
            return
        inventory = await inventories.lock(uow, inventory_id)
        await check_version(uow, inventory_id, inventory.version, seen_version)
        state = close(inventory.state, await inventory_lines.count_unsettled(uow, inventory_id))
        closed = replace(
            inventory,
            state=state,
            version=inventory.version + 1,
            closed_at=uow.now,
            closed_by=uow.caller.account_id,
        )
        await _save(uow, closed, "inventory.closed")


async def _save(uow: UnitOfWork, inventory: Inventory, verb: str) -> None:
    await inventories.save(uow, inventory)
    uow.record(verb, inventory.inventory_id, inventory.version, {"state": inventory.state}, changed=("state",))
    await uow.remember(inventory.inventory_id)
