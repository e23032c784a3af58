"""The yearly bulletin of scores (通报): drawn up by one person, approved and numbered by another."""

from __future__ import annotations

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, SamePersonTwice, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.audit.store import scores
from services.audit.store.tables_score import ScoreBulletin


async def propose_bulletin(unit_id: str, year: int, *, uow: UnitOfWork) -> ScoreBulletin:
    """Count the year as it stands now. One that waits already is counted anew, and is then this person's proposal."""
    async with uow:
        if earlier := await uow.replay_of():
            return await scores.get_bulletin(uow, earlier)
        if unit_id not in uow.units:
            raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])
        await uow.lock(f"score bulletin {unit_id} {year}")
        rows = await scores.count_year(uow, unit_id, year)
        if not rows:
            raise ValidationFailed(errors=[FieldFault("/year", "no-scores")])
        bulletin = await scores.find_proposed(uow, unit_id, year)
        if bulletin is None:
            bulletin = ScoreBulletin(
                id=new_id("bul"),
                unit_id=unit_id,
                version=1,
                year=year,
                state="proposed",
                rows=rows,
                proposed_by=uow.caller.account_id,
                proposed_at=uow.now,
                approved_by=None,
                approved_at=None,
                number=None,
            )
        else:
            bulletin.rows, bulletin.version = rows, bulletin.version + 1
            bulletin.proposed_by, bulletin.proposed_at = uow.caller.account_id, uow.now
        await scores.add_bulletin(uow, bulletin)
        _record(uow, bulletin, "score_bulletin.proposed", ("rows", "proposed_by", "proposed_at"))
        await uow.remember(bulletin.id)
    return bulletin


async def approve_bulletin(bulletin_id: str, seen_version: int, *, uow: UnitOfWork) -> ScoreBulletin:
    """Approve what was shown, and give it the next number of the unit's year. Never one's own proposal."""
    async with uow:
        if await uow.replay_of():
            return await scores.get_bulletin(uow, bulletin_id)
        bulletin = await scores.get_bulletin(uow, bulletin_id, lock=True)
        await check_version(uow, bulletin.id, bulletin.version, seen_version)
        if bulletin.state != "proposed":
            raise StateConflict(state=bulletin.state)
        if bulletin.proposed_by == uow.caller.account_id:
            raise SamePersonTwice()
        bulletin.state, bulletin.version = "approved", bulletin.version + 1
        bulletin.approved_by, bulletin.approved_at = uow.caller.account_id, uow.now
        bulletin.number = await uow.next_number("score_bulletin", bulletin.unit_id, bulletin.year)
        await scores.add_bulletin(uow, bulletin)
        _record(uow, bulletin, "score_bulletin.approved", ("state", "approved_by", "approved_at", "number"))
        await uow.remember(bulletin.id)
    return bulletin


def _record(uow: UnitOfWork, bulletin: ScoreBulletin, verb: str, changed: tuple[str, ...]) -> None:
    shown = {"unit_id", "year", "state", "rows", "proposed_by", "approved_by", "number"}
    uow.record(verb, bulletin.id, bulletin.version, bulletin.model_dump(include=shown), changed=changed)
