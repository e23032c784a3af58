"""Findings, gaps and long work of the sample dossier, fresh for each request that uses one up."""

from __future__ import annotations

from cli import acts
from cli.client import until
from tests.support.county import County

UNDATED = "CAT-008"
MANY = 150
"""Items of a batch that is still running when the next request comes."""


async def _row(county: County, count: int = 1) -> list[acts.Json]:
    """Rows of a paper catalogue without a date, each a finding."""
    row = {"title": "干部履历表", "page_count": 1, "category": "1"}
    path = f"/v1/dossiers/{county.dossier_id()}/materials"
    return (await county.signed_in("archivist").post(path, {"materials": [row] * count}))["items"]


async def finding(county: County, *, waived: bool = False) -> dict[str, str]:
    """A finding just made; waived where wanted."""
    archivist = county.signed_in("archivist")
    (row,) = await _row(county)
    found = archivist.every(f"/v1/dossiers/{county.dossier_id()}/findings")
    mine = [one async for one in found if one["code"] == UNDATED and one["jump"]["address"].endswith(row["id"])]
    if waived:
        await archivist.post(
            f"/v1/findings/{mine[0]['id']}/waivers", {"reason": "原件如此"}, version=mine[0]["version"]
        )
    return {"finding_id": mine[0]["id"]}


async def gap(county: County) -> dict[str, str]:
    """An open gap."""
    listed = await county.signed_in("archivist").get(f"/v1/dossiers/{county.dossier_id()}/gaps")
    return {"gap_id": listed["items"][0]["id"]}


async def batch(county: County, *, ended: bool) -> dict[str, str]:
    """A batch over rows made for it: short and at its end, or long and at its beginning."""
    archivist = county.signed_in("archivist")
    rows = await _row(county, 1 if ended else MANY)
    seen = [await archivist.get(f"/v1/materials/{row['id']}") for row in rows]
    items = [{"material_id": one["id"], "version": one["version"], "category": "10"} for one in seen]
    order = {"kind": "refile", "reason": "试验", "items": items}
    made = (await archivist.post("/v1/materials/batches", order))["operation"]
    if ended:
        path = f"/v1/operations/{made['id']}"
        await until("the batch", lambda: archivist.get(path), lambda told: told["finished_at"] is not None)
    return {"operation_id": made["id"]}
