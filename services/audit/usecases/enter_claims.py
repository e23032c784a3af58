"""Enter claims: one beside the page, or a list at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chassis.operations.worker import problem_of
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DateImpossible, FieldFault, Refusal, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.claim_entry import DATE_FAULTS, Entered
from services.audit.store import claims
from services.audit.store.claims import KnownClaim, columns_of
from services.audit.store.tables_claims import ClaimBatchRow, ClaimRow
from services.audit.usecases.claim_grounds import Grounds, claim_grounds
from services.audit.usecases.discredit_claims import CERTIFIED, NOT_THEIRS, NOT_VERIFIED
from services.audit.usecases.trying import Tried

Origin = Literal["entered", "imported"]
Mode = Literal["each", "all_or_nothing"]


@dataclass(frozen=True)
class Imported:
    """What became of one item of a list: its claim, or (as it is kept) why it was refused."""

    position: int
    ref: str | None
    claim_id: str | None = None
    problem: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Listed:
    """One claim of a list; `ref` is the sender's own name for it, `place` where it stands: /items/0, or /rows/2."""

    entered: Entered
    ref: str | None
    place: str


@dataclass(frozen=True)
class ImportClaims:
    """A list of claims on any persons of the caller's units."""

    items: Sequence[Listed]
    mode: Mode
    not_related: bool | None
    validate_only: bool = False


async def enter_claim(
    entered: Entered, not_related: bool | None, *, uow: UnitOfWork, validate_only: bool = False
) -> KnownClaim:
    """Keep one claim."""
    try:
        async with uow:
            if not validate_only and (earlier := await uow.replay_of()):
                return await claims.get(uow, earlier)
            grounds = await claim_grounds(uow, [entered], not_related)
            row = _accepted(grounds, entered, "/", "entered")
            await _keep(uow, [row], grounds)
            known = await claims.get(uow, row.id)
            if validate_only:
                raise Tried(known)
            await uow.remember(row.id)
            return known
    except Tried as tried:
        return tried.result


async def import_claims(command: ImportClaims, *, uow: UnitOfWork) -> tuple[str | None, list[Imported]]:
    """The import's id (none for a rehearsal) and its items. Each is checked beside those before it in the list.

    With `all_or_nothing` a fault of one item refuses the whole.
    """
    try:
        async with uow:
            if not command.validate_only and (earlier := await uow.replay_of()):
                return earlier, [Imported(**item) for item in await claims.batch_items(uow, earlier)]
            grounds = await claim_grounds(uow, [one.entered for one in command.items], command.not_related)
            items = await _import(command, grounds)
            if command.validate_only:
                raise Tried((None, items))
            batch = ClaimBatchRow(
                id=new_id("clb"),
                account_id=uow.caller.account_id,
                made_at=uow.now,
                items=[vars(item) for item in items],
            )
            await claims.add_batch(uow, batch)
            uow.record("claims.imported", batch.id, 1, {"claim_ids": [one.claim_id for one in items if one.claim_id]})
            await uow.remember(batch.id)
            return batch.id, items
    except Tried as tried:
        return tried.result


async def _import(command: ImportClaims, grounds: Grounds) -> list[Imported]:
    rows: list[ClaimRow] = []
    items: list[Imported] = []
    refused: list[tuple[str, Refusal]] = []
    for position, one in enumerate(command.items):
        try:
            row = _accepted(grounds, one.entered, one.place, "imported")
            rows.append(row)
            items.append(Imported(position, one.ref, claim_id=row.id))
        except Refusal as refusal:
            refused.append((one.place, refusal))
            items.append(Imported(position, one.ref, problem=problem_of(refusal)))
        # A row is held against up to 1,000 claims of its person: others have their turn between two rows.
        await asyncio.sleep(0)
    if refused and command.mode == "all_or_nothing":
        raise _refusal_of_all(refused)
    await _keep(grounds.uow, rows, grounds)
    return items


def _refusal_of_all(refused: Sequence[tuple[str, Refusal]]) -> Refusal:
    """One refusal for the whole list: every fault with its item; what is no fault of an item's members as it is."""
    faults: list[FieldFault] = []
    for place, refusal in refused:
        if not refusal.errors:
            return refusal
        faults += [FieldFault(f"{place}{one.pointer}", one.code, one.params) for one in refusal.errors]
    kind = DateImpossible if all(fault.code in DATE_FAULTS for fault in faults) else ValidationFailed
    return kind(errors=faults)


def _accepted(grounds: Grounds, entered: Entered, named: str, origin: Origin) -> ClaimRow:
    """The row of an entry that holds, which the entries after it are held against as well."""
    dossier = grounds.admit(entered.person_id)
    new = grounds.check(entered, named)
    grounds.standing[entered.person_id].append(new)
    aside = _aside(grounds, entered)
    return ClaimRow(
        id=new.claim.id,
        unit_id=dossier.unit_id,
        version=1,
        person_id=entered.person_id,
        dossier_id=dossier.dossier_id,
        fact=entered.fact.value,
        material_id=entered.material_id,
        origin=origin,
        entered_by=grounds.uow.caller.account_id,
        entered_at=grounds.uow.now,
        excluded=aside[0] if aside else None,
        excluded_reason=aside[1] if aside else None,
        **columns_of(entered),
    )


def _aside(grounds: Grounds, entered: Entered) -> tuple[str, str] | None:
    """Why a claim does not count from the beginning, and in which words; None where it does."""
    if (entered.material_id, entered.person_id) in grounds.not_theirs:
        return "other_person", NOT_THEIRS
    if entered.fact is CERTIFIED and entered.material_id in grounds.not_recognised:
        return "not_recognised", NOT_VERIFIED
    return None


async def _keep(uow: UnitOfWork, rows: Sequence[ClaimRow], grounds: Grounds) -> None:
    await claims.add(uow, rows)
    for row in rows:
        uow.record("claim.entered", row.id, row.version, journalled(row, grounds))


def journalled(row: ClaimRow, grounds: Grounds) -> dict[str, Any]:
    """What the journal commits to: the claim, and how its writer stood to the person."""
    relation = grounds.relations[row.person_id].value
    return {**row.model_dump(mode="json"), "relation": relation, "declared_not_related": grounds.not_related}
