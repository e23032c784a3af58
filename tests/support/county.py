"""A small sample county in the worker's running system: what the story and security tests work on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

import pytest

from cli.acts import Json, Paper
from cli.client import Caller
from cli.sample.generate import generate
from cli.sample.loader import Loaded, load_sample
from cli.sample.model import Person, Sample
from cli.sample.paper import CELL, page_image
from tests.support.system import System

CADRES = 18
ROWS = 5
"""Rows of each dossier's paper catalogue; a whole life of them would only cost time."""
SUBJECT = "10000018"
"""A cadre of the education bureau (QL06), whose dossier most tests add to."""
VIEWER = "10000013"
"""Whom the sample account `viewer` is."""


@dataclass
class County:
    """The running system with what was loaded into it. Shared by a worker's tests: use fresh submissions."""

    system: System
    sample: Sample
    loaded: Loaded

    def signed_in(self, account: str) -> Caller:
        """A sample account, by its sign-in name."""
        return self.system.signed_in(account)

    def person(self, person_no: str = SUBJECT) -> Person:
        """A cadre of the sample."""
        return next(person for person in self.sample.persons if person.person_no == person_no)

    def subject(self, person_no: str = SUBJECT) -> Json:
        """The subject of a submission, by HR number and name."""
        return {"person_no": person_no, "name": self.person(person_no).name}

    def dossier_id(self, person_no: str = SUBJECT) -> str:
        """The id of a cadre's dossier."""
        number = next(one.dossier_no for one in self.sample.dossiers if one.person_no == person_no)
        return self.loaded.dossiers[number]


def pages(count: int = 1, *, seed: str | None = None) -> list[bytes]:
    """Page images that nobody has handed in before, or the same ones for the same seed."""
    seed = seed or str(uuid.uuid4())
    return [
        page_image(
            ["考核登记表", CELL.join(("姓名", "样例", "页", str(number))), "工作表现良好。" * 30], f"{seed}:{number}"
        )
        for number in range(1, count + 1)
    ]


def paper(title: str = "干部任免审批表", count: int = 1, *, formed_on: str | None = "2024-05-06") -> Paper:
    """A material with fresh pages."""
    return Paper(title, formed_on, pages(count))


@pytest.fixture(scope="session")
async def county(system: System) -> County:
    """Units, two dozen cadres and their dossiers, loaded once a worker through the public API."""
    whole = generate(cadres=CADRES, imaged=0)
    short = tuple(replace(dossier, materials=dossier.materials[:ROWS]) for dossier in whole.dossiers)
    sample = replace(whole, dossiers=short)
    loaded = await load_sample(sample, admin=system.signed_in("system-admin"), archivist=system.signed_in("archivist"))
    return County(system, sample, loaded)
