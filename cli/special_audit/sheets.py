"""What a reviewer writes on the sheet of a first review: a careful one, and one who differs as planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.special_audit.model import FACTS, Altered, Dossier, FalseAge, Json

_MEASURES = {"alteration": "报请集体研究认定", "false_statement": "按最早材料予以纠正"}


def sheet_of(dossier: Dossier, materials: Mapping[str, str], *, careless: bool) -> Json:
    """The sheet, with ids of materials by title. The careless one of a pair differs on at most one fact."""
    entries = [_entry(dossier, fact, materials) for fact in FACTS]
    if careless and dossier.course.slipped == "precision":
        entries[0]["values"] = [_with_a_day(entries[0]["values"][0])]
    if careless and dossier.course.slipped == "missed" and dossier.plant is not None:
        at = FACTS.index(dossier.plant.fact)
        entries[at] = _unsuspecting(dossier, dossier.plant.fact)
    return {"facts": entries, "claims": [*_claims(dossier, materials)]}


def _entry(dossier: Dossier, fact: str, materials: Mapping[str, str]) -> Json:
    plant = dossier.plant
    entry: Json = {"fact": fact, "verdict": "consistent", "values": dossier.truth[fact]}
    if plant is None or plant.fact != fact:
        return entry
    kind = "alteration" if isinstance(plant, Altered) else "false_statement"
    issue = {"kind": kind, "cause": kind, "material_id": materials[plant.paper], "measure": _MEASURES[kind]}
    if isinstance(plant, Altered) and plant.slip:
        issue["cause"] = "slip"
    return {**entry, "verdict": "inconsistent", "altered": isinstance(plant, Altered), "issues": [issue]}


def _unsuspecting(dossier: Dossier, fact: str) -> Json:
    """As the latest form has it, and nothing noticed."""
    if fact == "birth_date" and isinstance(dossier.plant, FalseAge):
        return {"fact": fact, "verdict": "consistent", "values": [_date(dossier.birth)]}
    return {"fact": fact, "verdict": "consistent", "values": dossier.truth[fact]}


def _date(value: str) -> Json:
    return {"type": "date", "date": {"value": value}}


def _with_a_day(value: Json) -> Json:
    return _date(f"{value['date']['value']}-01")


def _claims(dossier: Dossier, materials: Mapping[str, str]) -> list[Json]:
    found: list[Json] = []
    for paper in dossier.papers:
        for said in paper.says:
            claim: dict[str, Any] = {"fact": said.fact, "value": said.value, "material_id": materials[paper.title]}
            if said.signed is not None:
                claim["signed"] = said.signed
            if said.altered:
                claim["altered"] = "altered"
            found.append(claim)
    return found
