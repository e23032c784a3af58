"""Two persons of one name, just registered, and what was decided of them."""

from __future__ import annotations

import uuid
from typing import Any

from cli.client import until
from tests.support.county import County

SEARCHED = ("audit", "POST", "/v1/identity-candidates/searches")
DECIDED = ("audit", "POST", "/v1/identity-decisions")
UNDONE = ("audit", "POST", "/v1/identity-decisions/{decision_id}/undoings")


def _decision(ids: dict[str, str]) -> dict[str, Any]:
    two = {"person_id": ids["twin_id"], "candidate_id": ids["namesake_id"]}
    return {**two, "outcome": "other_person", "reason": "同名同姓，籍贯不同", "not_related": True}


BODIES: dict[tuple[str, str, str], Any] = {
    SEARCHED: lambda _, ids: {"person_id": ids["twin_id"]},
    DECIDED: lambda _, ids: _decision(ids),
    UNDONE: lambda *_: {"reason": "查明系同一人"},
}
"""For each act a request that goes through."""


async def fresh(county: County, *, decided: bool) -> dict[str, str]:
    """Two persons whom audit has heard of, decided to be two if wanted."""
    archivist, adjudicator = county.signed_in("archivist"), county.signed_in("adjudicator")
    name, ids = f"试{chr(0x4E00 + uuid.uuid4().int % 5000)}", dict[str, str]()
    for role in ("twin_id", "namesake_id"):
        number = f"T{uuid.uuid4().int % 10**8:08d}"
        body = {"unit_id": county.loaded.units["QL06"], "person_no": number, "name": name}
        ids[role] = (await archivist.post("/v1/persons", body))["id"]
    await until(
        "both heard of",
        lambda: adjudicator.send("POST", SEARCHED[2], json={"person_id": ids["twin_id"]}),
        lambda answer: answer.is_success and ids["namesake_id"] in answer.text,
    )
    if decided:
        ids["decision_id"] = (await adjudicator.post(DECIDED[2], _decision(ids)))["id"]
    return ids
