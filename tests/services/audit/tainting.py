"""A first reviewer turns out to be a relative: the catalog tells of it, or somebody takes them off by hand."""

from __future__ import annotations

from typing import Any

from contracts.events import AccountChanged
from contracts.values.ids import to_uuid
from services.audit.store.tables_campaign import ReviewerRemovalRow
from services.audit.usecases.remove_reviewer import RemoveReviewer, remove_reviewer
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.adjudicating import Case
from tests.services.audit.office import Office, Subject


async def with_relative(office: Office, case: Case) -> Subject:
    """Li, who reviewed the dossier, is a person of the catalog of whom nobody knows yet whose relative they are."""
    li = Subject(unit_id=case.subject.unit_id, name="李卫东")
    account = AccountChanged(account_id=case.pair.li.account_id, person_no=li.person_no, active=True)
    for event in (li.person(), account):
        assert await office.hear(event) is None
    return li


async def left_to_superior(office: Office, case: Case) -> None:
    """The campaign has ended when the catalog tells of the relative."""
    li = await with_relative(office, case)
    await office.admin.execute(
        "update audit.campaign set state = 'closed', closed_at = now() where id = $1",
        to_uuid(case.pair.dossier.campaign_id),
    )
    assert await office.hear(li.kin(case.subject.person_id)) is None


async def removed(office: Office, case: Case, *only: str, reason: Any = "related") -> ReviewerRemovalRow:
    """The organiser takes Li off, of these dossiers or of the campaign."""
    command = RemoveReviewer(case.pair.dossier.campaign_id, case.pair.li.account_id, reason, only or None)
    uow = office.acting(case.pair.adjudicator, "campaign:write")
    return await remove_reviewer(command, uow=uow, gate=gate_of(office.deps))
