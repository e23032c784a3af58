"""A photograph for a person: its ticket, or the photograph itself where a request looks at one."""

from __future__ import annotations

from typing import Any

from tests.support.county import County, pages

PUT = ("catalog", "POST", "/v1/persons/{person_id}/photographs")
SEEN = ("catalog", "GET", "/v1/persons/{person_id}/photograph")
BODIES: dict[tuple[str, str, str], Any] = {PUT: lambda _, ids: {"blob_ticket": ids["ticket"]}}


async def fresh(county: County, person_id: str, endpoint: tuple[str, str, str], account: str) -> dict[str, str]:
    """The ticket of this account's picture; for a look, it is the person's photograph already."""
    ticket = await county.signed_in(account).upload(pages()[0], unit_id=county.loaded.units["QL01"])
    if endpoint == SEEN:
        archivist = county.signed_in("archivist")
        version = (await archivist.get(f"/v1/persons/{person_id}"))["version"]
        await archivist.post(f"/v1/persons/{person_id}/photographs", {"blob_ticket": ticket}, version=version)
    return {"person_id": person_id, "ticket": ticket}
