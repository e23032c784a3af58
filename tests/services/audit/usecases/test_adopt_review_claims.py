"""What two sheets say of single papers becomes claims when the pair is opened."""

from __future__ import annotations

import json
from typing import Any

from contracts.values.ids import from_uuid, to_uuid
from tests.services.audit.blind import a_pair, finished
from tests.services.audit.office import Office
from tests.services.audit.usecases.test_submit_review import draft, submit


async def test_what_the_sheets_say_of_papers_becomes_claims_once_the_pair_is_open(office: Office):
    """Not before; what both say is entered once, and so is what stood there; each with its reviewer as its writer."""
    pair = await a_pair(office)
    material, page = pair.filed.material_id, pair.filed.pages[0].page_id

    def claim(day: str, **place: Any) -> Any:
        return {"fact": "birth_date", "value": {"type": "date", "date": day}, "material_id": material, **place}

    box = {"x": 10.5, "y": 20, "width": 30, "height": 5}
    both, lis, wangs = claim("1968-03"), claim("1968-03", page_id=page, box=box), claim("1970-03", altered="altered")
    await draft(office, pair.li, pair.li_review, {**finished(), "claims": [both, lis]})
    await draft(office, pair.wang, pair.wang_review, {**finished(), "claims": [both, wangs]})
    found = "select * from audit.claim where person_id = $1 order by value, page_id nulls first"
    await submit(office, pair.li, pair.li_review)
    assert await office.admin.fetch(found, to_uuid(pair.subject.person_id)) == []
    await submit(office, pair.wang, pair.wang_review)
    rows = await office.admin.fetch(found, to_uuid(pair.subject.person_id))
    told = [(json.loads(row["value"])["date"]["value"], row["altered"], row["page_id"] is not None) for row in rows]
    assert told == [("1968-03", "none", False), ("1968-03", "none", True), ("1970-03", "altered", False)]
    assert {row["origin"] for row in rows} == {"review"}
    writers = [from_uuid("acc", row["entered_by"]) for row in rows]
    assert writers[1:] == [pair.li.account_id, pair.wang.account_id]
    assert json.loads(rows[1]["box"]) == box
    # The very same pair of statements in another campaign adds nothing.
    again = await a_pair(office, subject=pair.subject)
    await draft(office, again.li, again.li_review, {**finished(), "claims": [both]})
    await draft(office, again.wang, again.wang_review)
    await submit(office, again.li, again.li_review)
    await submit(office, again.wang, again.wang_review)
    assert len(await office.admin.fetch(found, to_uuid(pair.subject.person_id))) == 3
