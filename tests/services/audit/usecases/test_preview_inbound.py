"""先调档审核: a dossier is lent, audited by two, given back; who is to enter rests on that, and nobody else."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.unit_of_work import SHANGHAI
from contracts.problems import NotFound, Recusal, Refusal, StateConflict, ValidationFailed
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.clearance import Kind
from services.audit.domain.inbound_preview import Loan
from services.audit.store.tables_gate import InboundPreview
from services.audit.usecases.preview_inbound import give_back
from services.audit.usecases.reaudit_dossier import reaudit_dossier
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.gate import ask, clearance, examined, lent, newcomer, sign, told_of
from tests.services.audit.office import Office
from tests.support.rooms import somebody


async def task_of(office: Office, row: InboundPreview) -> dict[str, Any]:
    """The open audit of what is lent, as `sign` wants it."""
    found = await office.admin.fetchrow(
        "select * from audit.dossier_audit where preview_id = $1 and state = 'pending'", to_uuid(row.id)
    )
    assert found is not None
    return {"task_id": from_uuid("tsku", found["task_id"]), "seen_version": found["version"]}


async def given_back(office: Office, row: InboundPreview, caller: Caller | None = None, **changes: Any) -> Any:
    """The paper goes back today."""
    told = {"seen_version": row.version, "on": row.recorded_at.astimezone(SHANGHAI).date(), **changes}
    uow = office.acting(caller or somebody("archivist"), "inbound-preview:write")
    return await give_back(row.id, uow=uow, gate=gate_of(office.deps), **told)


async def test_who_is_to_enter_is_cleared_on_the_dossier_that_was_lent(office: Office):
    """Waits for the dossier, then for two persons; cleared, and still so once the paper has gone back."""
    subject = await newcomer(office)
    (enter,) = await ask(office, subject, kind=Kind.ENTER)
    assert enter.state == "requested"
    row = await lent(office, subject)
    kept = await clearance(office, enter.id)
    said = [(reason["rule"], reason["resource"]) for reason in json.loads(kept["reasons"])]
    assert (kept["state"], said) == ("in_audit", [("not_audited", f"inbound-previews/{row.id}")])
    for _ in range(2):
        await sign(office, subject, **await task_of(office, row))
    assert (await clearance(office, enter.id))["state"] == "cleared"
    assert (await given_back(office, row)).version == 2
    assert await told_of(office, enter.id) == ["cleared"]
    assert [verb for verb, *_ in await office.journal(row.id)] == [
        "inbound_preview.registered",
        "inbound_preview.given_back",
    ]
    # Nothing else can rest on it, and once the dossier has come it is audited like every new one.
    (promote,) = await ask(office, subject)
    assert promote.state == "refused"
    await office.hear(subject.dossier())
    assert (await clearance(office, enter.id))["state"] == "cleared"
    (promote,) = await ask(office, subject)
    assert promote.state == "in_audit"


async def test_a_problem_suspends_until_it_is_audited_again_while_the_paper_is_here(office: Office):
    """发现问题及时核实: by another audit of the same paper; once that is back there is none to audit."""
    subject = await newcomer(office)
    row = await lent(office, subject)
    (enter,) = await ask(office, subject, kind=Kind.ENTER)
    for _ in range(2):
        await sign(office, subject, facts=examined(birth_date="alteration"), **await task_of(office, row))
    kept = await clearance(office, enter.id)
    said = [(reason["rule"], reason["about"]) for reason in json.loads(kept["reasons"])]
    assert (kept["state"], said) == ("suspended", [("audit_problem", "birth_date")])
    again = lambda: reaudit_dossier(  # noqa: E731
        enter.id, uow=office.acting(somebody("leader"), "clearance:hold"), gate=gate_of(office.deps)
    )
    task = await again()
    assert (task.preview_id, task.dossier_id, task.occasion) == (row.id, None, "enter")
    await given_back(office, row)
    assert (await office.journal(task.task_id))[-1][0] == "task.withdrawn"
    assert (await clearance(office, enter.id))["state"] == "suspended"
    with pytest.raises(StateConflict):
        await again()


async def test_a_paper_that_goes_back_unread_leaves_who_waited_for_it_waiting(office: Office):
    """The audit is withdrawn: nobody may sign it, and the person waits for the dossier as before."""
    subject = await newcomer(office)
    (enter,) = await ask(office, subject, kind=Kind.ENTER)
    row = await lent(office, subject)
    task = await task_of(office, row)
    await sign(office, subject, **task)
    await given_back(office, row)
    assert (await clearance(office, enter.id))["state"] == "requested"
    with pytest.raises(StateConflict) as conflict:
        await sign(office, subject, **{**task, "seen_version": 3})
    assert conflict.value.params == {"state": "withdrawn"}
    with pytest.raises(StateConflict) as conflict:
        await given_back(office, row, seen_version=2)
    assert conflict.value.params == {"state": "given back"}


async def test_what_cannot_be_lent_is_refused(office: Office):
    """A dossier that is kept here, one that is out already, a relative, a person of another unit, days in disorder."""
    here, subject = await office.known_subject(), await newcomer(office)
    with pytest.raises(StateConflict) as conflict:
        await lent(office, here)
    assert conflict.value.params == {"state": "dossier kept here"}
    with pytest.raises(Recusal):
        await lent(office, subject, somebody("archivist", person_no=subject.person_no))
    with pytest.raises(ValidationFailed) as refused:
        await lent(office, subject, somebody("archivist", new_id("unt")))
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/person", "unknown-reference")]
    with pytest.raises(ValidationFailed) as refused:
        await lent(office, subject, loan=Loan(date(2999, 1, 2), date(2999, 1, 1)))
    assert [(one.pointer, one.code) for one in refused.value.errors] == [
        ("/borrowed_on", "date-in-future"),
        ("/due_back_on", "date-before"),
    ]
    row = await lent(office, subject)
    with pytest.raises(StateConflict) as conflict:
        await lent(office, subject)
    assert conflict.value.params == {"state": "preview out"}
    with pytest.raises(NotFound):
        await given_back(office, row, somebody("archivist", new_id("unt")))
    for on, code in ((row.borrowed_on - timedelta(days=1), "date-before"), (date(2999, 1, 1), "date-in-future")):
        with pytest.raises(ValidationFailed) as refused:
            await given_back(office, row, on=on)
        assert [(one.pointer, one.code) for one in refused.value.errors] == [("/given_back_on", code)]


async def test_of_two_at_once_one_borrows_and_one_gives_back(office: Office):
    """One loan of a person at a time, and it goes back once."""
    subject = await newcomer(office)

    async def tried(act: Any) -> Any:
        try:
            return await act
        except Refusal as refusal:
            return refusal

    found = await asyncio.gather(*(tried(lent(office, subject)) for _ in range(2)))
    assert sorted(type(one).__name__ for one in found) == ["InboundPreview", "StateConflict"]
    row = next(one for one in found if isinstance(one, InboundPreview))
    found = await asyncio.gather(*(tried(given_back(office, row)) for _ in range(2)))
    assert sorted(type(one).__name__ for one in found) == ["InboundPreview", "VersionStale"]
