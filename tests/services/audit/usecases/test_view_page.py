"""A page under appraisal is shown, and the journal knows first."""

from __future__ import annotations

import pytest

from contracts.problems import NotFound, Recusal, StateConflict
from contracts.values.ids import new_id
from services.audit.usecases.view_page import view_page
from tests.services.audit.office import Office, Subject, auditor


async def test_a_view_stands_in_the_journal_when_it_is_admitted(office: Office):
    """Each view has its row; the answer names the file and the unit that holds it."""
    received = await office.appraising()
    task, page, li = await office.waiting(received.material_id), received.pages[0], auditor()
    for times in (1, 2):
        shown = await view_page(task.appraisal_id, page.page_id, uow=office.acting(li, "appraisal:view"))
        assert (shown.unit_id, shown.page) == (received.unit_id, page)
        assert await office.journal(page.page_id) == [("page.viewed", li.account_id, 1)] * times


async def test_what_is_refused_is_no_view(office: Office):
    """Outside the scope, a page of another material, one's own or a relative's: no row."""
    subject, brother = await office.known_subject(), Subject()
    await office.hear(brother.person())
    await office.hear(subject.kin(brother.person_id), version=2)
    received, other = await office.appraising(subject), await office.appraising()
    task, page = await office.waiting(received.material_id), received.pages[0]
    for caller, page_id, refusal in (
        (auditor(new_id("unt")), page.page_id, NotFound),
        (auditor(), other.pages[0].page_id, NotFound),
        (auditor(person_no=subject.person_no), page.page_id, Recusal),
        (auditor(person_no=brother.person_no), page.page_id, Recusal),
    ):
        with pytest.raises(refusal):
            await view_page(task.appraisal_id, page_id, uow=office.acting(caller, "appraisal:view"))
    assert await office.journal(page.page_id) == []


async def test_a_page_is_shown_while_the_appraisal_is_open(office: Office):
    """Afterwards the archivist's rights decide, and no longer the auditor's."""
    received = await office.appraising(title="样例材料 干部履历表")
    row = await office.appraisal(received.material_id)
    assert row is not None
    (event,) = await office.told(received.material_id)
    with pytest.raises(StateConflict):
        await view_page(
            event["data"]["appraisal_id"],
            received.pages[0].page_id,
            uow=office.acting(auditor(), "appraisal:view"),
        )
