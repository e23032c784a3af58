"""Change what was entered as a claim, withdraw it, or say that it does not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import ValidationError

from chassis.problems import faults_of
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import DateImpossible, FieldFault, StateConflict, ValidationFailed
from services.audit.domain.claim_entry import Entered
from services.audit.domain.facts import VALUE_OF, AuditFact, ClaimValue
from services.audit.store import claims
from services.audit.store.claims import KnownClaim, columns_of
from services.audit.usecases.claim_grounds import Grounds, claim_grounds
from services.audit.usecases.enter_claims import journalled
from services.audit.usecases.trying import Tried

ExclusionKind = Literal["forged", "not_recognised", "other_person"]
Verb = Literal["claim.changed", "claim.withdrawn", "claim.excluded", "claim.counted_again"]


@dataclass(frozen=True)
class ClaimEdit:
    """A claim as the caller saw it, with their declaration; `validate_only`: only tried."""

    claim_id: str
    seen_version: int
    not_related: bool | None
    validate_only: bool = False


@dataclass(frozen=True)
class Exclusion:
    """Why a claim does not count: the material is forged, or not recognised. None: it counts (again)."""

    kind: ExclusionKind | None
    reason: str


async def change_claim(edit: ClaimEdit, changes: Mapping[str, Any], *, uow: UnitOfWork) -> KnownClaim:
    """Correct an entry: members of `Entered`. It is checked as a new one is, beside all others."""
    try:
        async with uow:
            known, grounds = await _held(uow, edit)
            before = known.entered()
            after = _corrected(before, changes)
            changed = sorted(name for name in changes if getattr(before, name) != getattr(after, name))
            if changed:
                grounds.check(after, "/", edit.claim_id)
                known = await _save(uow, known, columns_of(after), "claim.changed", changed, grounds)
            if edit.validate_only:
                raise Tried(known)
            return known
    except Tried as tried:
        return tried.result


def _corrected(before: Entered, changes: Mapping[str, Any]) -> Entered:
    """The entry with its changes; refused where they do not fit its fact or its paper."""
    if "value" in changes:
        changes = {**changes, "value": _value(before.fact, changes["value"])}
    after, faults = replace(before, **changes), list[FieldFault]()
    if "title" in changes and after.material_id is not None:
        faults.append(FieldFault("/title", "contradiction", {"other": "material_id"}))
    if after.page_id is not None and after.material_id is None:
        faults.append(FieldFault("/page_id", "contradiction", {"other": "material_id"}))
    if after.box is not None and after.page_id is None:
        faults.append(FieldFault("/box", "contradiction", {"other": "page_id"}))
    if faults:
        raise ValidationFailed(errors=faults)
    return after


def _value(fact: AuditFact, told: Any) -> ClaimValue:
    try:
        return VALUE_OF[fact].model_validate(told)
    except ValidationError as refused:
        found = [{**one, "loc": ("value", *one["loc"])} for one in refused.errors(include_url=False)]
        faults = faults_of(found)
        kind = DateImpossible if all(fault.code == "date-impossible" for fault in faults) else ValidationFailed
        raise kind(errors=faults) from None


async def withdraw_claim(edit: ClaimEdit, reason: str, *, uow: UnitOfWork) -> KnownClaim:
    """Take back what was entered wrongly: it stays to be seen, and counts no more."""

    def gone(_: KnownClaim) -> dict[str, Any]:
        return {"withdrawn_at": uow.now, "withdrawn_reason": reason}

    return await _decide(edit, "claim.withdrawn", gone, ["withdrawn_at"], uow)


async def exclude_claim(edit: ClaimEdit, exclusion: Exclusion, *, uow: UnitOfWork) -> KnownClaim:
    """Say that a claim does not count, or that it counts again; the reason is kept either way."""

    def decided(known: KnownClaim) -> dict[str, Any]:
        if known.row.excluded == exclusion.kind:
            raise StateConflict(state=exclusion.kind or "counts already")
        return {"excluded": exclusion.kind, "excluded_reason": exclusion.reason}

    verb: Verb = "claim.excluded" if exclusion.kind else "claim.counted_again"
    return await _decide(edit, verb, decided, ["excluded"], uow)


async def _decide(edit: ClaimEdit, verb: Verb, decided: Any, changed: Sequence[str], uow: UnitOfWork) -> KnownClaim:
    try:
        async with uow:
            if not edit.validate_only and (earlier := await uow.replay_of()):
                return await claims.get(uow, earlier)
            known, grounds = await _held(uow, edit)
            known = await _save(uow, known, decided(known), verb, changed, grounds)
            if edit.validate_only:
                raise Tried(known)
            await uow.remember(edit.claim_id)
            return known
    except Tried as tried:
        return tried.result


async def _held(uow: UnitOfWork, edit: ClaimEdit) -> tuple[KnownClaim, Grounds]:
    """The claim and what it is checked against, while its dossier is held; refused to whom may not write it."""
    seen = await claims.get(uow, edit.claim_id)
    grounds = await claim_grounds(uow, [seen.entered()], edit.not_related)
    known = await claims.get(uow, edit.claim_id, lock=True)
    grounds.admit(known.row.person_id)
    await check_version(uow, edit.claim_id, known.row.version, edit.seen_version)
    if known.row.withdrawn_at is not None:
        raise StateConflict(state="withdrawn")
    return known, grounds


async def _save(
    uow: UnitOfWork, known: KnownClaim, changes: Mapping[str, Any], verb: Verb, changed: Sequence[str], grounds: Grounds
) -> KnownClaim:
    row = await claims.save(uow, known.row, changes)
    uow.record(verb, row.id, row.version, journalled(row, grounds), changed=changed)
    return await claims.get(uow, row.id)
