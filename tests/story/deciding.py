"""What story tests do again and again: hand in, let the sample's auditors decide, expect a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

import pytest

from cli import acts
from cli.client import Problem, until
from tests.support.county import SUBJECT, County

REASON = "date_missing"


async def handed_in(county: County, *papers: acts.Paper, person_no: str = SUBJECT) -> acts.Json:
    """A delivered submission of the education bureau with these papers."""
    return await acts.hand_in(county.signed_in("submitter"), county.subject(person_no), papers)


async def waiting_for(county: County, who: str, submission: acts.Json, items: set[str]) -> Mapping[str, acts.Json]:
    """The open appraisals of these items, once all of them wait."""
    auditor = county.signed_in(who)
    return await until(
        "the appraisals",
        lambda: acts.appraisals_of(auditor, submission["id"]),
        lambda found: items <= found.keys(),
    )


async def two_agree(county: County, submission: acts.Json, *, rejected: Sequence[str] = ()) -> None:
    """Both auditors decide every item; those whose title is in `rejected` go back."""
    items = {item["id"]: item["title"] for item in submission["items"]}
    for who in ("auditor", "auditor-2"):
        found = await waiting_for(county, who, submission, set(items))
        for item_id, title in items.items():
            back = title in rejected
            await acts.appraise(
                county.signed_in(who), found[item_id], "reject" if back else "approve", [REASON] if back else []
            )


async def closed(county: County, submission: acts.Json) -> tuple[acts.Json | None, acts.Json | None]:
    """Receipt and return note of the submission, once it has closed."""
    submitter = county.signed_in("submitter")
    await acts.until_closed(submitter, submission["id"])
    return await acts.papers_of(submitter, submission["id"])


async def refused(call: Awaitable[Any]) -> Problem:
    """The problem that a call is refused with; it must not go through."""
    with pytest.raises(Problem) as caught:
        await call
    problem = caught.value
    assert problem.document["title"]
    assert problem.document["fix"]
    assert problem.document["request_id"].startswith("req_")
    return problem
