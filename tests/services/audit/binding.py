"""Dossiers of one unit that went through a special audit, and their bound sets, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from chassis.identity import Caller
from contracts.events import MaterialFiled
from contracts.values.ids import new_id, to_uuid
from services.audit.domain.bound_set import BoundMove
from services.audit.store import bound_sets
from services.audit.store.tables_bound import BoundSet
from services.audit.usecases.compile_bound_set import CompileBoundSet, compile_bound_set, compile_waiting
from services.audit.usecases.hand_over_bound_set import HandOver, OnBoundSet, hand_over_bound_set, move_bound_set
from tests.services.audit.adjudicating import Case, adjudicated
from tests.services.audit.office import Office, Subject
from tests.support.rooms import somebody


async def filed_case(office: Office, subject: Subject | None = None) -> Case:
    """A dossier whose signed form is in it."""
    case = await adjudicated(office, subject or await office.known_subject())
    await file_form(office, case)
    return case


async def file_form(office: Office, case: Case) -> None:
    """The form that was approved last is in the dossier."""
    material_id = (await case.told())[-1]["form"]["material_id"]
    form = case.pair.filed.model_dump() | {"material_id": material_id, "category": "5"}
    assert await office.hear(MaterialFiled.model_validate(form), event_id=new_id("evt")) is None
    assert (await case.dossier()).state == "filed"


async def beside(office: Office, case: Case, *, name: str = "王小明", state: str = "filed") -> str:
    """One more dossier of the same unit and campaign in this state; its id in the campaign."""
    subject = await office.known_subject(unit_id=case.subject.unit_id, name=name)
    campaign_dossier_id = new_id("cdo")
    await office.admin.execute(
        """insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, state, result,
          difficulty, entered_at) values ($1, $2, 1, $3, $4, $5, $6, 'no_problem', 0, now())""",
        to_uuid(campaign_dossier_id),
        to_uuid(subject.unit_id),
        to_uuid(case.pair.dossier.campaign_id),
        to_uuid(subject.dossier_id),
        to_uuid(subject.person_id),
        state,
    )
    return campaign_dossier_id


async def asked(office: Office, case: Case, caller: Caller | None = None, *ids: str) -> BoundSet:
    """Ask for the unit's set."""
    caller = caller or somebody("adjudicator", case.subject.unit_id)
    command = CompileBoundSet(case.pair.dossier.campaign_id, case.subject.unit_id, ids)
    return await compile_bound_set(command, uow=office.acting(caller, "bound-set:write"))


async def compiled(office: Office, case: Case, caller: Caller | None = None) -> BoundSet:
    """The unit's set, its file made."""
    row = await asked(office, case, caller)
    await compile_waiting(office.deps)
    return await seen(office, row.id)


async def seen(office: Office, bound_set_id: str) -> BoundSet:
    """A set as it stands now."""
    async with office.deps.as_service() as uow:
        return await bound_sets.get(uow, bound_set_id)


async def moved_on(office: Office, row: BoundSet, move: BoundMove, **members: Any) -> BoundSet:
    """The set after a move by whoever may make it."""
    role, permission = ("archivist", "receive") if move is BoundMove.STORE else ("adjudicator", "write")
    uow = office.acting(somebody(role, row.unit_id), f"bound-set:{permission}")
    return await move_bound_set(OnBoundSet(row.id, row.version), move, uow=uow, **members)


async def handed_over(office: Office, row: BoundSet, caller: Caller | None = None, **members: Any) -> BoundSet:
    """The set once the archive has it."""
    caller = caller or somebody("archivist", row.unit_id)
    told = {"given_by": "王审", "received_by": "赵档", "handed_over_on": date(2026, 11, 24), **members}
    command = HandOver(OnBoundSet(row.id, row.version), **told)
    return await hand_over_bound_set(command, uow=office.acting(caller, "bound-set:receive"), deps=office.deps)


async def a_set_with(office: Office, subject: Subject) -> None:
    """A set with the subject's dossier of some campaign, that was discarded."""
    await office.admin.execute(
        """with asked as (
          insert into audit.bound_set (id, unit_id, version, campaign_id, state, compiled_by, asked_at, total,
            digest, bytes, pages)
          select uuidv7(), unit_id, 1, campaign_id, 'discarded', uuidv7(), now(), 1, 'x', 1, 1
          from audit.campaign_dossier where dossier_id = $1 limit 1 returning id, campaign_id
        )
        insert into audit.bound_set_member (bound_set_id, position, unit_id, campaign_dossier_id, person_id, live)
        select asked.id, 1, d.unit_id, d.id, d.person_id, false from asked join audit.campaign_dossier d
          on d.campaign_id = asked.campaign_id and d.dossier_id = $1""",
        to_uuid(subject.dossier_id),
    )
