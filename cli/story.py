"""The story as steps: a department hands in five materials, and a page of one of them is viewed in the end.

Each step is done by one user with that user's own token, checks what came of it, and says so in a sentence.
`dangan demo` shows them in a table; the story test plays the same steps.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cli import acts
from cli.acts import Json, Paper
from cli.client import Caller, until
from cli.sample.model import Person, Sample
from cli.sample.paper import CELL, page_image

UNIT = "QL06"
"""The department that hands in: where the sample account `submitter` serves."""

ALL_GREEN = "样例材料：2024年度考核登记表"
ONE_PERSON = "2024年度考核登记表"
TWO_PERSONS = "干部任免审批表"
REJECTED = "干部履历表"
UNKNOWN = "驻村帮扶群众评议记录"
_PAPERS = (
    (ALL_GREEN, "2025-01-15", 2),
    (ONE_PERSON, "2025-01-15", 2),
    (TWO_PERSONS, "2024-11", 2),
    (REJECTED, "2024-03-08", 3),
    (UNKNOWN, "2024-06-20", 1),
)
_REASON = "seal_missing"
_SHELF = "10"
_WITHIN_S = 120.0
"""How long the story waits for news from another service: after a fresh loading there is a queue of them."""


class Missed(Exception):
    """A step went through, and what came of it is not what the story tells."""


@dataclass
class Stage:
    """Who is there, and what has happened so far."""

    people: Callable[[str], Caller]
    sample: Sample
    keys: Callable[[], Awaitable[list[Json]]]
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    subject: Person | None = None
    submission: Json = field(default_factory=dict)
    items: dict[str, Json] = field(default_factory=dict)
    papers: dict[str, Json | None] = field(default_factory=dict)
    request: Json = field(default_factory=dict)
    viewed: tuple[str, bytes] = ("", b"")


@dataclass(frozen=True)
class Step:
    """One line of the story: the account that acts, its name in both languages, and the act, which tells the rest."""

    who: str
    zh: str
    en: str
    act: Callable[[Stage], Awaitable[str]]


def expect(holds: object, otherwise: str) -> None:
    """Go on only if it holds."""
    if not holds:
        raise Missed(otherwise)


async def draft(stage: Stage) -> str:
    """By HR number and name, for a cadre of the department who is no relative of the viewer."""
    submitter = stage.people("submitter")
    person = stage.subject = _someone(stage)
    subject = {"person_no": person.person_no, "name": person.name}

    # News of a person just registered is on its way to transfer, which until then knows nobody.
    stage.submission = await acts.once_heard(
        lambda: acts.draft(submitter, subject), {"person-mismatch", "validation-failed"}, seconds=_WITHIN_S
    )
    return f"{person.name}（{person.person_no}）的报送已起草，档案 {stage.submission['subject']['dossier_id'][:12]}…"


def _someone(stage: Stage) -> Person:
    """Any cadre who serves below the department, other than the viewer and the viewer's relatives."""
    viewer = "10000013"
    ties = [{tie.person, tie.relative} for tie in stage.sample.kinships]
    kin = set[str]().union(*(tie for tie in ties if viewer in tie))
    fitting = [
        person
        for person in stage.sample.persons
        if person.unit.startswith(UNIT) and person.person_no not in kin | {viewer}
    ]
    return random.Random(stage.run).choice(fitting)  # noqa: S311 (whose dossier it is, is of no secrecy)


async def add_papers(stage: Stage) -> str:
    """Five materials with freshly drawn pages, so that none of them is filed already."""
    person = stage.subject
    expect(person, "nobody to hand in for")
    for title, formed_on, count in _PAPERS:
        pages = [_page(stage, title, number, count) for number in range(1, count + 1)]
        paper = Paper(title, formed_on, await asyncio.gather(*(asyncio.to_thread(page) for page in pages)))
        stage.items[title] = await acts.add_paper(stage.people("submitter"), stage.submission, paper)
    return f"{len(_PAPERS)} 份材料、{sum(count for *_, count in _PAPERS)} 页已上传"


def _page(stage: Stage, title: str, number: int, count: int) -> Callable[[], bytes]:
    name = stage.subject.name if stage.subject else ""
    lines = [title, CELL.join(("姓名", name, "页码", f"{number}/{count}")), "", "内容由样例程序绘制。" * 12]
    seal = "青岚县教育局" if number == count and title != REJECTED else None
    return lambda: page_image(lines, f"{stage.run}:{title}:{number}", seal=seal)


async def deliver(stage: Stage) -> str:
    """The provisional receipt comes with the 202, signed."""
    stage.submission = await acts.deliver(stage.people("submitter"), stage.submission["id"])
    expect(stage.submission["state"] == "delivered", "not delivered")
    from chassis import jws

    token = stage.submission["provisional_receipt"]
    expect(jws.read_unverified(token), "the provisional receipt is no token")
    return f"已受理（202），临时回执 {len(token)} 字节"


async def file_at_once(stage: Stage) -> str:
    """A sample kind for which the rules ask for no person."""
    item = await acts.until_item(stage.people("submitter"), stage.items[ALL_GREEN]["id"], acts.ENDED, seconds=_WITHIN_S)
    expect(item["state"] == "filed", "the machine did not accept it")
    return f"检查全部通过，归入 {_code(item)}"


async def first_check(stage: Stage) -> str:
    """One auditor looks at every page and decides three of the four; the archive has two of each kind."""
    return await _check(stage, "auditor", (ONE_PERSON, TWO_PERSONS, REJECTED, UNKNOWN))


async def second_check(stage: Stage) -> str:
    """Another auditor confirms; what one person may confirm is filed by now."""
    return await _check(stage, "auditor-2", (TWO_PERSONS, REJECTED, UNKNOWN))


async def _check(stage: Stage, who: str, titles: Sequence[str]) -> str:
    auditor = stage.people(who)
    wanted = {stage.items[title]["id"]: title for title in titles}
    appraisals = await until(
        "the appraisals",
        lambda: acts.appraisals_of(auditor, stage.submission["id"]),
        lambda found: wanted.keys() <= found.keys(),
        seconds=_WITHIN_S,
    )
    for item_id, title in wanted.items():
        rejects = title == REJECTED
        reasons = [_REASON] if rejects else []
        await acts.appraise(auditor, appraisals[item_id], "reject" if rejects else "approve", reasons)
    return f"通过 {len(titles) - 1} 份，退回 1 份（{_REASON}）"


async def file_from_queue(stage: Stage) -> str:
    """A title that no rule knows waits for an archivist."""
    archivist, submitter = stage.people("archivist"), stage.people("submitter")
    item = await submitter.get(f"/v1/submission-items/{stage.items[UNKNOWN]['id']}")
    material = await acts.until_heard(archivist, f"/v1/materials/{item['material_id']}", seconds=_WITHIN_S)
    task_id = material["queue"]["task_id"]
    await acts.decide(archivist, task_id, {"outcome": "approve", "category": _SHELF})
    item = await acts.until_item(submitter, item["id"], acts.ENDED, seconds=_WITHIN_S)
    expect(item["state"] == "filed", "the archivist's filing was not heard of")
    return f"“{UNKNOWN}”无规则可循，人工归入 {_code(item)}"


async def close(stage: Stage) -> str:
    """Every item stands in exactly one of the two papers."""
    submitter = stage.people("submitter")
    await acts.until_closed(submitter, stage.submission["id"], seconds=_WITHIN_S)
    receipt, note = await acts.papers_of(submitter, stage.submission["id"])
    expect(receipt is not None and note is not None, "a receipt or the return note is missing")
    stage.papers = {"receipts": receipt, "return-notes": note}
    filed, returned = (len(paper["document"]["items"]) if paper else 0 for paper in (receipt, note))
    expect((filed, returned) == (4, 1), f"{filed} filed and {returned} returned")
    numbers = [paper["number"] for paper in (receipt, note) if paper]
    return f"回执 {numbers[0]}（归档 {filed}），退回单 {numbers[1]}（退回 {returned}）"


async def verify(stage: Stage) -> str:
    """Offline, against the published key; and one changed byte is found."""
    from cli.verify import judge

    submitter, keys = stage.people("submitter"), await stage.keys()
    checked = 0
    for kind, paper in stage.papers.items():
        for form in ("jws", "pdf"):
            content = await submitter.content(f"/v1/{kind}/{paper['id'] if paper else ''}/{form}")
            expect(judge(content, keys)[1].exit_code == 0, f"{kind}/{form} does not hold")
            middle = len(content) // 2
            changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            expect(judge(changed, keys)[1].exit_code != 0, f"{kind}/{form} holds with a changed byte")
            checked += 1
    return f"{checked} 份文件离线验证通过，改动一个字节即不通过"


async def ask_to_view(stage: Stage) -> str:
    """Two viewers, one category, today; the subject by number and name."""
    viewer, person = stage.people("viewer"), stage.subject
    expect(person, "nobody to ask for")
    viewers = [await _viewer(stage, "viewer"), await _viewer(stage, "viewer-2")]
    item = await stage.people("submitter").get(f"/v1/submission-items/{stage.items[TWO_PERSONS]['id']}")
    scope = {"kind": "categories", "categories": [item["filed"]["category"]]}
    subject = {"dossier_id": item["filed"]["dossier_id"]}
    today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
    stage.request = await acts.request_view(viewer, subject, scope, viewers, on=today)
    return f"查阅申请 {stage.request['request_no']}：第 {scope['categories'][0]} 类，查阅人 {len(viewers)} 名"


async def _viewer(stage: Stage, who: str) -> dict[str, Any]:
    me = await stage.people(who).get("/v1/me")
    named = {"account_id": me["account_id"], "name": me["name"], "party_member": True}
    return named | ({"person_no": me["person_no"]} if me["person_no"] else {})


async def approve_as_unit(stage: Stage) -> str:
    """The head of the unit that asks."""
    stage.request = await acts.sign(stage.people("approver"), stage.request["id"])
    expect(stage.request["state"] == "unit_approved", "not approved by the unit")
    return "查阅单位领导同意"


async def approve_as_leader(stage: Stage) -> str:
    """The leader in charge; this signature makes the grant."""
    stage.request = await acts.sign(stage.people("leader"), stage.request["id"])
    expect(stage.request["state"] == "approved" and stage.request["grant_id"], "no grant")
    return f"分管领导同意，授权 {stage.request['grant_id'][:12]}…"


async def view(stage: Stage) -> str:
    """The page bears a watermark, so that its bytes are not those which were handed in."""
    viewer, grant_id = stage.people("viewer"), stage.request["grant_id"]
    item = await stage.people("submitter").get(f"/v1/submission-items/{stage.items[TWO_PERSONS]['id']}")

    async def granted() -> Json | None:
        listed = (await viewer.get(f"/v1/grants/{grant_id}/materials"))["items"]
        return next((one for one in listed if one["material_id"] == item["material_id"]), None)

    material = await until("the material in the grant", granted, lambda found: found is not None, seconds=_WITHIN_S)
    page_id = (material or {})["page_ids"][0]
    image = await viewer.content(f"/v1/grants/{grant_id}/images/{page_id}")
    original = await stage.people("archivist").content(f"/v1/pages/{page_id}/image")
    expect(image[:2] == b"\xff\xd8" and image != original, "the page has no watermark")
    stage.viewed = (page_id, image)
    return f"“{TWO_PERSONS}”第 1 页，水印：查阅人、时间、申请编号（{len(image) // 1024} kB）"


async def register(stage: Stage) -> str:
    """The archivist finds the view in the register."""
    page_id = stage.viewed[0]
    async for entry in stage.people("archivist").every("/v1/usage-entries"):
        if entry["page_id"] == page_id and entry["grant_id"] == stage.request["grant_id"]:
            return (
                f"{entry['viewed_at'][:19]} {entry['viewer_name']} 查阅 {entry['subject_name']}，{entry['request_no']}"
            )
    raise Missed("the register has no line of this view")


def _code(item: Json) -> str:
    return f"{item['filed']['category']}-{item['filed']['item_no']}"


STORY = (
    Step("submitter", "起草报送", "draft", draft),
    Step("submitter", "添加材料", "add papers", add_papers),
    Step("submitter", "报送", "hand in", deliver),
    Step("", "自动归档", "filed by rule", file_at_once),
    Step("auditor", "初审", "first check", first_check),
    Step("auditor-2", "复审", "second check", second_check),
    Step("archivist", "人工归类", "file by hand", file_from_queue),
    Step("submitter", "办结", "closed", close),
    Step("submitter", "离线验证", "verify offline", verify),
    Step("viewer", "申请查阅", "ask to view", ask_to_view),
    Step("approver", "单位审批", "unit approves", approve_as_unit),
    Step("leader", "领导审批", "leader approves", approve_as_leader),
    Step("viewer", "查阅", "view", view),
    Step("archivist", "利用登记", "register", register),
)
