"""Brings the made-up group of companies into the system: units, managing office, cadres, dossiers, hand-ins."""

from __future__ import annotations

import asyncio

from cli import acts
from cli.client import until
from cli.sample.paper import CELL, page_image
from cli.special_audit.generate import RANKS
from cli.special_audit.model import Collected, Dossier, Json
from cli.special_audit.stage import HEARD_S, Stage, today
from cli.story import UNIT, expect

_NOT_YET = {"validation-failed", "not-found"}
_SEXES = {"m": "male", "f": "female"}


async def units(stage: Stage) -> str:
    """A group under the department whose account hands in, its companies, and the office that manages its cadres."""
    admin = stage.people("system-admin")
    known = {unit["code"]: unit["id"] async for unit in admin.every("/v1/units", page_size=200)}
    expect(UNIT in known, "no sample units")
    stage.county = known[UNIT[:2]]
    stage.group = await _unit(stage, known[UNIT], f"SA{stage.tag}", f"青岚教育发展集团（{stage.tag}）")
    for number, name in enumerate(stage.audit.units):
        stage.companies.append(await _unit(stage, stage.group, f"SA{stage.tag}-{number}", f"{name}（{stage.tag}）"))
    for rank in RANKS:
        rule = {
            "rank": rank,
            "unit_id": stage.group,
            "office": "中共青岚县委组织部",
            "office_unit_id": stage.county,
            "valid_from": "2016-01-01",
        }
        await acts.once_heard(
            lambda rule=rule: admin.post("/v1/managing-authorities", rule, key=stage.key("authority", rule["rank"])),
            _NOT_YET,
            seconds=HEARD_S,
        )
    return f"集团 1 家、公司 {len(stage.companies)} 家，{len(RANKS)} 个职级由县委组织部管理"


async def _unit(stage: Stage, parent: str, code: str, name: str) -> str:
    body = {"parent_id": parent, "code": code, "name": name}
    return (await stage.people("system-admin").post("/v1/units", body, key=stage.key("unit", code)))["id"]


async def dossiers(stage: Stage) -> str:
    """Every cadre with the dossier and its catalogue, one request each."""
    await stage.each(stage.audit.dossiers, lambda dossier: _dossier(stage, dossier))
    papers = sum(len(dossier.papers) for dossier in stage.audit.dossiers)
    return f"干部 {len(stage.persons)} 名，档案 {len(stage.dossiers)} 份，材料 {papers} 份"


async def _dossier(stage: Stage, dossier: Dossier) -> None:
    archivist, number = stage.people("archivist"), dossier.number
    person = {
        "unit_id": stage.companies[dossier.unit],
        "person_no": number_of(stage, dossier),
        "name": dossier.name,
        "sex": _SEXES[dossier.sex],
        "birth_date": {"value": dossier.birth},
        "rank": dossier.rank,
    }
    made = await acts.once_heard(
        lambda: archivist.post("/v1/persons", person, key=stage.key("person", number)), _NOT_YET, seconds=HEARD_S
    )
    stage.persons[number] = made["id"]
    opened = {"person_id": made["id"], "dossier_no": number_of(stage, dossier), "unit_id": person["unit_id"]}
    stage.dossiers[number] = (await archivist.post("/v1/dossiers", opened, key=stage.key("dossier", number)))["id"]
    rows = [
        {
            "title": paper.title,
            "formed_on": {"value": paper.formed_on},
            "category": paper.category,
            "page_count": paper.pages,
        }
        for paper in dossier.papers
    ]
    path = f"/v1/dossiers/{stage.dossiers[number]}/materials"
    filed = (await archivist.post(path, {"materials": rows}, key=stage.key("papers", number)))["items"]
    stage.materials[number] = {row["title"]: row["id"] for row in filed}


def number_of(stage: Stage, dossier: Dossier) -> str:
    """Number of the person and of the dossier, once in the whole system."""
    return f"SA{stage.tag}{dossier.number:04d}"


async def hand_ins(stage: Stage) -> str:
    """What the department hands in while the audit runs: filed by machine, or sent back by two persons."""
    told = [dossier for dossier in stage.audit.dossiers if dossier.collected]
    await stage.each(told, lambda dossier: _hand_in(stage, dossier))
    submitter = stage.people("submitter")

    async def closed(submission: str) -> None:
        await acts.until_closed(submitter, submission, seconds=HEARD_S)

    await stage.each(stage.submissions, closed)
    papers = [paper for dossier in told for paper in dossier.collected]
    back = sum(paper.returned for paper in papers)
    return f"收集 {len(papers)} 份：归档 {len(papers) - back}，退回 {back}"


async def _hand_in(stage: Stage, dossier: Dossier) -> None:
    submitter, number = stage.people("submitter"), dossier.number
    subject = {"person_no": number_of(stage, dossier), "name": dossier.name}
    submission = await acts.once_heard(
        lambda: acts.draft(submitter, subject, key=stage.key("draft", number)),
        {"person-mismatch", *_NOT_YET},
        seconds=HEARD_S,
    )
    for nth, paper in enumerate(dossier.collected):
        page = await asyncio.to_thread(_page, stage.tag, dossier, paper)
        told = acts.Paper(paper.title, paper.formed_on, [page])
        await acts.add_paper(submitter, submission, told, key=stage.key("paper", number, nth))
    await acts.deliver(submitter, submission["id"], key=stage.key("deliver", number))
    stage.submissions.append(submission["id"])
    if back := sum(paper.returned for paper in dossier.collected):
        await _send_back(stage, submission, back)


def _page(tag: str, dossier: Dossier, paper: Collected) -> bytes:
    row = CELL.join(("姓名", dossier.name, "编号", f"{tag}-{dossier.number}"))
    return page_image([paper.title, row, "", "内容由样例程序绘制。" * 12], f"{tag}:{dossier.number}:{paper.title}")


async def _send_back(stage: Stage, submission: Json, many: int) -> None:
    """Two auditors find that the seal is missing: the machine saw nothing wrong, so that one word is not enough."""
    for who in ("auditor", "auditor-2"):
        auditor = stage.people(who)
        found = await until(
            "the appraisals",
            lambda auditor=auditor: acts.appraisals_of(auditor, submission["id"]),
            lambda seen: len(seen) == many,
            seconds=HEARD_S,
        )
        for appraisal in found.values():
            await acts.appraise(auditor, appraisal, "reject", ["seal_missing"])


async def campaign(stage: Stage) -> str:
    """Over all these dossiers, with training required, and the audit group of three."""
    organiser = stage.people("adjudicator")
    body = {
        "unit_id": stage.group,
        "name": f"集团干部人事档案专项审核（{stage.tag}）",
        "settings": {"requires_training": ["audit"], "training_dossiers": min(20, len(stage.dossiers))},
        "scope": {"dossier_ids": list(stage.dossiers.values())},
    }
    made = await acts.once_heard(
        lambda: organiser.post("/v1/campaigns", body, key=stage.key("campaign")), _NOT_YET, seconds=HEARD_S
    )
    stage.campaign = made
    listed = organiser.every(f"/v1/campaigns/{made['id']}/dossiers", page_size=200)
    numbers = {dossier_id: number for number, dossier_id in stage.dossiers.items()}
    stage.places = {numbers[row["dossier_id"]]: row["id"] async for row in listed}
    expect(len(stage.places) == len(stage.dossiers), "not every dossier is in the campaign")
    return f"专项审核 {made['id']}，档案 {len(stage.places)} 份，计划于 {today()} 开始"
