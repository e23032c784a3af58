"""What a dossier holds, as the rules of determination ask for it."""

from __future__ import annotations

from contracts.events import MaterialRemoved
from contracts.values.partial_date import PartialDate
from services.audit.store.papers import list_papers
from tests.services.audit.office import Office


async def test_what_is_filed_in_a_dossier_is_listed_and_what_was_taken_out_is_not(office: Office):
    """Title and date of each; nothing of another dossier."""
    subject, other = await office.known_subject(), await office.known_subject()
    filed = [
        office.filed(
            await office.received(subject, title="工资变动审批表"), title="工资变动审批表", formed_on="1992-07"
        ),
        office.filed(await office.received(subject, title="入党申请书"), title="入党申请书", formed_on=None),
        office.filed(await office.received(subject, title="自传"), title="自传"),
        office.filed(await office.received(other, title="履历表"), title="履历表"),
    ]
    for event in filed:
        assert await office.hear(event) is None
    told = filed[2].model_dump(include={"material_id", "dossier_id", "person_id", "unit_id"})
    gone = MaterialRemoved(**told, from_category="9-2", from_item_no=1, reason="duplicate")
    assert await office.hear(gone, version=2) is None
    async with office.deps.as_service() as uow:
        papers = await list_papers(uow, subject.dossier_id)
    assert sorted(papers, key=lambda paper: paper[0]) == [
        ("入党申请书", None),
        ("工资变动审批表", PartialDate(value="1992-07")),
    ]
