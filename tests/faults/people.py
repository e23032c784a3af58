"""The small county that the load works on, made through the public API: three units, some cadres, their dossiers."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from cli.acts import Json
from cli.client import Caller, Problem, until
from cli.sample.names import draw_name
from cli.sample.vocabulary import vocabulary

UNITS = (("QL", "青岚县", None), ("QL06", "教育局", "QL"), ("QL07", "财政局", "QL"))
"""Codes that the role map of the sample accounts names."""

_HEARD_WITHIN_S = 60.0


@dataclass
class Cadre:
    """A person and the dossier kept on them. The lock is held while the name is being changed and used."""

    person_id: str
    person_no: str
    name: str
    version: int
    dossier_id: str
    renaming: asyncio.Lock = field(default_factory=asyncio.Lock)


async def prepare(admin: Caller, archivist: Caller, submitter: Caller, *, count: int, seed: int) -> list[Cadre]:
    """Make units, then persons with dossiers; all who hear of them have heard when this returns."""
    units: dict[str, str] = {}
    for code, name, parent in UNITS:
        body = {"parent_id": units.get(parent or ""), "code": code, "name": name}
        units[code] = (await admin.post("/v1/units", body))["id"]
    for caller in (archivist, submitter):
        await until("the post is open", lambda caller=caller: caller.get("/v1/me"), _has_post, seconds=_HEARD_WITHIN_S)
    rng = random.Random(f"people:{seed}")
    names = [draw_name(rng, vocabulary(), "f", 1975) for _ in range(count)]
    return [await _cadre(archivist, units["QL06"], number, name) for number, name in enumerate(names)]


def _has_post(me: Json) -> bool:
    return any(post["unit_id"] for post in me["posts"])


async def _cadre(archivist: Caller, unit_id: str, number: int, name: str) -> Cadre:
    person_no = f"2{number:07d}"
    body = {
        "unit_id": unit_id,
        "person_no": person_no,
        "name": name,
        "sex": "female",
        "birth_date": {"value": "1975-06-01"},
    }
    person = await until(
        "the unit is known to the catalog", lambda: _register(archivist, body), lambda made: made is not None
    )
    assert person is not None, "until answers only what is done"
    dossier = await archivist.post("/v1/dossiers", {"person_id": person["id"], "dossier_no": f"D{number:05d}"})
    return Cadre(person["id"], person_no, name, person["version"], dossier["id"])


async def _register(archivist: Caller, body: Json) -> Json | None:
    """None while the catalog has not heard of the unit."""
    try:
        return await archivist.post("/v1/persons", body)
    except Problem as problem:
        if problem.code == "validation-failed" and {code for _, code in problem.faults} == {"unknown-reference"}:
            return None
        raise
