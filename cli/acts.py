"""What each kind of user does, as calls of the public API: the acts that the demo and the tests are made of."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cli.client import Caller, NotReached, Problem, key_of, until

Json = dict[str, Any]
T = TypeVar("T")
ENDED = frozenset({"filed", "returned"})


@dataclass(frozen=True)
class Paper:
    """A material to hand in; `pages` are image files, `declared` the page count claimed (None: the true one)."""

    title: str
    formed_on: str | None
    pages: Sequence[bytes]
    declared: int | None = None


async def once_heard(call: Callable[[], Awaitable[T]], codes: Collection[str], *, seconds: float = 60.0) -> T:
    """The answer of a call that names something which its service may not have heard of yet.

    Refusals with these codes are met by asking again; after the deadline the last of them is raised.
    """

    async def attempt() -> T | Problem:
        try:
            return await call()
        except Problem as problem:
            if problem.code in codes:
                return problem
            raise

    try:
        answer = await until("heard of", attempt, lambda seen: not isinstance(seen, Problem), seconds=seconds)
    except NotReached as missed:
        if isinstance(missed.last, Problem):
            raise missed.last from None
        raise
    assert not isinstance(answer, Problem), "until answers only what is done"  # noqa: S101
    return answer


# ── Departments ──────────────────────────────────────────────────────────────────────────────────────


async def draft(submitter: Caller, subject: Json, *, unit_id: str | None = None, key: str | None = None) -> Json:
    """Begin a submission; `subject` is `{"dossier_id"}` or `{"person_no", "name"}`."""
    body = {"subject": subject} if unit_id is None else {"subject": subject, "unit_id": unit_id}
    return await submitter.post("/v1/submissions", body, key=key)


async def add_paper(submitter: Caller, submission: Json, paper: Paper, *, key: str | None = None) -> Json:
    """Add one material with all its pages; answers the item.

    With a `key` it may be called again until its pages are bound, and no later: each answer of an upload signs
    another ticket, so that the last request would be another one under the same key.
    """
    key = key or str(uuid.uuid4())
    item = await submitter.post(
        f"/v1/submissions/{submission['id']}/items",
        {
            "title": paper.title,
            "formed_on": None if paper.formed_on is None else {"value": paper.formed_on},
            "declared_page_count": len(paper.pages) if paper.declared is None else paper.declared,
        },
        key=key_of(key, "item"),
    )
    tickets = await asyncio.gather(
        *(
            submitter.upload(page, unit_id=submission["unit_id"], key=key_of(key, "upload", number))
            for number, page in enumerate(paper.pages)
        )
    )
    pages = f"/v1/submission-items/{item['id']}/pages"
    await submitter.post(pages, {"blob_tickets": tickets}, key=key_of(key, "pages"))
    return item


async def deliver(submitter: Caller, submission_id: str, *, key: str | None = None) -> Json:
    """Hand a draft in; the answer holds the provisional receipt."""
    return await submitter.post(f"/v1/submissions/{submission_id}/deliveries", key=key)


async def hand_in(submitter: Caller, subject: Json, papers: Sequence[Paper], *, key: str | None = None) -> Json:
    """Draft, add every paper, deliver."""
    key = key or str(uuid.uuid4())
    submission = await draft(submitter, subject, key=key_of(key, "draft"))
    for number, paper in enumerate(papers):
        await add_paper(submitter, submission, paper, key=key_of(key, "paper", number))
    return await deliver(submitter, submission["id"], key=key_of(key, "deliver"))


async def until_item(reader: Caller, item_id: str, states: frozenset[str], *, seconds: float = 60.0) -> Json:
    """The item once transfer has heard of one of these states."""
    return await until(
        f"item {item_id} {'/'.join(sorted(states))}",
        lambda: reader.get(f"/v1/submission-items/{item_id}"),
        lambda item: item["state"] in states,
        seconds=seconds,
    )


async def until_closed(reader: Caller, submission_id: str, *, seconds: float = 60.0) -> Json:
    """The submission once its last item has ended."""
    return await until(
        f"submission {submission_id} closed",
        lambda: reader.get(f"/v1/submissions/{submission_id}"),
        lambda submission: submission["state"] == "closed",
        seconds=seconds,
    )


async def papers_of(reader: Caller, submission_id: str) -> tuple[Json | None, Json | None]:
    """Receipt and return note of a closed submission, whole; None for the one that it has not."""
    found: list[Json | None] = []
    for kind in ("receipts", "return-notes"):
        listed = (await reader.get(f"/v1/submissions/{submission_id}/{kind}"))["items"]
        found.append(await reader.get(f"/v1/{kind}/{listed[0]['id']}") if listed else None)
    return found[0], found[1]


# ── Auditors and archivists ──────────────────────────────────────────────────────────────────────────


async def appraisals_of(auditor: Caller, submission_id: str) -> dict[str, Json]:
    """The open appraisals of a submission, whole, by item id."""
    open_states = ["first_check", "second_check", "third_check"]
    mine = [row async for row in auditor.every("/v1/appraisals", submission_id=submission_id, state=open_states)]
    whole = await asyncio.gather(*(auditor.get(f"/v1/appraisals/{row['id']}") for row in mine))
    return {appraisal["item_id"]: appraisal for appraisal in whole}


async def appraise(
    auditor: Caller, appraisal: Json, outcome: str, reasons: Sequence[str] = (), *, key: str | None = None
) -> Json:
    """Decide the step that waits, having looked at every page; declares not to be related where kin are unknown."""
    for page in appraisal["pages"]:
        await auditor.content(f"/v1/appraisals/{appraisal['id']}/images/{page['page_id']}")
    body: Json = {"outcome": outcome, "reasons": list(reasons)}
    if appraisal["relation"] == "cannot_tell":
        body["not_related"] = True
    return await decide(auditor, appraisal["task_id"], body, key=key)


async def decide(caller: Caller, task_id: str, body: Json, *, key: str | None = None) -> Json:
    """Decide a task as it is now."""
    task = await caller.get(f"/v1/tasks/{task_id}")
    return await caller.post(f"/v1/tasks/{task_id}/decisions", body, version=task["version"], key=key)


# ── Viewers and approvers ────────────────────────────────────────────────────────────────────────────


async def until_heard(caller: Caller, path: str, *, seconds: float = 60.0, **params: Any) -> Json:
    """A resource of another service's making, once this one has heard of it."""
    answer = await until(
        f"{path} heard of",
        lambda: caller.send("GET", path, params=params),
        lambda answer: answer.is_success,
        seconds=seconds,
    )
    return answer.json()


async def request_view(viewer: Caller, subject: Json, scope: Json, viewers: Sequence[Json], *, on: str) -> Json:
    """Ask to see a part of a dossier on one day (`YYYY-MM-DD`, in China); declares that no viewer is related."""
    body = {
        "subject": subject,
        "scope": scope,
        "purpose": "personnel",
        "reason": "干部考察任用需要",
        "from_on": on,
        "until_on": on,
        "viewers": list(viewers),
        "relation_declaration": "not_related",
    }
    return await viewer.post("/v1/view-requests", body)


async def sign(signer: Caller, request_id: str, outcome: str = "approve", reasons: Sequence[str] = ()) -> Json:
    """Sign the step of a view request that waits; answers the request after it."""
    request = await signer.get(f"/v1/view-requests/{request_id}")
    waiting = next(step for step in request["steps"] if step["state"] == "pending")
    body = {"outcome": outcome, "reasons": list(reasons), "not_related": True}
    await decide(signer, waiting["task_id"], body)
    return await signer.get(f"/v1/view-requests/{request_id}")
