"""What follows the first reviews: second review, inquiries, meetings, feedback to each person, approval, filing."""

from __future__ import annotations

from typing import Any

from cli import acts
from cli.client import until
from cli.special_audit.model import Altered, Dossier, FalseEducation, Json
from cli.special_audit.stage import HEARD_S, Stage, same, today
from cli.story import Missed

_PRESENT = ("adjudicator", "leader", "approver")
_INVESTIGATORS = ("auditor", "auditor-2")
_RECORD, _FORM = "档案材料涂改情况登记表", "干部人事档案专项审核认定表"
_ORGANISATION = "集团党委"


async def second_reviews(stage: Stage) -> str:
    """Another person takes each dossier up, settles what the two saw otherwise, and brings it before the meeting."""
    await stage.each(stage.audit.dossiers, lambda dossier: _second_review(stage, dossier))
    altered = sum(isinstance(dossier.plant, Altered) for dossier in stage.audit.dossiers)
    asked = sum(dossier.course.inquiry is not None for dossier in stage.audit.dossiers)
    return f"复审 {len(stage.places)} 份，登记涂改 {altered} 处，调查核实 {asked} 件"


async def _second_review(stage: Stage, dossier: Dossier) -> None:
    await _refuse_certificates(stage, dossier)
    await stage.act("adjudicator", dossier, "second-reviews")
    listed = stage.people("adjudicator").every("/v1/determinations", campaign_dossier_id=stage.places[dossier.number])
    for standing in [row async for row in listed]:
        await _settle(stage, dossier, standing)
    if isinstance(dossier.plant, Altered):
        await _register(stage, dossier, dossier.plant)
    if dossier.course.inquiry is not None:
        await _inquire(stage, dossier, dossier.course.inquiry)
    await stage.act("adjudicator", dossier, "tablings")


async def _refuse_certificates(stage: Stage, dossier: Dossier) -> None:
    """What the issuer did not confirm counts no more."""
    adjudicator = stage.people("adjudicator")
    for paper in dossier.papers:
        if not paper.refused:
            continue
        material = stage.materials[dossier.number][paper.title]
        listed = [row async for row in adjudicator.every("/v1/claims", material_id=material)]
        same("claims on the refused certificate", len(listed), len(paper.says))
        for claim in listed:
            body = {"kind": "not_recognised", "reason": "发证机构查无此学历", "not_related": True}
            path, key = f"/v1/claims/{claim['id']}/exclusions", stage.key("exclusion", claim["id"])
            await adjudicator.post(path, body, version=claim["version"], key=key)


async def _settle(stage: Stage, dossier: Dossier, standing: Json) -> None:
    """As the rules have it where the two differed; a false education otherwise, because no rule takes it away."""
    false = isinstance(dossier.plant, FalseEducation) and standing["fact"] == "education"
    if not false and not standing["disputed"]:
        return
    body: Json = {"take": "rules"}
    if isinstance(dossier.plant, FalseEducation) and false:
        body = {"take": "otherwise", "otherwise": _as_recognised(dossier, dossier.plant)}
    path, key = f"/v1/determinations/{standing['id']}/decisions", stage.key("settle", standing["id"])
    told = {**body, "not_related": True}
    await stage.people("adjudicator").post(path, told, version=standing["version"], key=key)


def _as_recognised(dossier: Dossier, plant: FalseEducation) -> Json:
    """The education that is recognised, with the reason that stands in the minutes."""
    [study] = dossier.truth["education"]
    mode = "full_time" if study["full_time"] else "in_service"
    reason = "不符合报考条件取得上一级学历，不予认定" if plant.unqualified else "在职学历填为全日制，按在职认定"
    value = {"type": "education_record", "full_time": None, "in_service": None, mode: study}
    return {"status": "proposed", "value": value, "cause": "false_statement", "reason": reason}


async def _register(stage: Stage, dossier: Dossier, plant: Altered) -> None:
    """The alteration goes into the register, and the leader confirms it by the record that was signed."""
    body = {
        "material_id": stage.materials[dossier.number][plant.paper],
        "fact": plant.fact,
        "means": "overwriting",
        "reads_now": "涂改后的记载",
        "verdict": "slip" if plant.slip else "undetermined",
        "not_related": True,
    }
    leader = stage.people("leader")
    made = await stage.people("adjudicator").post("/v1/alterations", body, key=stage.key("altered", dossier.number))
    signed = {
        "decided_by": "中共青岚县委组织部",
        "decided_on": today(),
        "blob_tickets": [await stage.scan("leader", dossier, _RECORD)],
    }
    path, key = f"/v1/alterations/{made['id']}/confirmations", stage.key("confirm", dossier.number)
    await leader.post(path, signed, version=made["version"], key=key)


async def _inquire(stage: Stage, dossier: Dossier, result: str, *, nth: int = 0) -> None:
    """Two go and ask where the paper came from."""
    body = {
        "question": "有关材料的记载以何为准",
        "unit_visited": "青岚县第一中学",
        "investigator_ids": [await stage.account(who) for who in _INVESTIGATORS],
        "due_on": today(30),
    }
    opened = await stage.act("adjudicator", dossier, "investigations", body, nth=nth)
    answer: Json = {"result": result, "people": ["原班主任"], "not_related": True}
    if result == "verified":
        answer["evidence"] = ["学校存根复印件"]
    path = f"/v1/investigations/{opened['id']}/results"
    key = stage.key("answer", dossier.number, nth)
    await stage.people("adjudicator").post(path, answer, version=opened["version"], key=key)


async def meetings(stage: Stage) -> str:
    """As many meetings as planned; three vote for what was proposed, but where an inquiry was in vain."""
    present = [await stage.account(who) for who in _PRESENT]
    path = f"/v1/campaigns/{stage.campaign['id']}/meetings"
    for nth in range(1, stage.audit.meetings + 1):
        body = {
            "held_on": today(),
            "minutes_no": f"专项审核纪要〔{stage.tag}〕{nth}号",
            "present_ids": present,
        }
        made = await acts.once_heard(
            lambda nth=nth, body=body: stage.people("adjudicator").post(path, body, key=stage.key("meeting", nth)),
            {"validation-failed"},
            seconds=HEARD_S,
        )
        stage.meetings.append(made["id"])
    await stage.each(stage.audit.dossiers, lambda dossier: _vote(stage, dossier, dossier.course.meeting))
    return f"集体研究 {len(stage.meetings)} 次，认定 {len(stage.places)} 份"


async def _vote(stage: Stage, dossier: Dossier, meeting: int, *, nth: int = 0) -> None:
    body: Json = {"meeting_id": stage.meetings[meeting], "in_favour": len(_PRESENT), "against": 0, "abstained": 0}
    if dossier.course.inquiry == "not_verifiable" and dossier.plant is not None:
        body["otherwise"] = [{"fact": dossier.plant.fact, "status": "undetermined", "reason": "调查未能查实，暂不认定"}]
    await stage.act("adjudicator", dossier, "collective-determinations", body, nth=nth)


async def feedback(stage: Stage) -> str:
    """Each person's party organisation meets the person. Who disputes is heard: asked about, voted on, told again."""
    await stage.each(stage.audit.dossiers, lambda dossier: _tell(stage, dossier))
    answers = [dossier.course.answer for dossier in stage.audit.dossiers]
    refused, disputed = answers.count("refused"), answers.count("disputed")
    return f"签字 {len(answers) - refused} 人（其中异议复核后 {disputed}），拒签 {refused} 人（两人见证）"


async def _tell(stage: Stage, dossier: Dossier) -> None:
    if dossier.course.answer == "refused":
        await _answered(stage, dossier, "refused", witnesses=["何晓梅", "罗建国"])
        return
    if dossier.course.answer == "disputed":
        await _answered(stage, dossier, "disputed", statement="本人认为应以履历表为准")
        await _inquire(stage, dossier, "verified", nth=1)
        await stage.act("adjudicator", dossier, "tablings", nth=1)
        await _vote(stage, dossier, stage.audit.meetings - 1, nth=1)
    await _answered(stage, dossier, "signed", nth=1)


async def _answered(stage: Stage, dossier: Dossier, outcome: str, *, nth: int = 0, **members: Any) -> None:
    body = {
        "organisation": _ORGANISATION,
        "met_on": today(),
        "outcome": outcome,
        "pages": [await stage.scan("adjudicator", dossier, f"{_FORM}（{outcome}）")],
        **members,
    }
    await stage.act("adjudicator", dossier, "feedbacks", body, nth=nth)


async def approvals(stage: Stage) -> str:
    """By the office that manages the cadre; the forms are filed by the catalog, and heard of."""
    await stage.each(
        stage.audit.dossiers,
        lambda dossier: stage.act("leader", dossier, "approvals", {"document_no": f"青组档〔{stage.tag}〕1号"}),
    )
    organiser, path = stage.people("adjudicator"), f"/v1/campaigns/{stage.campaign['id']}/board"
    board = await until(
        "the forms filed",
        lambda: organiser.get(path),
        lambda seen: seen["by_state"].get("filed", 0) == len(stage.places),
        seconds=HEARD_S,
    )
    if board["total"] != len(stage.places):
        raise Missed(f"{board['total']} dossiers on the board")
    return f"审批并归档 {board['by_state']['filed']} 份"
