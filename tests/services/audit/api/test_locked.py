"""Something else holds what an act needs: whoever waits too long is asked to come again, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from contracts.values.ids import new_id, to_uuid
from tests.services.audit.adjudicating import a_case
from tests.services.audit.api.conftest import Desk

OWN = {"not_related": True}


@pytest.mark.parametrize("statement", ["of the mapper", "by hand"])
async def test_a_lock_that_is_not_given_in_time_is_no_fault_of_ours(desk: Desk, statement: str):
    """503 with Retry-After, whichever layer waited; the same key does it once the lock is free."""
    case = await a_case(desk.office)

    def hurry(connection: Any) -> None:
        connection.exec_driver_sql("set local lock_timeout = '50ms'")

    event.listen(desk.office.deps.db.engine.sync_engine, "begin", hurry)
    version, key = (await case.dossier()).version, new_id("req")

    async def act() -> Any:
        if statement == "of the mapper":
            path = f"campaign-dossiers/{case.id}/second-reviews"
            return await desk.post(case.adjudicator, path, OWN, version=version, key=key)
        body = {"reason": "related", "account_id": case.pair.li.account_id, "campaign_dossier_ids": [case.id]}
        path = f"campaigns/{case.pair.dossier.campaign_id}/reviewer-removals"
        return await desk.post(case.pair.adjudicator, path, body, key=key)

    async with desk.office.admin.transaction():
        await desk.office.admin.execute("select from audit.campaign_dossier where id = $1 for update", to_uuid(case.id))
        refused = await act()
    told = refused.json()
    assert (refused.status_code, told["code"], told["retryable"]) == (503, "dependency-down", True)
    assert (refused.headers["content-type"], refused.headers["retry-after"]) == ("application/problem+json", "1")
    assert (await act()).status_code == 201
