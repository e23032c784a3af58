"""Receipts of bound sets through the real app: whoever reads one is on record."""

from __future__ import annotations

from services.audit.domain.bound_set import BoundMove
from tests.services.audit.api.conftest import Desk
from tests.services.audit.binding import compiled, filed_case, handed_over, moved_on
from tests.support.rooms import somebody


async def test_a_look_at_a_receipt_is_recorded(desk: Desk):
    """It names every person of the set; before the hand-over there is nothing to see."""
    office = desk.office
    case = await filed_case(office)
    row = await moved_on(office, await compiled(office, case), BoundMove.PRINT)
    reader = somebody("archivist", row.unit_id)
    path = f"bound-sets/{row.id}/receipt/jws"
    assert (await desk.get(reader, path)).status_code == 404
    row = await handed_over(office, row)
    answer = await desk.get(reader, path)
    assert (answer.status_code, answer.text) == (200, row.jws)
    seen = [one for one in await office.journal(row.id) if one[0] == "bound_set.receipt_viewed"]
    assert seen == [("bound_set.receipt_viewed", reader.account_id, row.version)]
