"""The first reviews: pledges, training, start, assignment by the campaign's seed, sheets written blind, comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli import acts
from cli.client import until
from cli.special_audit.model import FACTS, Dossier, Json
from cli.special_audit.sheets import sheet_of
from cli.special_audit.stage import HEARD_S, REVIEWERS, Stage, same, today
from cli.special_audit.truth import truth_of
from cli.story import expect

if TYPE_CHECKING:
    from services.audit.usecases.verify_blind_reviews import BlindProof

_NOT_YET = {"validation-failed", "not-found"}


async def team(stage: Stage) -> str:
    """Nobody works unsigned or untrained; the last of the pledges is entered from paper."""
    organiser, path = stage.people("adjudicator"), f"/v1/campaigns/{stage.campaign['id']}"
    members = [await stage.account(who) for who in REVIEWERS]
    body = {"head_id": members[0], "member_ids": members}
    version = stage.campaign["version"]
    put = acts.once_heard(
        lambda: organiser.put(f"{path}/teams/audit", body, version=version), _NOT_YET, seconds=HEARD_S
    )
    stage.campaign = await put
    pledge = {"scope": "campaign", "campaign_id": stage.campaign["id"], "signed_on": today()}
    for who in REVIEWERS[:-1]:
        await stage.people(who).post("/v1/pledges", {**pledge, "form": "drawn"}, key=stage.key("pledge", who))
    scanned = {**pledge, "form": "scanned", "account_id": members[-1]}
    await organiser.post("/v1/pledges", scanned, key=stage.key("pledge", REVIEWERS[-1]))
    course = {
        "unit_id": stage.group,
        "course": "干部人事档案专项审核业务培训",
        "kind": "audit",
        "days": 2,
        "trainer": "县委组织部干部档案室",
        "held_on": today(-1),
        "attendances": [{"account_id": member, "present": True, "score": 95} for member in members],
    }
    await organiser.post("/v1/trainings", course, key=stage.key("training"))
    return f"审核组 {len(members)} 人，保密责任书 {len(members)} 份，培训 1 期"


async def start(stage: Stage) -> str:
    """From now on the settings are fixed."""
    path = f"/v1/campaigns/{stage.campaign['id']}/starts"
    stage.campaign = await stage.people("adjudicator").post(
        path, version=stage.campaign["version"], key=stage.key("start")
    )
    return f"抽签种子 {stage.campaign['seed']}，规则摘要 {stage.campaign['rules_digest'][:12]}…"


async def assign(stage: Stage) -> str:
    """Two reviewers for each dossier, by rule and seed."""
    path = f"/v1/campaigns/{stage.campaign['id']}/assignments"
    body = {"dossiers": len(stage.places)}
    made = await stage.people("adjudicator").post(path, body, key=stage.key("assign"))
    same("dossiers given out", (made["assigned"], made["unassigned_ids"]), (len(stage.places), []))
    return f"{made['assigned']} 份档案各交两人背靠背初审"


@dataclass(frozen=True)
class _Given:
    """One of the two reviews of a dossier. `careless`: the one whose sheet differs where that was planned."""

    who: str
    review: Json
    dossier: Dossier
    careless: bool


async def first_reviews(stage: Stage) -> str:
    """Each reviewer fills every sheet alone, and hands it in."""
    given = await _given(stage)
    same("reviews", len(given), 2 * len(stage.places))
    await stage.each(given, lambda one: _review(stage, one))
    return f"初审表 {len(given)} 份，{len(FACTS)} 项事实"


async def _given(stage: Stage) -> list[_Given]:
    by_place = {stage.places[dossier.number]: dossier for dossier in stage.audit.dossiers}
    pairs: dict[str, dict[str, Json]] = {}
    for who in REVIEWERS:
        async for review in stage.people(who).every("/v1/reviews", state="open", page_size=200):
            if review["campaign_id"] == stage.campaign["id"]:
                pairs.setdefault(review["campaign_dossier_id"], {})[who] = review
    return [
        _Given(who, review, by_place[place], careless=who == max(pair))
        for place, pair in pairs.items()
        for who, review in pair.items()
    ]


async def _review(stage: Stage, given: _Given) -> None:
    """The reviewer goes through the catalogue, writes the sheet and hands it in; as a relative of nobody."""
    caller, path = stage.people(given.who), f"/v1/reviews/{given.review['id']}"
    titles = {paper.title for paper in given.dossier.papers}

    async def look() -> dict[str, str]:
        listed = caller.every(f"{path}/materials", page_size=100)
        return {row["title"]: row["material_id"] async for row in listed}

    seen = await until("the catalogue", look, lambda found: titles <= found.keys(), seconds=HEARD_S)
    sheet = sheet_of(given.dossier, seen, careless=given.careless)
    saved = await caller.put(f"{path}/sheet", sheet, version=given.review["version"])
    handed = {"not_related": True}
    key = stage.key("sheet", given.review["id"])
    await caller.post(f"{path}/submissions", handed, version=saved["version"], key=key)


async def compare(stage: Stage) -> str:
    """The differences are those that were planted, dossier by dossier; and so is the agreement."""
    adjudicator, path = stage.people("adjudicator"), f"/v1/campaigns/{stage.campaign['id']}"
    listed = adjudicator.every(f"{path}/discrepancies", page_size=200)
    found = {(row["campaign_dossier_id"], row["fact"]) async for row in listed}
    planted = {
        (stage.places[one.number], one.plant.fact if one.plant else "birth_date")
        for one in stage.audit.dossiers
        if one.course.slipped != "none"
    }
    same("differences", found, planted)
    truth, told = truth_of(stage.audit), await adjudicator.get(f"{path}/agreement")
    agreed = truth.compared - truth.differences
    same("agreement", (told["compared"], told["agreed"]), (truth.compared, agreed))
    return f"差异 {len(found)} 处，一致率 {told['percent']}%，kappa {told['kappa']}"


async def proof(stage: Stage) -> str:
    """Nobody changed a first review afterwards."""
    told = await stage.prove(stage.campaign["id"])
    expect(told, "nothing was proved")
    return told


def proved(proof: BlindProof) -> str:
    """What `dangan campaigns verify-blind` finds; Missed unless every review is opened and unchanged."""
    changed, untold = proof.count("changed"), proof.count("cannot_tell")
    same("changed, untold, not opened", (changed, untold, proof.pairs_not_opened), (0, 0, 0))
    return f"{proof.count('unchanged')} 份初审自提交后未改动"
