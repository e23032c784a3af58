"""Brings a sample into a running system, through the public API and with real tokens.

Every request has a key made of the seed and what it is about: a loading that was broken off is taken up again
where it ended, and what is there already is only answered once more.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from cli.acts import once_heard
from cli.client import Caller, key_of, until
from cli.sample.facts import facts_of
from cli.sample.model import Dossier, Kinship, Material, Page, Person, Sample, Unit
from cli.sample.paper import page_image

AT_ONCE = 8
"""Requests in flight; more make nothing faster on two cores."""

_HEARD_WITHIN_S = 60.0
_SEXES = {"m": "male", "f": "female"}

Advance = Callable[[str, int], None]
"""Told of progress: a phase, and how many of it are done since the last time."""


@dataclass
class Loaded:
    """Ids of what was loaded, by code or number."""

    units: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    dossiers: dict[str, str] = field(default_factory=dict)


def phases(sample: Sample) -> dict[str, int]:
    """How much there is to do in each phase, in order."""
    materials = [material for dossier in sample.dossiers for material in dossier.materials]
    return {
        "units": len(sample.units),
        "persons": len(sample.persons),
        "kin": len(sample.persons),
        "facts": len(sample.persons),
        "dossiers": len(sample.dossiers),
        "pages": sum(len(material.pages) for material in materials),
        "materials": len(materials),
    }


async def load_sample(
    sample: Sample, *, admin: Caller, archivist: Caller, advance: Advance = lambda phase, count: None
) -> Loaded:
    """Units as the administrator, everything else as an archivist of the whole county."""
    return await _Loading(sample, admin, archivist, advance).run()


class _Loading:
    def __init__(self, sample: Sample, admin: Caller, archivist: Caller, advance: Advance) -> None:
        self._sample = sample
        self._admin = admin
        self._archivist = archivist
        self._advance = advance
        self._limit = asyncio.Semaphore(AT_ONCE)
        self._loaded = Loaded()

    async def run(self) -> Loaded:
        for unit in self._sample.units:  # in order: a unit needs the one above
            await self._unit(unit)
        await self._until_in_scope()
        await self._all(self._person(person) for person in self._sample.persons)
        ties: defaultdict[str, list[Kinship]] = defaultdict(list)
        for tie in self._sample.kinships:
            if tie.person < tie.relative:  # each pair is recorded from both sides by one request
                ties[tie.person].append(tie)
        await self._all(self._kin(person, ties[person.person_no]) for person in self._sample.persons)
        units = {unit.code: unit for unit in self._sample.units}
        cadres = {person.person_no: person for person in self._sample.persons}
        relatives: defaultdict[str, list[tuple[Kinship, Person]]] = defaultdict(list)
        for tie in self._sample.kinships:
            relatives[tie.person].append((tie, cadres[tie.relative]))
        await self._all(self._facts(person, units, relatives[person.person_no]) for person in self._sample.persons)
        await self._all(self._dossier(dossier) for dossier in self._sample.dossiers)
        return self._loaded

    async def _all(self, works: Iterable[Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(_as_coroutine(work))

    def _key(self, *parts: object) -> str:
        return key_of("sample", self._sample.seed, *parts)

    async def _post(self, caller: Caller, path: str, body: Any, *key: object) -> Any:
        async with self._limit:
            return await caller.post(path, body, key=self._key(*key))

    async def _unit(self, unit: Unit) -> None:
        parent = None if unit.parent is None else self._loaded.units[unit.parent]
        body = {"parent_id": parent, "code": unit.code, "name": unit.name}
        made = await self._post(self._admin, "/v1/units", body, "unit", unit.code)
        self._loaded.units[unit.code] = made["id"]
        self._advance("units", 1)

    async def _until_in_scope(self) -> None:
        """The archivist's post opens once the gateway has heard of its unit."""
        await until(
            "the archivist's unit is known to the gateway",
            lambda: self._archivist.get("/v1/me"),
            lambda me: any(post["unit_id"] for post in me["posts"]),
            seconds=_HEARD_WITHIN_S,
        )

    async def _person(self, person: Person) -> None:
        body = {
            "unit_id": self._loaded.units[person.unit],
            "person_no": person.person_no,
            "name": person.name,
            "sex": _SEXES[person.sex],
            "ethnicity": person.ethnicity,
            "native_place": person.native_place,
            "birth_date": {"value": person.birth_date},
            "rank": person.post.rank,
        }
        made = await once_heard(  # of the unit
            lambda: self._post(self._archivist, "/v1/persons", body, "person", person.person_no), {"validation-failed"}
        )
        self._loaded.persons[person.person_no] = made["id"]
        self._advance("persons", 1)

    async def _kin(self, person: Person, ties: list[Kinship]) -> None:
        if ties or person.kin_complete:
            kin = [{"person_id": self._loaded.persons[tie.relative], "relation": tie.relation} for tie in ties]
            path = f"/v1/persons/{self._loaded.persons[person.person_no]}/kin"
            body = {"kin": kin, "complete": person.kin_complete}
            await self._post(self._archivist, path, body, "kin", person.person_no)
        self._advance("kin", 1)

    async def _facts(self, person: Person, units: dict[str, Unit], relatives: list[tuple[Kinship, Person]]) -> None:
        """What the card does not have, by one request a cadre; against the version that the kin left."""
        lines = facts_of(self._sample.seed, person, units, relatives, self._loaded.persons.__getitem__)
        path = f"/v1/persons/{self._loaded.persons[person.person_no]}"
        async with self._limit:
            card = await self._archivist.get(path)
            key = self._key("facts", person.person_no)
            await self._archivist.post(f"{path}/facts", {"facts": lines}, key=key, version=card["version"])
        self._advance("facts", 1)

    async def _dossier(self, dossier: Dossier) -> None:
        body = {
            "person_id": self._loaded.persons[dossier.person_no],
            "dossier_no": dossier.dossier_no,
            "unit_id": self._loaded.units[dossier.unit],
        }
        made = await self._post(self._archivist, "/v1/dossiers", body, "dossier", dossier.dossier_no)
        self._loaded.dossiers[dossier.dossier_no] = made["id"]
        self._advance("dossiers", 1)
        # A repeated request answers the dossier as it is now: its rows went in all together, or not at all.
        if not made["material_count"]:
            rows = [await self._row(dossier, number, material) for number, material in enumerate(dossier.materials)]
            path = f"/v1/dossiers/{made['id']}/materials"
            await self._post(self._archivist, path, {"materials": rows}, "materials", dossier.dossier_no)
        else:
            self._advance("pages", sum(len(material.pages) for material in dossier.materials))
        self._advance("materials", len(dossier.materials))

    async def _row(self, dossier: Dossier, number: int, material: Material) -> dict[str, Any]:
        """A row of the paper catalogue; its category is left to the title rules, as an archivist would."""
        key = (dossier.dossier_no, number)
        unit_id = self._loaded.units[dossier.unit]
        uploads = [self._upload(page, unit_id, *key, at) for at, page in enumerate(material.pages)]
        row: dict[str, Any] = {
            "title": material.title,
            "formed_on": {"value": material.formed_on},
            "page_count": material.page_count,
            "remark": material.remark,
        }
        return row | ({"pages": await asyncio.gather(*uploads)} if uploads else {})

    async def _upload(self, page: Page, unit_id: str, *key: object) -> str:
        async with self._limit:
            content = await asyncio.to_thread(page_image, page.lines, page.seed, seal=page.seal)
            ticket = await self._archivist.upload(content, unit_id=unit_id, key=self._key("page", *key))
        self._advance("pages", 1)
        return ticket


async def _as_coroutine(work: Awaitable[None]) -> None:
    await work
