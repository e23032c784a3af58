"""First reviews on the running system: a dossier given to two sample auditors, opened where the act needs that."""

from __future__ import annotations

from typing import Any

from tests.security import campaigning
from tests.services.audit.blind import finished
from tests.support.county import County

_ONE = "/v1/reviews/{review_id}"
SHEET = ("audit", "PUT", f"{_ONE}/sheet")
SUBMITTED = ("audit", "POST", f"{_ONE}/submissions")
IMAGE = ("audit", "GET", f"{_ONE}/images/{{page_id}}")
OPEN = (SHEET, SUBMITTED, IMAGE, ("audit", "GET", f"{_ONE}/materials"))
OPENED = (("audit", "GET", _ONE), ("audit", "GET", "/v1/campaign-dossiers/{campaign_dossier_id}/comparison"))

BODIES: dict[tuple[str, str, str], Any] = {
    SHEET: lambda *_: finished(),
    SUBMITTED: lambda *_: {"not_related": True},
}
"""What goes through on the auditor's own review."""


async def fresh(county: County, *, drafted: bool = False, opened: bool = False) -> dict[str, str]:
    """A running campaign, its dossier given out; the id is of the auditor's own review."""
    ids = await campaigning.fresh(county, "/assignments")
    await county.signed_in("adjudicator").post(f"/v1/campaigns/{ids['campaign_id']}/assignments", {"dossiers": 1})
    for account in ("auditor-2", "auditor"):
        who = county.signed_in(account)
        given = [one async for one in who.every("/v1/reviews") if one["campaign_id"] == ids["campaign_id"]]
        ids["review_id"] = given[0]["id"]
        path = f"/v1/reviews/{ids['review_id']}"
        if opened or (drafted and account == "auditor"):
            await who.send("PUT", f"{path}/sheet", json=finished(), headers={"If-Match": '"1"'})
        if opened:
            await who.post(f"{path}/submissions", {"not_related": True}, version=2)
    return ids
