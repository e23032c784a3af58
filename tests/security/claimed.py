"""What reviewers enter of the papers' statements: a claim of its own for each act, since an act changes it."""

from __future__ import annotations

import uuid
from typing import Any

from cli.client import until
from tests.security import desk
from tests.support.county import County

ENTERED = ("audit", "POST", "/v1/claims")
_ONE = "/v1/claims/{claim_id}"


def _claim(person_id: str) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "fact": "rewards",
        "value": {"text": f"先进工作者{uuid.uuid4().hex[:6]}"},
        "title": "奖励证书",
    }


BODIES: dict[tuple[str, str, str], Any] = {
    ENTERED: lambda _, ids: {**_claim(ids["claimed_id"]), "not_related": True},
    ("audit", "POST", "/v1/claims/batches"): lambda _, ids: {
        "items": [_claim(ids["claimed_id"])],
        "not_related": True,
    },
    ("audit", "POST", "/v1/fact-matrices/{person_id}/trials"): lambda *_: {},
    ("audit", "PATCH", _ONE): lambda *_: {"remark": "复核", "not_related": True},
    ("audit", "POST", f"{_ONE}/withdrawals"): lambda *_: {"reason": "录入有误", "not_related": True},
    ("audit", "POST", f"{_ONE}/exclusions"): lambda *_: {"kind": "forged", "reason": "经鉴定", "not_related": True},
}
"""For each act a request that goes through on a fresh claim."""


async def fresh(county: County, person_id: str) -> dict[str, str]:
    """A claim on a person who was just registered, once audit has heard of the dossier that is made for them.

    Nobody reviews that dossier: a first reviewer would be refused here.
    """
    await desk.fresh(county, person_id)
    auditor = county.signed_in("auditor")
    made = await until(
        "the person heard of",
        lambda: auditor.send(
            "POST",
            ENTERED[2],
            json={**_claim(person_id), "not_related": True},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        ),
        lambda answer: answer.is_success,
    )
    return {"claim_id": made.json()["id"], "claimed_id": person_id}
