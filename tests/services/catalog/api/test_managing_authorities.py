"""Rules of managing authority over HTTP, and how persons come to be told of them."""

import re
from typing import Any

from contracts.values.ids import new_id
from services.catalog.usecases.set_managing_authority import tell_authorities
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import hear_of
from tests.support.rooms import somebody


def body(unit_id: str, rank: str, **members: Any) -> dict[str, Any]:
    """A rule that holds since 2010."""
    return {"rank": rank, "unit_id": unit_id, "office": "中共青岚县委", "valid_from": "2010-01-01", **members}


async def test_a_rule_is_set_changed_and_told_to_whom_it_concerns(desk: Desk):
    """By the administrator; the person's news hold all periods, without overlap."""
    admin = somebody("system_admin", desk.office.unit_id)
    rank = f"正科级{desk.office.unit_id[-6:]}"
    person, other = await desk.office.register(rank=rank), await desk.office.register(rank="科员")
    made = await desk.post("managing-authorities", body(desk.office.unit_id, rank), caller=admin)
    assert made.status_code == 201, made.text
    await tell_authorities(desk.office.deps)
    (told,) = (await desk.office.told(person.person_id))[-1]["data"]["managing_authority"]
    assert (told["office"], told["valid_from"], told["valid_to"]) == ("中共青岚县委", "2010-01-01", None)
    assert len(await desk.office.told(other.person_id)) == 1
    path = f"managing-authorities/{made.json()['id']}"
    ended = await desk.send("PATCH", path, {"valid_to": "2018-12-31"}, version=1, caller=admin)
    assert (ended.json()["valid_to"], ended.headers["etag"]) == ("2018-12-31", '"2"')
    after = await desk.post(
        "managing-authorities",
        body(desk.office.unit_id, rank, valid_from="2019-01-01", office="县委组织部"),
        caller=admin,
    )
    assert after.status_code == 201
    await tell_authorities(desk.office.deps)
    periods = (await desk.office.told(person.person_id))[-1]["data"]["managing_authority"]
    assert [one["office"] for one in periods] == ["中共青岚县委", "县委组织部"]
    assert (await desk.get(path)).json() == ended.json()
    stale = await desk.send("PATCH", path, {"office": "某"}, version=1, caller=admin)
    assert code_of(stale) == "version-stale"


async def test_one_rank_and_unit_have_one_office_on_a_day(desk: Desk):
    """The database holds to it; a period that ends before it begins is impossible."""
    admin, rank = somebody("system_admin", desk.office.unit_id), f"副科级{desk.office.unit_id[-6:]}"
    first = body(desk.office.unit_id, rank, valid_to="2015-12-31")
    assert (await desk.post("managing-authorities", first, caller=admin)).status_code == 201
    second = body(desk.office.unit_id, rank, valid_from="2015-12-31")
    assert faults_of(await desk.post("managing-authorities", second, caller=admin)) == {
        "/valid_from": "period-overlaps"
    }
    wrong = body(desk.office.unit_id, rank, valid_from="2020-01-01", valid_to="2019-01-01")
    assert code_of(await desk.post("managing-authorities", wrong, caller=admin)) == "date-impossible"
    foreign = body(new_id("unt"), rank)
    assert faults_of(await desk.post("managing-authorities", foreign, caller=admin)) == {
        "/unit_id": "unknown-reference"
    }


async def test_an_archivist_reads_the_rules_of_a_unit_above_and_sets_none(desk: Desk):
    """They name nobody and hold for the offices below."""
    below = new_id("unt")
    await hear_of(desk.office.uow_for, below, desk.office.unit_id)
    admin, archivist = somebody("system_admin", desk.office.unit_id), somebody("archivist", below)
    rank = f"股级{below[-6:]}"
    made = (await desk.post("managing-authorities", body(desk.office.unit_id, rank), caller=admin)).json()
    assert (await desk.get(f"managing-authorities/{made['id']}", archivist)).json() == made
    assert code_of(await desk.post("managing-authorities", body(below, rank), caller=archivist)) == "role-missing"
    lowly = somebody("system_admin", below)
    refused = await desk.send("PATCH", f"managing-authorities/{made['id']}", {"office": "某"}, version=1, caller=lowly)
    assert code_of(refused) == "not-found"
    seen: list[str] = []
    path: str | None = "managing-authorities?page_size=50&on=2012-05-01"
    while path:
        page = await desk.get(path)
        seen += [one["id"] for one in page.json()["items"]]
        found = re.search(r"</v1/([^>]+)>", page.headers.get("link", ""))
        path = found[1] if found else None
    assert made["id"] in seen
